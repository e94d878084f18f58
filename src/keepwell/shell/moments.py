"""Times as people read them: in the organisation's zone, in the reader's language."""

from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache

from django.utils.formats import date_format, get_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _


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


def _written(moment: datetime, form: str) -> str:
    return _written_in(get_language() or "", moment.date(), form)


@lru_cache(maxsize=2048)
def _written_in(_language: str, day: date, form: str) -> str:
    # The rows of a page name few days, each of them many times: those of moments, never of values.
    return date_format(day, form)


def clock_of(value: datetime, *, is_working: bool) -> str:
    """Return the time of day; staff read 24 hours, patients what their locale writes."""
    return f"{value:%H:%M}" if is_working else date_format(value, "TIME_FORMAT")


def _day_in_short(value: datetime, now: datetime, *, is_within: bool) -> str:
    day, today = value.date(), now.date()
    if day == today:
        return pgettext("inside a sentence", "today") if is_within else _("Today")
    if day == today - timedelta(days=1):
        return pgettext("inside a sentence", "yesterday") if is_within else _("Yesterday")
    if day == today + timedelta(days=1):
        return pgettext("inside a sentence", "tomorrow") if is_within else _("Tomorrow")
    return _written(value, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def exact(value: datetime, zone: tzinfo, *, is_working: bool = True) -> str:
    """Return the moment with its zone: Tuesday, November 24, 2026, 09:42:07 PST.

    Staff read it to the second; patients as one would write it on paper, 9:42 a.m. PST.
    """
    local = value.astimezone(zone)
    clock = f"{local:%H:%M:%S}" if is_working else clock_of(local, is_working=False)
    return _("%(weekday)s, %(date)s, %(time)s") % {
        "weekday": _written(local, "l"),
        "date": _written(local, "DATE_FORMAT"),
        "time": f"{clock} {local.tzname()}",
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
    is_within = style in {Style.SINCE, Style.WITHIN}
    day = _day_in_short(local, here_now, is_within=is_within)
    if style is Style.DAY:
        return day
    return pgettext("a day, then a time of day", "%(day)s %(time)s") % {
        "day": day,
        "time": clock_of(local, is_working=is_working),
    }


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
