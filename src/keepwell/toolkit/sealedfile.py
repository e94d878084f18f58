"""The sealed file, format 1: how a long value is sealed in chunks (docs/formats/envelope.md).

    "KWB" | format 1 | key version 4 | salt 32 | chunks of up to 65 536 bytes, each with its tag 16

The chunk scheme is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar 2015) as `age` uses it: the nonce is
the chunk's number and a flag on the last chunk, under a key that this file alone has. So a chunk
that is dropped, doubled, moved, or taken from another file does not open, nor does a file cut short
or added to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keepwell.toolkit.envelope import TAG_BYTES, SealBroken, length_prefixed

MAGIC = b"KWB\x01"
SALT_BYTES = 32
HEADER_BYTES = len(MAGIC) + 4 + SALT_BYTES
CHUNK_BYTES = 65_536
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES


def header(key_version: int, salt: bytes) -> bytes:
    """Return the 40 bytes that begin a sealed file."""
    if len(salt) != SALT_BYTES:
        message = f"A salt has {SALT_BYTES} bytes, this one has {len(salt)}."
        raise ValueError(message)
    return MAGIC + key_version.to_bytes(4, "big") + salt


def key_version_of(header_bytes: bytes) -> int:
    """Return the version of the data key that a header names; SealBroken if it is no header."""
    if len(header_bytes) != HEADER_BYTES or not header_bytes.startswith(MAGIC):
        raise SealBroken
    return int.from_bytes(header_bytes[4:8], "big")


def subkey(data_key: bytes | bytearray, header_bytes: bytes, associated: bytes) -> AESGCM:
    """Derive this file's own key: HKDF-SHA256 with the salt, bound to header and place."""
    salt = header_bytes[8:]
    info = length_prefixed(b"blob key/1", header_bytes) + associated
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(data_key)
    return AESGCM(derived)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def seal_chunk(key: AESGCM, number: int, plaintext: bytes, *, is_last: bool) -> bytes:
    """Seal one chunk; the key is this file's own, so the nonce is never used twice under it."""
    return key.encrypt(_nonce(number, is_last=is_last), plaintext, None)


def open_chunk(key: AESGCM, number: int, sealed: bytes, *, is_last: bool) -> bytes:
    """Open one chunk as the one with this number; SealBroken if it is anything else."""
    try:
        return key.decrypt(_nonce(number, is_last=is_last), sealed, None)
    except InvalidTag:
        raise SealBroken from None


def pieces(stream: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Cut a stream of any pieces into chunks, saying which is the last; hold at most one and a bit.

    An empty stream is one empty chunk; no other stream ends with an empty one.
    """
    held = bytearray()
    for piece in stream:
        view = memoryview(piece)
        while len(held) + len(view) > CHUNK_BYTES:
            wanted = CHUNK_BYTES - len(held)
            yield bytes(held) + view[:wanted].tobytes(), False
            held.clear()
            view = view[wanted:]
        held += view
    yield bytes(held), True


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are in a sealed file of a given length; SealBroken if none has that length."""

    file_bytes: int

    def __post_init__(self) -> None:
        body = self.file_bytes - HEADER_BYTES
        rest = body % SEALED_CHUNK_BYTES
        only_empty = body == TAG_BYTES
        if body < TAG_BYTES or 0 < rest < TAG_BYTES or (rest == TAG_BYTES and not only_empty):
            raise SealBroken

    @property
    def chunks(self) -> int:
        """Return how many chunks there are; at least one."""
        return -(-(self.file_bytes - HEADER_BYTES) // SEALED_CHUNK_BYTES)

    @property
    def plain_bytes(self) -> int:
        """Return the length of what was sealed; true once the last chunk has opened."""
        return self.file_bytes - HEADER_BYTES - self.chunks * TAG_BYTES

    def offset(self, number: int) -> int:
        """Return where a chunk begins in the file."""
        return HEADER_BYTES + number * SEALED_CHUNK_BYTES
