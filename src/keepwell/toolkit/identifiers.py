"""Identifiers: UUIDv7 (RFC 9562 5.7), made by us so that a row's key exists before the insert."""

import os
from uuid import UUID, SafeUUID

from keepwell.toolkit.clock import now_us

_VERSION = 0x7
_VARIANT = 0b10
_UNKNOWN = SafeUUID.unknown
_new, _set = object.__new__, object.__setattr__  # a UUID refuses the usual way


def uuid7() -> UUID:
    """Return a new UUIDv7: microseconds, so that ids sort as they were made, then 62 random bits.

    The 12 bits below the milliseconds hold their fraction (RFC 9562 6.2, method 3).
    """
    return uuid7_from(now_us(), os.urandom(8))


def uuid7_from(microseconds: int, random: bytes) -> UUID:
    """Build a UUIDv7 from Unix microseconds and 8 random bytes (the last 62 bits are used)."""
    milliseconds, rest = divmod(microseconds, 1000)
    fraction = rest * 4096 // 1000
    noise = int.from_bytes(random, "big") & ((1 << 62) - 1)
    value = (milliseconds & ((1 << 48) - 1)) << 80
    return UUID(int=value | _VERSION << 76 | fraction << 64 | _VARIANT << 62 | noise)


def read_id(text: str) -> UUID | None:
    """Read an id that somebody gave in an address or a form; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def uuid_from_hex(digits: str) -> UUID:
    """Return the UUID of 32 hexadecimal digits, as SQLite keeps it; ValueError for other text.

    `UUID` itself looks for six more ways to write one: a third of the time to load a row.
    """
    if len(digits) != 32:
        return UUID(digits)
    made = _new(UUID)
    _set(made, "int", int(digits, 16))
    _set(made, "is_safe", _UNKNOWN)
    return made
