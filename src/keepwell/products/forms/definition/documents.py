"""Read untrusted JSON without letting it hurt, and write the one canonical spelling of it.

FHIR decimals keep their digits (1.50 stays 1.50), so numbers with a point are Decimal here and
never float. Attack named: a two-megabyte document that nests, counts or repeats itself to death.
"""

import json
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn

MAX_BYTES = 2 * 1024 * 1024
MAX_NESTING = 64
MAX_DIGITS = 40
MAX_EXPONENT = 30


class DocumentUnreadable(ValueError):  # noqa: N818  names the fact
    """The bytes are not JSON that may be worked with; `code` names why."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters


def read(raw: bytes) -> Any:
    """Return the value of a JSON document of at most 2 MB, or raise DocumentUnreadable."""
    if len(raw) > MAX_BYTES:
        raise DocumentUnreadable("too_large", limit=MAX_BYTES // (1024 * 1024))
    try:
        value = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_constant,
        )
    except DocumentUnreadable:
        raise
    except RecursionError as error:
        raise DocumentUnreadable("too_nested", limit=MAX_NESTING) from error
    except json.JSONDecodeError as error:
        raise DocumentUnreadable("not_json", line=error.lineno, column=error.colno) from error
    except ValueError as error:
        raise DocumentUnreadable("not_utf8") from error
    _check(value)
    return value


def encode(value: Any) -> bytes:
    """Write JSON with sorted keys, no spaces, UTF-8, and decimals exactly as they were read."""
    return _written(value).encode()


def _written(value: Any) -> str:
    match value:
        case dict():
            pairs = (f"{_text(key)}:{_written(value[key])}" for key in sorted(value))
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_written, value)) + "]"
        case Decimal():
            return str(value)
        case str():
            return _text(value)
        case bool() | int() | None:
            return json.dumps(value)
    message = f"{type(value).__name__} has no place in a FHIR document"
    raise TypeError(message)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        doubled = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise DocumentUnreadable("duplicate_key", key=doubled[:60])
    return found


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise DocumentUnreadable("huge_number")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    exponent = digits.lower().partition("e")[2]
    if len(digits) > MAX_DIGITS or len(exponent) > len("+30"):
        raise DocumentUnreadable("huge_number")
    value = Decimal(digits)
    if value and abs(value.adjusted()) > MAX_EXPONENT:
        raise DocumentUnreadable("huge_number")
    return value


def _constant(name: str) -> NoReturn:
    raise DocumentUnreadable("not_a_number", name=name)


def _check(value: Any) -> None:
    """Refuse deep nesting and text that no page or database can hold (lone surrogates, NUL)."""
    waiting = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_NESTING:
            raise DocumentUnreadable("too_nested", limit=MAX_NESTING)
        if isinstance(one, str):
            _check_text(one)
        elif isinstance(one, dict):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, depth + 1) for part in one]


def _check_text(text: str) -> None:
    if any("\ud800" <= letter <= "\udfff" or is_control(letter) for letter in text):
        raise DocumentUnreadable("bad_characters")


def is_control(letter: str) -> bool:
    """Tell whether a letter is a control character other than tab and line ends."""
    return (letter < " " and letter not in "\t\n\r") or "\x7f" <= letter <= "\x9f"
