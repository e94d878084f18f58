"""A browser not seen before is told of by mail; sessions are listed with device and place."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import devices, throttle
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import Mailed, mailed
from tests.office.lost_phones import membership_of
from tests.people import FIREFOX, PASSWORD, SAFARI, Clinic, Person, browser, browser_of, make_clinic

NEW_PASSWORD = "another four plain words"
ENDS = re.compile(r"/account/sessions/[0-9a-f-]+/end/")
SUBJECT = "Your Keepwell account was used in a browser not seen before"


def sign_in(person: Person, here: Client, later: int = 0, *, password: str = PASSWORD) -> Any:
    """Sign in with both steps, some half-minutes later: a code is accepted once."""
    with clock.moved(30 * later), early_in_a_half_minute():
        here.post("/sign-in/", {"email": person.email, "password": password})
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


def sign_out_everywhere(clinic: Clinic, person: Person) -> str:
    """Sign out everywhere, from another browser; return the password that holds then."""
    browser_of(person).post("/account/sessions/end/")
    return PASSWORD


def sign_out_by_colleague(clinic: Clinic, person: Person) -> str:
    """Let somebody else end all sessions."""
    row = membership_of(clinic, person)
    members.end_sessions(clinic.console, membership=row, reason="Left a tablet on the bus")
    return PASSWORD


def change_password(clinic: Clinic, person: Person) -> str:
    """Change the password in another browser."""
    given = {"present": PASSWORD, "password": NEW_PASSWORD}
    assert browser_of(person).post("/account/password/", given).status_code == 302
    return NEW_PASSWORD


def reset_password(clinic: Clinic, person: Person) -> str:
    """Set a new password by a link, in another browser."""
    here = browser()
    here.post("/password/forgotten/", {"email": person.email})
    found = re.search(r"https://\S+(/password/new/\S+/)", mailed()[-1].body)
    assert found
    assert here.post(found[1], {"password": NEW_PASSWORD}).status_code == 302
    return NEW_PASSWORD


def end_the_other(here: Client) -> None:
    """End the one session that this browser does not hold."""
    [address] = ENDS.findall(here.get("/account/").content.decode())
    assert here.post(address).status_code == 302


def end_session(clinic: Clinic, person: Person) -> str:
    """End the session that a lost device holds, from another browser, and no other."""
    end_the_other(browser_of(person))
    return PASSWORD


CUTTING_OFF = (
    end_session,
    sign_out_everywhere,
    sign_out_by_colleague,
    change_password,
    reset_password,
)


@pytest.fixture
def ben(clinic: Clinic) -> Person:
    """Return a colleague of Ada's."""
    return clinic.add("Ben", Role.MEMBER)


@pytest.mark.parametrize("cut_off", CUTTING_OFF)
def test_a_browser_that_was_cut_off_is_not_known_any_more(
    clinic: Clinic, ben: Person, cut_off: Callable[[Clinic, Person], str]
) -> None:
    stolen = browser()
    sign_in(ben, stolen)
    password = cut_off(clinic, ben)
    before = len(told())
    assert sign_in(ben, stolen, later=2, password=password)["Location"] == "/"
    assert [one.to for one in told()[before:]] == [ben.email]
    stolen.post("/sign-out/")
    sign_in(ben, stolen, later=4, password=password)
    assert len(told()) == before + 1, "and from then on it is known again"


@pytest.mark.parametrize("cut_off", CUTTING_OFF)
def test_a_browser_that_was_cut_off_has_no_door_of_its_own(
    clinic: Clinic, ben: Person, cut_off: Callable[[Clinic, Person], str]
) -> None:
    stolen = browser()
    sign_in(ben, stolen)
    password = cut_off(clinic, ben)
    for _ in range(5):
        throttle.begin_try(throttle.account_door("password", ben.email))
    given = {"email": ben.email, "password": password}
    assert stolen.post("/sign-in/", given).status_code == 429


def test_the_browser_in_which_the_password_was_changed_stays_known(
    ada: Person, known: Client
) -> None:
    known.post("/account/password/", {"present": PASSWORD, "password": NEW_PASSWORD})
    known.post("/sign-out/")
    assert sign_in(ada, known, later=2, password=NEW_PASSWORD)["Location"] == "/"
    assert told() == []


def test_the_browser_in_which_another_session_was_ended_stays_known(
    ada: Person, known: Client
) -> None:
    other = browser_of(ada)
    end_the_other(known)
    assert other.get("/").status_code == 302
    known.post("/sign-out/")
    assert sign_in(ada, known, later=2)["Location"] == "/"
    assert told() == []


def test_ending_a_session_makes_no_browser_known(ada: Person, known: Client) -> None:
    copied = browser_of(ada)  # it holds a session, and nobody has signed in with it
    end_the_other(copied)
    assert devices.COOKIE not in copied.cookies
    copied.post("/sign-out/")
    sign_in(ada, copied, later=2)
    assert len(told()) == 1


def test_a_browser_that_used_a_link_from_the_mail_is_told_of_all_the_same(
    ada: Person, known: Client
) -> None:
    here = browser()
    here.post("/password/forgotten/", {"email": ada.email})
    found = re.search(r"https://\S+(/password/new/\S+/)", mailed()[-1].body)
    assert found
    here.post(found[1], {"password": NEW_PASSWORD})
    sign_in(ada, here, later=2, password=NEW_PASSWORD)
    assert len(told()) == 1


def test_colleagues_who_share_the_browser_stay_known_in_it(
    clinic: Clinic, ada: Person, ben: Person, known: Client
) -> None:
    known.post("/sign-out/")
    sign_in(ben, known)
    sign_out_everywhere(clinic, ben)
    assert sign_in(ada, known, later=2)["Location"] == "/"
    assert told() == []


def test_a_browser_that_was_known_before_there_were_rounds_stays_known(
    ada: Person, known: Client
) -> None:
    mark = throttle.account_door("device", ada.email).key[:22]
    here = browser()
    salt = "keepwell.identity.devices"
    here.cookies[devices.COOKIE] = signing.dumps(["a-browser", mark], salt=salt)
    sign_in(ada, here, later=2)
    assert told() == []
