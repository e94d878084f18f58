"""Read numbers as people of different countries write them."""

import re
import unicodedata
from decimal import Decimal

_GROUPED = re.compile(r"-?\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2},\d{3}")
MAX_DIGITS = 30


class NumberUnclear(ValueError):  # noqa: N818  names the fact
    """Not a number, or one that can be read in two ways (`readings` then holds both)."""

    def __init__(self, readings: tuple[str, ...] = ()) -> None:
        super().__init__("unclear")
        self.readings = readings


def read_number(text: str, *, is_whole: bool = False) -> Decimal:
    """Return the number in a text such as 1.5, 1,5, 1 234,5 or 1,234.50."""
    plain = _plain_digits(text)
    if len(plain) > MAX_DIGITS:
        raise NumberUnclear
    if _AMBIGUOUS.fullmatch(plain) and not is_whole:
        raise NumberUnclear((plain.replace(",", ""), plain.replace(",", ".")))
    if _PLAIN.fullmatch(plain) and not (is_whole and _AMBIGUOUS.fullmatch(plain)):
        return Decimal(plain.replace(",", "."))
    grouped = _GROUPED.fullmatch(plain)
    if grouped is None:
        raise NumberUnclear
    return Decimal(plain.replace(grouped[1], "").replace(",", "."))


def _plain_digits(text: str) -> str:
    """Bring digits of every script, spaces, minus and apostrophe signs to their ASCII forms."""
    letters = []
    for letter in text.strip():
        if letter.isdecimal():
            letters.append(str(unicodedata.decimal(letter)))
        elif letter in "\u2212\u2013\ufe63\uff0d":
            letters.append("-")
        elif letter in "\u2019\u02bc":
            letters.append("'")
        elif letter == "\u066b":
            letters.append(".")
        elif letter in "\u066c":
            letters.append("'")
        else:
            letters.append(" " if letter.isspace() else letter)
    return "".join(letters)
