"""Write tests/vectors/envelope.json from fixed keys and nonces: run once, when a format is added.

Run as `python -m tests.vectors.write_envelope` with DJANGO_SETTINGS_MODULE set. Vectors that are
published never change: a difference in this file's output is a defect in the code.
"""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from keepwell.safeguards.vault import escrow
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.tokens import blind_tokens
from keepwell.toolkit import envelope, plaintexts, sealedfile
from keepwell.toolkit.plaintexts import Codec

FILE = Path(__file__).with_name("envelope.json")
ORGANISATION = UUID("01931e2c-7a00-7000-8000-0000000000a1")
OTHER_ORGANISATION = UUID("01931e2c-7a00-7000-8000-0000000000c1")
ROW = UUID("01931e2c-7a01-7000-8000-000000000001")
KEY = bytes(range(32))
OTHER_KEY = bytes(range(255, 223, -1))
SLOT = "persons.person.name"

FIELDS = (
    ("worked example", KEY, 1, SLOT, ORGANISATION, "Zoë Ashgrove".encode()),
    ("empty", KEY, 1, SLOT, ORGANISATION, b""),
    ("one block", KEY, 7, "forms.submission.answers", ORGANISATION, bytes(16)),
    ("highest version", OTHER_KEY, 0xFFFF_FFFF, "a", OTHER_ORGANISATION, bytes(range(256))),
    ("slot beyond ASCII", OTHER_KEY, 256, "persons.person.naïve", ORGANISATION, b"\x00" * 1000),
)
VALUES: tuple[tuple[str, Codec, Any, str], ...] = (
    ("text", plaintexts.TEXT, "Zoë", "Zoë"),
    ("date", plaintexts.DATE, date(1961, 3, 9), "1961-03-09"),
    (
        "moment",
        plaintexts.MOMENT,
        datetime(2026, 11, 24, 9, 5, 0, 120, tzinfo=timezone(timedelta(hours=-8))),
        "2026-11-24T17:05:00.000120Z",
    ),
    ("moment", plaintexts.MOMENT, datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ("integer", plaintexts.INTEGER, 0, "0"),
    ("integer", plaintexts.INTEGER, -1, "-1"),
    ("integer", plaintexts.INTEGER, 2**63 - 1, "9223372036854775807"),
    ("integer", plaintexts.INTEGER, -(2**63), "-9223372036854775808"),
    ("decimal", plaintexts.DECIMAL, Decimal("1.50"), "1.50"),
    ("decimal", plaintexts.DECIMAL, Decimal("-0.000"), "0.000"),
    ("decimal", plaintexts.DECIMAL, Decimal("-12E+2"), "-1200"),
    ("boolean", plaintexts.BOOLEAN, True, "true"),
    ("boolean", plaintexts.BOOLEAN, False, "false"),
)
PADDED = ((b"", 32), (b"E11.9", 32), (bytes(31), 32), (b"\x80" * 32, 32), (b"E11.9", 64))
BLOB_LENGTHS = (0, 1, 65_535, 65_536, 65_537, 131_072, 200_000)
TOKENS = ((SLOT, b"zoe ashgrove"), (SLOT, b""), ("persons.person.born", b"1961-03-09"))


def pattern(length: int) -> bytes:
    """Return the plaintext of the file vectors: byte number i is 7 i modulo 251."""
    return bytes(7 * number % 251 for number in range(length))


def field(case: tuple[str, bytes, int, str, UUID, bytes]) -> dict[str, Any]:
    """Return one sealed value with all that went in."""
    name, key, version, slot, organisation, plaintext = case
    associated = Binding(slot, organisation, ROW).associated()
    nonce = hashlib.sha256(name.encode()).digest()[:12]
    sealed = envelope.seal(key, version, associated, plaintext, nonce)
    return {
        "name": name,
        "key": key.hex(),
        "key_version": version,
        "nonce": nonce.hex(),
        "slot": slot,
        "organisation": str(organisation),
        "row": str(ROW),
        "plaintext": plaintext.hex(),
        "associated_data": (envelope.header(version) + associated).hex(),
        "sealed": sealed.hex(),
    }


def sealed_file(header: bytes, binding: Binding, plaintext: bytes) -> bytes:
    """Return a whole sealed file."""
    key = sealedfile.subkey(KEY, header, binding.associated(b"blob/1"))
    chunks = enumerate(sealedfile.pieces([plaintext]))
    return header + b"".join(
        sealedfile.seal_chunk(key, number, piece, is_last=is_last)
        for number, (piece, is_last) in chunks
    )


def blob(length: int) -> dict[str, Any]:
    """Return one sealed file by its hash, and whole when it is short."""
    binding = Binding("forms.attachment.content", ORGANISATION, ROW)
    salt = hashlib.sha256(b"salt %d" % length).digest()
    sealed = sealed_file(sealedfile.header(3, salt), binding, pattern(length))
    short = {"sealed": sealed.hex()} if length < 100 else {}
    return {
        "data_key": KEY.hex(),
        "key_version": 3,
        "salt": salt.hex(),
        "slot": binding.slot,
        "organisation": str(ORGANISATION),
        "row": str(ROW),
        "length": length,
        "sealed_length": len(sealed),
        "sealed_sha256": hashlib.sha256(sealed).hexdigest(),
    } | short


def token(slot: str, normalised: bytes) -> dict[str, Any]:
    """Return one blind index token; a string, because JSON numbers are not 64-bit integers."""
    [number] = blind_tokens(OTHER_KEY, slot, [normalised])
    return {
        "index_key": OTHER_KEY.hex(),
        "slot": slot,
        "normalised": normalised.hex(),
        "token": str(number),
    }


def value(case: tuple[str, Codec, Any, str]) -> dict[str, Any]:
    """Return one value as it is said and as it is sealed."""
    kind, codec, given, said = case
    return {"type": kind, "value": said, "plaintext": codec.encode(given).hex()}


def padded(plain: bytes, bucket: int) -> dict[str, Any]:
    """Return one padded plaintext."""
    whole = plaintexts.pad(plain, bucket)
    return {"bucket": bucket, "plaintext": plain.hex(), "padded": whole.hex()}


def vectors() -> dict[str, Any]:
    """Return everything that the file holds."""
    return {
        "fields": [field(case) for case in FIELDS],
        "values": [value(case) for case in VALUES],
        "padded": [padded(plain, bucket) for plain, bucket in PADDED],
        "blobs": [blob(length) for length in BLOB_LENGTHS],
        "tokens": [token(slot, normalised) for slot, normalised in TOKENS],
        "root_keys": [
            {"key": key.hex(), "text": escrow.escrow_text(key)} for key in (KEY, OTHER_KEY)
        ],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=2) + "\n", encoding="ascii")
