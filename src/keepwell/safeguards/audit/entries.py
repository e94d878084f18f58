"""The entry, format version 1: the bytes that are hashed into the tree (docs/formats/trail.md).

An entry holds no content: the sealed payload is kept beside it and is bound by its hash, so that it
can be erased by law while every proof stays valid.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256
from uuid import UUID

from keepwell.toolkit.merkle import leaf_hash

VERSION = b"\x01"
DIGEST_BYTES = 32
LONGEST_KIND = 200
_START = struct.Struct(">B16sQIH")  # version, id, time, period, length of the kind
_FIXED_BYTES = _START.size + DIGEST_BYTES
ABOUT_MASK = 2**62 - 1
_MENTION_BYTES = 17


class EntryMalformed(ValueError):  # noqa: N818  names the fact
    """These bytes are not an entry of a known version."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was read or changed: rows of one model, which of their fields, whom they are about."""

    model: str
    ids: tuple[UUID, ...]
    fields: tuple[str, ...] = ()
    persons: tuple[UUID, ...] = ()


class Part(IntEnum):
    """In which part an id occurs in an entry; the trail can be searched by it."""

    SUBJECT = 1
    PERSON = 2
    ACTOR = 3
    ON_BEHALF = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A random id that occurs in an entry."""

    part: Part
    about: UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the tree knows it."""

    id: UUID
    time_us: int
    period: int
    kind: str
    digest: bytes  # SHA-256 of the sealed payload

    def encode(self) -> bytes:
        """Write version | id 16 | time 8 | period 4 | length 2 and kind | digest 32."""
        return encoded(self, self.digest)

    def leaf(self) -> bytes:
        """Return the entry's leaf hash."""
        return leaf_hash(self.encode())

    @classmethod
    def decode(cls, data: bytes) -> "Entry":
        """Read the bytes of an entry; raise EntryMalformed for any others."""
        length = int.from_bytes(data[29:31], "big")
        if data[:1] != VERSION or len(data) != _FIXED_BYTES + length:
            raise EntryMalformed("Not an entry of version 1.")
        try:
            kind = data[31 : 31 + length].decode()
        except UnicodeDecodeError as error:
            raise EntryMalformed("The kind is not UTF-8.") from error
        time_us, period = int.from_bytes(data[17:25], "big"), int.from_bytes(data[25:29], "big")
        return cls(UUID(bytes=data[1:17]), time_us, period, kind, data[-DIGEST_BYTES:])


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry on its way to the trail, with what is kept beside it."""

    organisation: UUID
    id: UUID
    time_us: int
    period: int
    kind: str
    key_id: UUID  # what the payload is sealed under
    payload: bytes
    mentions: tuple[Mention, ...]

    def hashes(self) -> tuple[bytes, bytes]:
        """Return the digest of the payload and the leaf hash: what the tree will know of it."""
        digest = sha256(self.payload).digest()
        return digest, leaf_hash(encoded(self, digest))


def encoded(entry: Entry | SealedEntry, digest: bytes) -> bytes:
    """Return the bytes that are hashed; raise OverflowError for numbers that do not fit."""
    kind = entry.kind.encode()
    try:
        start = _START.pack(VERSION[0], entry.id.bytes, entry.time_us, entry.period, len(kind))
    except struct.error as error:
        raise OverflowError("These numbers cannot be those of an entry.") from error
    return start + kind + digest


def about_number(id_: UUID) -> int:
    """Return the random end of an id (RFC 9562: 62 bits), by which mentions are found.

    A whole number is compared and stored in a fifth of the time that an id takes.
    """
    return id_.int & ABOUT_MASK


def period_of(time_us: int) -> int:
    """Return year and month in UTC, such as 202611: what shares a key and is erased together."""
    moment = moment_of(time_us)
    return moment.year * 100 + moment.month


def moment_of(time_us: int) -> datetime:
    """Return the moment of a count of microseconds."""
    seconds, rest = divmod(time_us, 1_000_000)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest)


def pack_mentions(mentions: Sequence[Mention]) -> bytes:
    """Write part and id of each mention, 17 bytes each."""
    return b"".join(bytes((mention.part,)) + mention.about.bytes for mention in mentions)


def unpack_mentions(packed: bytes) -> tuple[Mention, ...]:
    """Read them back."""
    return tuple(
        Mention(Part(packed[at]), UUID(bytes=packed[at + 1 : at + _MENTION_BYTES]))
        for at in range(0, len(packed), _MENTION_BYTES)
    )
