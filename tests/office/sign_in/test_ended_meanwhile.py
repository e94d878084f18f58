"""A sign-in under way is ended with the sessions, and with the password that it stands on."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import links, passwords, second_factor
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.half_minute import early_in_a_half_minute
from tests.office.lost_phones import membership_of
from tests.people import PASSWORD, Clinic, Person, browser, browser_of

ANOTHER = "another four plain words"
CHANGE = {"present": PASSWORD, "password": ANOTHER}


@pytest.fixture
def ben(clinic: Clinic) -> Person:
    """Return a colleague of Ada's."""
    return clinic.add("Ben", Role.MEMBER)


def codes_of(person: Person) -> list[str]:
    """Return new recovery codes, kept."""
    second_factor.renew_codes(person.user)
    codes = second_factor.unkept_codes(person.user)
    second_factor.keep_codes(person.user)
    return codes


def give_password(here: Client, person: Person) -> Any:
    return here.post("/sign-in/", {"email": person.email, "password": PASSWORD})


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], Any]
) -> None:
    """Let something happen right after a step was judged, and before it is acted upon."""
    real = getattr(where, name)

    def judged(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        monkeypatch.setattr(where, name, real)
        act()
        return found

    monkeypatch.setattr(where, name, judged)


def sign_out_by_colleague(clinic: Clinic, ben: Person) -> None:
    members.end_sessions(clinic.console, membership=membership_of(clinic, ben), reason="Stolen")


def change_password(clinic: Clinic, ben: Person) -> None:
    assert browser_of(ben).post("/account/password/", CHANGE).status_code == 302


def sign_out_everywhere(clinic: Clinic, ben: Person) -> None:
    browser_of(ben).post("/account/sessions/end/")


@pytest.mark.parametrize("end", [sign_out_by_colleague, change_password, sign_out_everywhere])
def test_what_ends_while_the_code_is_judged_lets_nobody_in(
    clinic: Clinic,
    ben: Person,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Clinic, Person], None],
) -> None:
    here = browser()
    give_password(here, ben)
    meanwhile(monkeypatch, second_factor, "use_code", lambda: end(clinic, ben))
    answer = here.post("/sign-in/code/", {"code": ben.code()})
    assert answer.status_code == 409
    assert "This sign-in was ended meanwhile" in answer.content.decode()
    assert here.get("/account/").status_code == 302


def test_sign_ins_and_their_ending_at_one_moment_leave_nobody_signed_in(
    clinic: Clinic, ben: Person
) -> None:
    for wait, code in zip((0, 5, 10, 20, 40, 80), codes_of(ben), strict=False):
        here = browser()
        give_password(here, ben)
        at_once([partial(_come, here, code), partial(_end_after, wait, clinic, ben)])
        assert here.get("/account/").status_code == 302


def _come(here: Client, code: str) -> None:
    here.post("/sign-in/recovery-code/", {"code": code})


def _end_after(milliseconds: int, clinic: Clinic, ben: Person) -> None:
    time.sleep(milliseconds / 1000)
    sign_out_by_colleague(clinic, ben)


def test_a_password_that_was_changed_while_it_was_judged_is_none(
    clinic: Clinic, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = browser()
    meanwhile(monkeypatch, passwords, "account_of", lambda: change_password(clinic, ben))
    assert give_password(here, ben).status_code == 409
    assert here.post("/sign-in/code/", {"code": ben.code()})["Location"].startswith("/sign-in/")


def test_signing_in_in_a_colleagues_browser_ends_the_colleagues_session_on_the_trail(
    clinic: Clinic, ada: Person, ben: Person
) -> None:
    here = browser_of(ada)
    give_password(here, ben)
    writer.stop()
    [entry] = page_of_entries(clinic.console, kinds=["identity:session:end"], limit=9).entries
    assert entry.payload is not None
    assert entry.payload.detail == {"because": "replaced"}
    assert entry.payload.actor == ada.user.pk


def test_a_right_password_forgets_no_wrong_codes(ben: Person) -> None:
    here = browser_of(ben)
    wrong = {"password": PASSWORD, "code": "000000"}
    given = [here.post("/account/again/access/", wrong).status_code for _ in range(4)]
    assert given == [422] * 4
    assert here.post("/account/password/", CHANGE).status_code == 302
    wrong["password"] = ANOTHER
    given = [here.post("/account/again/access/", wrong).status_code for _ in range(2)]
    assert given == [422, 429]


def test_the_present_password_is_no_new_one(ben: Person) -> None:
    here = browser_of(ben)
    answer = here.post("/account/password/", {"present": PASSWORD, "password": PASSWORD})
    assert answer.status_code == 422
    assert "This is your present password." in answer.content.decode()


def test_a_link_to_a_new_password_ends_with_the_password(ben: Person) -> None:
    token = links.make(LinkPurpose.RESET_PASSWORD, lasts=timedelta(minutes=30), user=ben.user)
    address = f"/password/new/{token}/"
    assert browser().get(address).status_code == 200
    assert browser_of(ben).post("/account/password/", CHANGE).status_code == 302
    assert browser().get(address).status_code == 410
    given = {"password": "yet another few plain words"}
    assert browser().post(address, given).status_code == 410


def test_the_trail_says_that_a_wrong_code_was_given_at_an_open_session(
    clinic: Clinic, ada: Person
) -> None:
    here = browser_of(ada)
    here.post("/account/again/access/", {"password": PASSWORD, "code": "000000"})
    here.post("/account/again/access/", {"password": "no", "code": "000000"})
    with clock.moved(31), early_in_a_half_minute():
        browser().post("/sign-in/", {"email": ada.email, "password": "no"})
    writer.stop()
    page = here.get("/trail/?kind=refused").content.decode()
    assert page.count("Somebody at a session that was open") == 2
    assert page.count("Somebody who is not signed in") == 1
