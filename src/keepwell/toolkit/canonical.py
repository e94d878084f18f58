"""Canonical JSON: one value has exactly one sequence of bytes (RFC 8785, whole numbers only).

What is hashed or sealed is encoded here, so that a second implementation gets the same bytes.
Numbers are integers up to 2**53 - 1, which every JSON reader represents exactly.
"""

import json
from collections.abc import Iterable
from typing import Any, cast

LARGEST_INTEGER = 2**53 - 1
_MOST_BRACKETS = 100

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_written_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class NotCanonical(ValueError):  # noqa: N818  names the fact
    """This value has no canonical form, or these bytes are not one."""


def encode(value: object) -> bytes:
    """Return the canonical bytes of a value made of str, int, bool, None, list, tuple and dict."""
    try:
        return _written(_ordered(value)).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical("The value holds a lone surrogate or is nested too deeply.") from error


def decode(data: bytes) -> Any:
    """Return the value of canonical bytes; raise NotCanonical for any other bytes."""
    try:
        value = _read(data.decode())
        is_canonical = _is_canonical(value, data)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical("These bytes are not JSON.") from error
    if not is_canonical:
        raise NotCanonical("These bytes are JSON, but not in canonical form.")
    return value


def _is_canonical(value: object, data: bytes) -> bool:
    """Tell whether bytes are what their value encodes to; doubled keys are lost, and so differ.

    In bytes of ASCII keys sort alike by code points and by UTF-16, so that the encoder in C is
    right about them: the trail decodes an entry for each row of its pages. It would go deeper than
    `encode`, so it is asked about what can not be deep.
    """
    is_plain = data.isascii() and data.count(b"[") + data.count(b"{") <= _MOST_BRACKETS
    return (is_plain and _written_sorted(value).encode() == data) or encode(value) == data


def _ordered(value: object) -> object:
    if type(value) is str:  # nearly everything, and the trail encodes for each reading
        return value
    match value:
        case dict():
            return {key: _ordered(value[key]) for key in _sorted(value)}
        case None | bool() | str():
            return value
        case int():
            return _whole_number(value)
        case list() | tuple():
            return [item if type(item) is str else _ordered(item) for item in value]
        case _:
            raise NotCanonical(f"A {type(value).__name__} has no canonical form.")


def _sorted(keys: Iterable[object]) -> list[str]:
    """Order keys as RFC 8785 3.2.3 says: by UTF-16 code units, as JavaScript sorts."""
    named = cast("list[str]", list(keys))
    try:
        if all(map(str.isascii, named)):  # then code points and code units sort alike
            return sorted(named)
        return sorted(named, key=lambda key: key.encode("utf-16-be"))
    except TypeError as error:
        raise NotCanonical("Keys must be strings.") from error


def _read_whole(digits: str) -> int:
    return _whole_number(int(digits))


def _refused(_number: str) -> None:
    raise NotCanonical("Numbers that are not whole have no canonical form.")


def _whole_number(value: int) -> int:
    if abs(value) > LARGEST_INTEGER:
        raise NotCanonical("Integers beyond 2**53 - 1 have no canonical form; use a string.")
    return int(value)


_read = json.JSONDecoder(
    parse_float=_refused, parse_constant=_refused, parse_int=_read_whole
).decode
