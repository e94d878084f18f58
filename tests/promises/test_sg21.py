"""SG21: no plaintext without a trace, as members, an auditor and a patient meet it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from keepwell.safeguards.access.roles import Role
from tests.people import Clinic, browser_of
from tests.products.forms.pages.patients import ABOUT_PAT, Patient
from tests.safeguards.records.outages import store_down
from tests.stores.session import Stores

NAME = ABOUT_PAT["Full name"]
INBOX = "/inbox/"


@pytest.fixture
def ben(clinic: Clinic) -> Client:
    """Open a browser in which Ada's colleague is signed in."""
    browser = browser_of(clinic.add("Ben", Role.MEMBER), address="203.0.113.77")
    browser.raise_request_exception = False  # as a server: a failure is a page
    return browser


@pytest.fixture
def dee(clinic: Clinic) -> Client:
    """Open a browser in which the auditor is signed in."""
    return browser_of(clinic.add("Dee", Role.AUDITOR))


def pages_with_pat(ben: Client) -> Iterator[str]:
    """Find every kind of staff page that shows what Pat wrote, as Ben would: by its links."""
    inbox = ben.get(INBOX).content.decode()
    found = re.search(r'href="(/inbox/[0-9a-f-]{36}/)"', inbox)
    assert found
    submission = ben.get(found[1] + "?for=care").content.decode()
    person = re.search(r'href="(/persons/[0-9a-f-]{36}/)', submission)
    assert person
    yield from (INBOX, f"{found[1]}?for=payment", "/persons/", f"{person[1]}?for=care")


def newest_openings(dee: Client) -> str:
    """Return what the trail's page says was opened, tags taken away, newest first."""
    page = dee.get("/trail/?kind=opened").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def count_of_openings(dee: Client) -> int:
    return newest_openings(dee).count("Ben opened")


def test_sg21_every_page_that_shows_plaintext_leaves_a_trace_before_it(
    pat: Patient, ben: Client, dee: Client
) -> None:
    pat.send()
    for path in [*pages_with_pat(ben)]:
        before = count_of_openings(dee)
        assert NAME in ben.get(path).content.decode(), path
        assert count_of_openings(dee) == before + 1, path


def test_sg21_the_trace_says_who_why_and_from_where(pat: Patient, ben: Client, dee: Client) -> None:
    pat.send()
    submission = [*pages_with_pat(ben)][1]
    ben.get(submission)
    line = newest_openings(dee).partition("Ben opened")[2][:200]
    assert "answers of 1 submission" in line
    assert "Payment" in line
    assert "203.0.113.77" in line


def test_sg21_what_stays_sealed_leaves_no_trace_of_opening(
    pat: Patient, ben: Client, dee: Client
) -> None:
    pat.send()
    sealed = [*pages_with_pat(ben)][1].partition("?")[0]
    before = count_of_openings(dee)
    assert NAME not in ben.get(sealed).content.decode()
    assert NAME not in dee.get(INBOX).content.decode()
    assert count_of_openings(dee) == before


def test_sg21_without_the_trail_nothing_is_shown_to_anybody(
    pat: Patient, ben: Client, stores: Stores
) -> None:
    assert NAME in pat.open(f"{pat.path}check/")
    with store_down(stores, "trail"):
        kept = pat.client.get(f"{pat.path}check/")
    assert kept.status_code == 503
    pat.send()
    paths = [*pages_with_pat(ben)]
    with store_down(stores, "trail"):
        answers: list[Any] = [ben.get(path) for path in paths]
    for answer in (kept, *answers):
        assert answer.status_code == 503
        assert "Whitfield" not in answer.content.decode()
        assert "1951" not in answer.content.decode()
    assert NAME in ben.get(INBOX).content.decode()  # it goes on without a restart
