"""What is sealed: each type of value as bytes, and padding that hides a length; pure and frozen.

One value has exactly one encoding (docs/formats/envelope.md, "What a sealed value holds"), so that
a second implementation reads what this one wrote. Whatever is not that encoding is refused on the
way back: it was sealed by something else.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from keepwell.toolkit.envelope import SealBroken

SMALLEST_INTEGER = -(2**63)
LARGEST_INTEGER = 2**63 - 1
LONGEST_DECIMAL = 100  # characters
BUCKETS = (32, 64)  # bytes

_DECIMAL = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_MOMENT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_PADDING_BEGINS = b"\x80"


class NotEncodable(ValueError):  # noqa: N818  names the fact
    """This value has no encoding; the sentence says why and never repeats the value."""


def encode_text(value: str) -> bytes:
    """Return UTF-8."""
    try:
        return value.encode()
    except UnicodeEncodeError:  # half a surrogate pair; the error would carry the whole text
        raise NotEncodable("The text is not valid Unicode.") from None


def decode_text(plain: bytes) -> str:
    """Return the text."""
    try:
        return plain.decode()
    except UnicodeDecodeError:
        raise SealBroken from None


def encode_date(value: date) -> bytes:
    """Return YYYY-MM-DD (ISO 8601), ten bytes."""
    return value.isoformat().encode()


def decode_date(plain: bytes) -> date:
    """Return the date."""
    try:
        found = date.fromisoformat(plain.decode())
    except ValueError:
        raise SealBroken from None
    if encode_date(found) != plain:  # Python also reads 20260102 and 2026-W01-5
        raise SealBroken
    return found


def encode_moment(value: datetime) -> bytes:
    """Return YYYY-MM-DDThh:mm:ss.ffffffZ in UTC (RFC 3339), 27 bytes; a naive one is refused."""
    if value.utcoffset() is None:
        raise NotEncodable("The moment has no time zone: it could be one of many.")
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise NotEncodable("The moment is outside the years 1 to 9999 in UTC.") from None
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00").encode() + b"Z"


def decode_moment(plain: bytes) -> datetime:
    """Return the moment in UTC."""
    if not _MOMENT.fullmatch(plain):
        raise SealBroken
    try:
        return datetime.fromisoformat(plain.decode())
    except ValueError:
        raise SealBroken from None


def encode_integer(value: int) -> bytes:
    """Return eight bytes, two's complement, big-endian: the length says nothing of the number."""
    if not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
        raise NotEncodable("The integer does not fit into 64 bits.")
    return int(value).to_bytes(8, "big", signed=True)


def decode_integer(plain: bytes) -> int:
    """Return the integer."""
    if len(plain) != 8:
        raise SealBroken
    return int.from_bytes(plain, "big", signed=True)


def encode_boolean(value: bool) -> bytes:  # noqa: FBT001  the value itself
    """Return one byte, `1` or `0`: the length says nothing of the answer."""
    return b"1" if value else b"0"


def decode_boolean(plain: bytes) -> bool:
    """Return yes or no."""
    if plain not in (b"0", b"1"):
        raise SealBroken
    return plain == b"1"


def encode_decimal(value: Decimal) -> bytes:
    """Return digits with a point, never an exponent, keeping zeros at the end: 1.50 is not 1.5.

    How precisely something was measured is part of it (FHIR R4, decimal). Zero has no sign.
    """
    if not value.is_finite():
        raise NotEncodable("The decimal is not a finite number.")
    digits, exponent = value.as_tuple().digits, int(value.as_tuple().exponent)
    if len(digits) + abs(exponent) > LONGEST_DECIMAL:
        raise NotEncodable(f"The decimal is longer than {LONGEST_DECIMAL} digits.")
    return format(value if value else abs(value), "f").encode()


def decode_decimal(plain: bytes) -> Decimal:
    """Return the decimal with the zeros at its end."""
    if not _DECIMAL.fullmatch(plain):
        raise SealBroken
    found = Decimal(plain.decode())
    if encode_decimal(found) != plain:  # -0
        raise SealBroken
    return found


class Codec(NamedTuple):
    """How values of one type become bytes, and bytes such values again."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


BOOLEAN = Codec(encode_boolean, decode_boolean)
BYTES = Codec(bytes, bytes)
DATE = Codec(encode_date, decode_date)
DECIMAL = Codec(encode_decimal, decode_decimal)
INTEGER = Codec(encode_integer, decode_integer)
MOMENT = Codec(encode_moment, decode_moment)
TEXT = Codec(encode_text, decode_text)


def pad(plain: bytes, bucket: int) -> bytes:
    """Append 80 and zeros up to a multiple of the bucket (ISO/IEC 7816-4).

    A length then shows only in steps of 32 or 64 bytes; at least one byte is always added.
    """
    whole = plain + _PADDING_BEGINS
    return whole + bytes(-len(whole) % bucket)


def unpad(padded: bytes, bucket: int) -> bytes:
    """Return what was padded; SealBroken if this is no padding to this bucket."""
    plain, begins, rest = padded.rpartition(_PADDING_BEGINS)
    if not begins or len(padded) % bucket or len(rest) >= bucket or rest.strip(b"\0"):
        raise SealBroken
    return plain
