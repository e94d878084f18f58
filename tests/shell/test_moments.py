"""Times are said in the organisation's zone, short, and exact on demand."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from keepwell.shell import moments
from keepwell.shell.moments import Style

PORTLAND = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)  # Tuesday, 09:45 in Portland


def said(value: datetime, style: Style = Style.SHORT, *, is_working: bool = True) -> str:
    return moments.said(value, now=NOW, zone=PORTLAND, style=style, is_working=is_working)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 24, 17, 42, 7, tzinfo=UTC), "Today 09:42"),
        (datetime(2026, 11, 24, 7, 0, tzinfo=UTC), "Yesterday 23:00"),  # already the 24th in UTC
        (datetime(2026, 11, 25, 17, 0, tzinfo=UTC), "Tomorrow 09:00"),
        (datetime(2026, 11, 20, 18, 0, tzinfo=UTC), "November 20 10:00"),
        (datetime(2025, 12, 31, 20, 0, tzinfo=UTC), "December 31, 2025 12:00"),
    ],
)
def test_a_moment_is_said_from_where_the_clinic_is(value: datetime, words: str) -> None:
    assert said(value) == words


def test_patients_read_the_clock_of_their_locale() -> None:
    assert said(datetime(2026, 11, 24, 21, 31, tzinfo=UTC), is_working=False) == "Today 1:31 p.m."


def test_the_exact_moment_names_its_zone() -> None:
    exact = said(datetime(2026, 11, 24, 17, 42, 7, tzinfo=UTC), Style.EXACT)
    assert exact == "Tuesday, November 24, 2026, 09:42:07 PST"


def test_inside_a_sentence_today_needs_no_word() -> None:
    assert said(datetime(2026, 11, 24, 17, 40, tzinfo=UTC), Style.SINCE) == "09:40"
    assert said(datetime(2026, 11, 23, 17, 40, tzinfo=UTC), Style.SINCE) == "yesterday 09:40"


def test_inside_a_sentence_a_day_has_no_capital() -> None:
    moment = datetime(2026, 11, 24, 17, 40, tzinfo=UTC)
    assert said(moment, Style.WITHIN) == "today 09:40"
    assert said(moment.replace(day=23), Style.WITHIN) == "yesterday 09:40"
    assert said(moment.replace(day=25), Style.WITHIN) == "tomorrow 09:40"


def test_patients_read_the_exact_moment_as_one_would_write_it() -> None:
    moment = datetime(2026, 11, 24, 17, 42, 7, tzinfo=UTC)
    words = said(moment, Style.EXACT, is_working=False)
    assert words == "Tuesday, November 24, 2026, 9:42 a.m. PST"


def test_a_date_that_may_be_a_birth_date_is_kept_nowhere() -> None:
    kept = moments._written_in.cache_info().currsize
    moments.day_of(date(1907, 2, 23))
    assert moments._written_in.cache_info().currsize == kept
    said(datetime(2019, 5, 6, 12, 0, tzinfo=UTC))
    assert moments._written_in.cache_info().currsize > kept


def test_a_date_is_written_by_locale() -> None:
    with translation.override("es"):
        assert moments.day_of(date(1951, 3, 9)) == "9 de marzo de 1951"


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ["month", "day", "year"]),
        ("fr", ["day", "month", "year"]),
        ("hu", ["year", "month", "day"]),
    ],
)
def test_a_date_is_asked_in_the_order_of_the_locale(language: str, order: list[str]) -> None:
    with translation.override(language):
        assert [part["code"] for part in moments.date_parts()] == order
