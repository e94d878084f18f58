"""Times as people read them: in the organisation's zone, in the reader's language."""

from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

_TIME = "\0"  # stands for the time of day in words that are kept


class Style(StrEnum):
    """How much of a moment to say."""

    CLOCK = "clock"
    DAY = "day"
    EXACT = "exact"
    SHORT = "short"
    SINCE = "since"  # inside a sentence: the time of today, else the day and the time
    WITHIN = "within"  # inside a sentence: "today 09:42"


def day_of(value: date) -> str:
    """Return a date in words, by locale: November 24, 2026. It may be a birth date: not kept."""
    return date_format(value, "DATE_FORMAT")


@lru_cache(maxsize=2048)
def _written_in(_language: str, day: date, form: str) -> str:
    # The rows of a page name few days, each of them many times: those of moments, never of values.
    return date_format(day, form)


def clock_of(value: datetime, *, is_working: bool) -> str:
    """Return the time of day; staff read 24 hours, patients what their locale writes."""
    if not is_working:
        return date_format(value, "TIME_FORMAT")
    return f"{value.hour:02}:{value.minute:02}"  # a page of rows says a hundred of them


class _Said(NamedTuple):
    day: str
    at_a_time: str  # with a place for the time


@lru_cache(maxsize=2048)
def _in_short(language: str, day: date, today: date, *, is_within: bool) -> _Said:
    said_day = _day_in_short(language, day, today, is_within=is_within)
    parts = {"day": said_day, "time": _TIME}
    return _Said(said_day, pgettext("a day, then a time of day", "%(day)s %(time)s") % parts)


def _day_in_short(language: str, day: date, today: date, *, is_within: bool) -> str:
    if day == today:
        return pgettext("inside a sentence", "today") if is_within else _("Today")
    if day == today - timedelta(days=1):
        return pgettext("inside a sentence", "yesterday") if is_within else _("Yesterday")
    if day == today + timedelta(days=1):
        return pgettext("inside a sentence", "tomorrow") if is_within else _("Tomorrow")
    form = "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT"
    return _written_in(language, day, form)


def exact(value: datetime, zone: tzinfo, *, is_working: bool = True) -> str:
    """Return the moment with its zone: Tuesday, November 24, 2026, 09:42:07 PST.

    Staff read it to the second; patients as one would write it on paper, 9:42 a.m. PST.
    """
    local = value.astimezone(zone)
    clock = clock_of(local, is_working=is_working) + (f":{local.second:02}" if is_working else "")
    whole = _exactly(get_language() or "", local.date())
    return whole.replace(_TIME, f"{clock} {local.tzname()}")


@lru_cache(maxsize=2048)
def _exactly(language: str, day: date) -> str:
    """Return a day in full, with a place for the time."""
    parts = {form: _written_in(language, day, form) for form in ("l", "DATE_FORMAT")}
    return _("%(weekday)s, %(date)s, %(time)s") % {
        "weekday": parts["l"],
        "date": parts["DATE_FORMAT"],
        "time": _TIME,
    }


def said(value: datetime, *, now: datetime, zone: tzinfo, style: Style, is_working: bool) -> str:
    """Return the moment in the given style, seen from now."""
    local = value.astimezone(zone)
    if style is Style.EXACT:
        return exact(value, zone, is_working=is_working)
    if style is Style.CLOCK:
        return clock_of(local, is_working=is_working)
    here_now = now.astimezone(zone)
    if style is Style.SINCE and local.date() == here_now.date():
        return clock_of(local, is_working=is_working)
    seen = (get_language() or "", local.date(), here_now.date())
    said_day = _in_short(*seen, is_within=style in {Style.SINCE, Style.WITHIN})
    if style is Style.DAY:
        return said_day.day
    return said_day.at_a_time.replace(_TIME, clock_of(local, is_working=is_working))


def date_parts() -> list[dict[str, str]]:
    """Return day, month and year in the order in which this locale writes them."""
    written = str(get_format("SHORT_DATE_FORMAT"))
    parts = {
        "day": {"letters": "dj", "label": _("Day"), "size": "c2", "length": "2"},
        "month": {"letters": "mnMNFb", "label": _("Month"), "size": "c2", "length": "2"},
        "year": {"letters": "Yyo", "label": _("Year"), "size": "c4", "length": "4"},
    }

    def place(code: str) -> int:
        found = [written.find(sign) for sign in parts[code]["letters"] if sign in written]
        return min(found, default=9)

    return [{"code": code, **parts[code]} for code in sorted(parts, key=place)]
