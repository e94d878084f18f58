"""Read days and times as people write them into separate boxes."""

import re
import unicodedata
from datetime import date, time

MONTHS = {
    "jan": 1, "ene": 1, "feb": 2, "fev": 2, "mar": 3, "apr": 4, "abr": 4, "avr": 4, "may": 5,
    "mai": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7, "aug": 8, "ago": 8, "aou": 8, "sep": 9,
    "oct": 10, "nov": 11, "dec": 12, "dic": 12,
}  # fmt: skip
_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h ]?(?P<minute>\d{2}))?(?::(?P<second>\d{2}))?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?",
    re.IGNORECASE,
)


def digits(text: str) -> str:
    """Return a text with the digits of every script as 0 to 9."""
    return "".join(
        str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text.strip()
    )


def read_month(text: str) -> int | None:
    """Return a month from its number or from its name in English, Spanish or French."""
    plain = digits(text)
    if re.fullmatch(r"\d{1,2}", plain):
        return int(plain)
    bare = unicodedata.normalize("NFD", plain.lower()).encode("ascii", "ignore").decode()
    bare = bare.rstrip(".")
    return MONTHS.get(bare[:4], MONTHS.get(bare[:3])) if bare.isalpha() else None


def read_day(text: str) -> int | None:
    """Return the number of a day."""
    plain = digits(text)
    return int(plain) if re.fullmatch(r"\d{1,2}", plain) else None


def read_year(text: str) -> int | None:
    """Return a year of four digits."""
    plain = digits(text)
    return int(plain) if re.fullmatch(r"[1-9]\d{3}", plain) else None


def real_date(year: int, month: int, day: int) -> date | None:
    """Return the date, None if the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Return a time from 9:30, 9.30, 0930, 9:30 pm or 21h30."""
    found = _TIME.fullmatch(digits(text))
    if found is None:
        return None
    hour, half = int(found["hour"]), (found["half"] or "").lower()[:1]
    if half and not 1 <= hour <= 12:
        return None
    if not half and found["minute"] is None:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError:
        return None
