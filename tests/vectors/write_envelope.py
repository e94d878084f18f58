"""Write tests/vectors/envelope.json from fixed keys and nonces: run once, when a format is added.

Run as `python -m tests.vectors.write_envelope` with DJANGO_SETTINGS_MODULE set. Vectors that are
published never change: a difference in this file's output is a defect in the code.
"""

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from keepwell.safeguards.vault import escrow
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.tokens import blind_token
from keepwell.toolkit import envelope, sealedfile

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
    number = blind_token(OTHER_KEY, slot, normalised)
    return {
        "index_key": OTHER_KEY.hex(),
        "slot": slot,
        "normalised": normalised.hex(),
        "token": str(number),
    }


def vectors() -> dict[str, Any]:
    """Return everything that the file holds."""
    return {
        "fields": [field(case) for case in FIELDS],
        "blobs": [blob(length) for length in BLOB_LENGTHS],
        "tokens": [token(slot, normalised) for slot, normalised in TOKENS],
        "root_keys": [
            {"key": key.hex(), "text": escrow.escrow_text(key)} for key in (KEY, OTHER_KEY)
        ],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=2) + "\n", encoding="ascii")
