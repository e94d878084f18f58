"""Dates, times and the order of a date's boxes follow the organisation's locale."""

from datetime import UTC, date, datetime
from importlib.util import find_spec
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.utils import translation

from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import locales, moments

LONDON = ZoneInfo("Europe/London")


def tag(locale: str, accepted: str = "") -> str:
    request = RequestFactory(headers={"accept-language": accepted}).get("/")
    return locales.tag_for(request, Organisation(name="Ashgrove Clinic", locale=locale))


@pytest.mark.parametrize(
    ("locale", "day", "clock", "order"),
    [
        ("en-us", "November 24, 2026", "5:42 p.m.", ["month", "day", "year"]),
        ("en-gb", "24 November 2026", "17:42", ["day", "month", "year"]),
        ("en-au", "24 November 2026", "5:42 p.m.", ["day", "month", "year"]),
        ("en-ca", "November 24, 2026", "5:42 p.m.", ["year", "month", "day"]),
        ("en-ie", "24 November 2026", "17:42", ["day", "month", "year"]),
        ("en-nz", "24 November 2026", "5:42 p.m.", ["day", "month", "year"]),
    ],
)
def test_each_place_writes_its_own_way(locale: str, day: str, clock: str, order: list[str]) -> None:
    with translation.override(tag(locale)):
        assert moments.day_of(date(2026, 11, 24)) == day
        there = datetime(2026, 11, 24, 17, 42, tzinfo=LONDON)
        assert moments.clock_of(there, is_working=False) == clock
        assert [part["code"] for part in moments.date_parts()] == order


def test_every_locale_offered_has_its_formats_and_shows_them() -> None:
    for tag_offered, words in locales.choices():
        language, _, place = tag_offered.partition("-")
        folder = language if place == "us" else f"{language}_{place.upper()}"
        assert find_spec(f"keepwell.shell.formats.{folder}.formats")
        assert "2026" in words
    assert ("en-gb", "English, United Kingdom: 24 November 2026, 17:30") in locales.choices()


@pytest.mark.parametrize("accepted", ["", "en", "en-US,en;q=0.9", "es-MX,es;q=0.9", "de, *;q=0.1"])
def test_a_reader_of_any_language_gets_the_organisations_locale_while_there_is_only_english(
    accepted: str,
) -> None:
    assert tag("en-gb", accepted) == "en-gb"


@pytest.mark.parametrize("locale", ["es-us", "xx", "", "../en", "en-zz"])
def test_a_locale_that_is_not_offered_falls_back_to_the_readers_language(locale: str) -> None:
    assert tag(locale) in {"en", "en-us"}


def test_the_moment_of_a_summer_day_is_in_the_zone_of_the_clinic() -> None:
    with translation.override("en-gb"):
        exact = moments.exact(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), LONDON)
    assert exact == "Thursday, 2 July 2026, 00:30:00 BST"
