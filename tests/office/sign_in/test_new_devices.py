"""A browser not seen before is told of by mail; sessions are listed with device and place."""

from typing import Any

import pytest
from django.test import Client

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import Mailed, mailed
from tests.people import FIREFOX, PASSWORD, SAFARI, Clinic, Person, browser, browser_of, make_clinic

SUBJECT = "Your Keepwell account was used in a browser not seen before"


def sign_in(person: Person, here: Client, later: int = 0) -> Any:
    """Sign in with both steps, some half-minutes later: a code is accepted once."""
    with clock.moved(30 * later), early_in_a_half_minute():
        here.post("/sign-in/", {"email": person.email, "password": PASSWORD})
        return here.post("/sign-in/code/", {"code": person.code()})


def told() -> list[Mailed]:
    """Return the letters, once the last sign-in of these tests is past."""
    with clock.moved(3600):
        return [one for one in mailed() if one.subject == SUBJECT]


@pytest.fixture
def known(ada: Person) -> Client:
    """Return the browser in which Ada has signed in first."""
    here = browser(agent=FIREFOX)
    assert sign_in(ada, here)["Location"] == "/"
    return here


def test_a_browser_not_seen_before_is_told_of_with_when_what_and_where(
    ada: Person, known: Client
) -> None:
    assert told() == [], "the first of all is no news"
    sign_in(ada, browser(agent=SAFARI, address="203.0.113.77"), later=2)
    [letter] = told()
    assert letter.to == ada.email
    for words in ("Safari, iPhone", "203.0.113.0/24", "UTC", "sign out everywhere", "/account/"):
        assert words in letter.body
    assert "203.0.113.77" not in letter.body


def test_a_browser_that_was_seen_before_is_not(ada: Person, known: Client) -> None:
    known.post("/sign-out/")
    assert sign_in(ada, known, later=2)["Location"] == "/"
    assert told() == []


def test_a_browser_that_another_account_knows_is_new_to_this_one(
    clinic: Clinic, ada: Person, known: Client
) -> None:
    cy = make_clinic("Cedar Practice", "Cy").owner
    sign_in(cy, browser(), later=2)
    known.post("/sign-out/")
    sign_in(cy, known, later=4)
    assert [one.to for one in told()] == [cy.email]


def test_half_a_sign_in_tells_nobody(ada: Person, known: Client) -> None:
    here = browser()
    here.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    here.post("/sign-in/code/", {"code": "000000"})
    assert told() == []


def test_the_trail_says_which_sign_in_was_in_a_new_browser(
    clinic: Clinic, ada: Person, known: Client
) -> None:
    known.post("/sign-out/")
    sign_in(ada, known, later=2)
    sign_in(ada, browser(), later=4)
    writer.stop()
    viewer = viewers.console(clinic.organisation.id, account="tests")
    found = page_of_entries(viewer, kinds=["identity:session:begin"], limit=9).entries
    said = [entry.payload.detail for entry in found if entry.payload]
    new = {"device": "not-seen-before"}
    assert said == [new, {}, new]


def test_sessions_are_listed_with_device_way_and_the_place_that_the_clinic_has_named(
    clinic: Clinic, ada: Person, known: Client
) -> None:
    viewer = viewers.console(clinic.organisation.id, account="tests")
    networks.add(viewer, network="198.51.0.0/16", name="The whole street")
    networks.add(viewer, network="198.51.100.0/24", name="Front desk")
    networks.add(viewer, network="203.0.113.0/24", name="At home")
    browser_of(ada, address="203.0.113.9")
    page = known.get("/account/").content.decode()
    for words in ("Firefox, Linux", "Front desk", "At home", "with the authenticator app"):
        assert words in page
    assert "The whole street" not in page
