"""Trusted devices: off unless an owner allows them, good for days, gone at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from keepwell.office.settings import actions as settings_actions
from keepwell.safeguards.access import actions as access
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.members.queries import Standing, ended_with, members_in
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import second_factor, sessions, trusts
from keepwell.safeguards.identity.models import SessionRecord, TrustedDevice
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.office.sign_in.by_passkey import added, asked, prove
from tests.people import PASSWORD, Clinic, Person, browser, browser_of, make_clinic
from tests.softkey import SoftKey

CODE, TICK = "/sign-in/code/", "Do not ask for the code on this device"
DAY = 24 * 3600


def text_of(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()


def owner_of(clinic: Clinic) -> Viewer:
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=clinic.organisation.id,
        actor=clinic.owner.user.pk,
        role="owner",
    )


def allow(clinic: Clinic, days: int = 7) -> None:
    settings_actions.change_trust_days(owner_of(clinic), days=days)


def payloads(clinic: Clinic, kind: str) -> list[Payload]:
    writer.stop()
    found = page_of_entries(clinic.console, kinds=[kind], limit=50).entries
    return [one.payload for one in found if one.payload is not None]


def password(here: Client, person: Person) -> Any:
    return here.post("/sign-in/", {"email": person.email, "password": PASSWORD})


def sign_in(here: Client, person: Person, *, trust: bool = False, later: int = 0) -> Any:
    """Give both steps, some half-minutes later: a code is accepted once."""
    with clock.moved(30 * later), early_in_a_half_minute():
        assert password(here, person)["Location"] == CODE
        ticked = {"trust": "1"} if trust else {}
        return here.post(CODE, {"code": person.code(), **ticked})


def is_asked(here: Client, person: Person) -> bool:
    """Sign out and give the password: is the code asked for?"""
    here.post("/sign-out/")
    return bool(password(here, person)["Location"] == CODE)


@pytest.fixture
def trusted(clinic: Clinic, ada: Person) -> Client:
    """Return the browser that Ada has trusted for seven days, and in which she is signed in."""
    allow(clinic)
    here = browser()
    assert sign_in(here, ada, trust=True)["Location"] == "/"
    return here


# Off by default, allowed by an owner.


def test_it_is_off_by_default_and_a_forged_tick_trusts_nothing(ada: Person) -> None:
    here = browser()
    password(here, ada)
    assert TICK not in text_of(here.get(CODE))
    answer = here.post(CODE, {"code": ada.code(), "trust": "1"})
    assert answer["Location"] == "/"
    assert trusts.COOKIE not in here.cookies
    assert TrustedDevice.objects.count() == 0
    assert is_asked(here, ada)


def test_where_it_is_allowed_the_page_offers_it_unticked(clinic: Clinic, ada: Person) -> None:
    allow(clinic, 1)
    here = browser()
    password(here, ada)
    page = text_of(here.get(CODE))
    assert f"{TICK} for 1 day" in page
    assert "checked" not in page
    here.post(CODE, {"code": ada.code()})
    assert TrustedDevice.objects.count() == 0


def test_on_a_trusted_device_the_password_is_enough_for_as_many_days(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    assert not is_asked(trusted, ada)
    assert trusted.get("/account/").status_code == 200
    with clock.moved(7 * DAY - 60):
        assert not is_asked(trusted, ada)
    with clock.moved(7 * DAY + 60):
        assert is_asked(trusted, ada)
        trusts.sweep()
        assert TrustedDevice.objects.count() == 0


def test_the_code_is_asked_for_while_recovery_codes_wait_to_be_kept(
    ada: Person, trusted: Client
) -> None:
    second_factor.renew_codes(ada.user)
    assert is_asked(trusted, ada)
    assert trusted.get("/second-step/recovery-codes/").status_code == 302
    second_factor.keep_codes(ada.user)
    assert not is_asked(trusted, ada)


def test_a_wrong_password_or_none_passes_nothing(ada: Person, trusted: Client) -> None:
    trusted.post("/sign-out/")
    wrong = trusted.post("/sign-in/", {"email": ada.email, "password": "not hers at all"})
    assert wrong.status_code == 422
    assert trusted.get("/account/").status_code == 302


def test_the_browser_holds_a_secret_and_the_server_its_hash(trusted: Client) -> None:
    cookie = trusted.cookies[trusts.COOKIE]
    assert trusts.COOKIE.startswith("__Host-")
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert len(cookie.value) >= 43, "256 bits, base64url"
    assert TrustedDevice.objects.get().secret_digest == sessions.digest_of(cookie.value)


def test_a_recovery_code_trusts_nothing(clinic: Clinic, ada: Person) -> None:
    allow(clinic)
    second_factor.renew_codes(ada.user)
    code = second_factor.unkept_codes(ada.user)[0]
    second_factor.keep_codes(ada.user)
    here = browser()
    password(here, ada)
    assert TICK not in text_of(here.get("/sign-in/recovery-code/"))
    answer = here.post("/sign-in/recovery-code/", {"code": code, "trust": "1"})
    assert answer["Location"] == "/"
    assert TrustedDevice.objects.count() == 0


def test_a_passkey_as_second_step_can_trust(clinic: Clinic, ada: Person) -> None:
    made = SoftKey()
    other = browser_of(ada)
    prove(other, ada)
    added(other, made)
    allow(clinic)
    here = browser()
    password(here, ada)
    answer = here.post("/sign-in/code/passkey/", {"passkey": made.sign(asked(here)), "trust": "1"})
    assert answer["Location"] == "/"
    assert not is_asked(here, ada)


# Whose, and where.


@pytest.mark.parametrize("secret", ["", "x", "A" * 43])
def test_another_browser_and_a_forged_secret_are_asked(
    ada: Person, trusted: Client, secret: str
) -> None:
    other = browser()
    if secret:
        other.cookies[trusts.COOKIE] = secret
    assert password(other, ada)["Location"] == CODE


def test_somebody_else_in_the_same_browser_is_asked(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    assert is_asked(trusted, ben)
    assert not is_asked(trusted, ada)


def test_two_who_trust_one_browser_do_not_unmake_one_another(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    planted = trusted.cookies[trusts.COOKIE].value
    trusted.post("/sign-out/")
    sign_in(trusted, ben, trust=True)
    assert not is_asked(trusted, ada)
    assert not is_asked(trusted, ben)
    other = browser()
    other.cookies[trusts.COOKIE] = planted
    for person in (ada, ben):
        assert is_asked(other, person), "a secret from before is good for nothing"


def test_the_strictest_of_ones_organisations_counts(clinic: Clinic, ada: Person) -> None:
    allow(clinic, 30)
    cedar = make_clinic("Cedar Practice", "Cy")
    access.add_member(
        viewers.console(cedar.organisation.id, account="tests"), user=ada.user, role=Role.MEMBER
    )
    assert trusts.days_for(ada.user) == 0
    allow(cedar, 3)
    assert trusts.days_for(ada.user) == 3
    here = browser()
    sign_in(here, ada, trust=True)
    assert not is_asked(here, ada)
    settings_actions.change_trust_days(owner_of(cedar), days=0)
    assert is_asked(here, ada)


def test_the_allowed_networks_hold_as_ever(clinic: Clinic, ada: Person, trusted: Client) -> None:
    networks.add(clinic.console, network="203.0.113.0/24", name="The clinic's own")
    trusted.post("/sign-out/")
    assert password(trusted, ada).status_code == 403


def test_no_device_is_trusted_from_where_nobody_is_let_in(clinic: Clinic, ada: Person) -> None:
    allow(clinic)
    networks.add(clinic.console, network="203.0.113.0/24", name="The clinic's own")
    outside, inside = browser(), browser(address="203.0.113.9")
    for here in (outside, inside):
        password(here, ada)
        with clock.moved(60 if here is inside else 0), early_in_a_half_minute():
            answer = here.post("/sign-in/code/", {"code": ada.code(), "trust": "on"})
        assert (trusts.COOKIE in answer.cookies) is (here is inside)
        assert TrustedDevice.objects.exists() is (here is inside)


# It is no fresh second step.


@pytest.mark.parametrize("reason", ["app", "passkeys", "codes", "signing-out"])
def test_before_something_weighty_both_steps_are_asked_for(
    ada: Person, trusted: Client, reason: str
) -> None:
    assert not is_asked(trusted, ada)
    address = f"/account/again/{reason}/"
    assert 'name="code"' in text_of(trusted.get(address))
    given = trusted.post(address, {"password": PASSWORD, "code": "000000"})
    assert given.status_code == 422
    assert trusted.get("/settings/trusted-devices/")["Location"].startswith("/account/again/")


# What ends it at once.


def switched_off(clinic: Clinic, ada: Person, here: Client) -> None:
    allow(clinic, 0)


def switched_off_and_on(clinic: Clinic, ada: Person, here: Client) -> None:
    allow(clinic, 0)
    allow(clinic, 7)


def password_changed(clinic: Clinic, ada: Person, here: Client) -> None:
    typed = {"present": PASSWORD, "password": "another plain phrase, longer"}
    assert browser_of(ada).post("/account/password/", typed).status_code == 302
    ada.user.refresh_from_db()
    ada.user.set_password(PASSWORD)
    ada.user.save()


def passkey_added(clinic: Clinic, ada: Person, here: Client) -> None:
    other = browser_of(ada)
    prove(other, ada)
    added(other, SoftKey())


def app_replaced(clinic: Clinic, ada: Person, here: Client) -> None:
    other = browser_of(ada)
    with clock.moved(60), early_in_a_half_minute():
        proof = {"password": PASSWORD, "code": ada.code()}
        assert other.post("/account/again/app/", proof)["Location"] == "/account/app/"
        session = other.session
        secret = second_factor.unsealed(session["new_secret"])
        code = second_factor.code_at(secret, second_factor.current_counter())
        assert other.post("/account/app/", {"code": code}).status_code == 302


def codes_renewed(clinic: Clinic, ada: Person, here: Client) -> None:
    with clock.moved(60), early_in_a_half_minute():
        proof = {"password": PASSWORD, "code": ada.code()}
        assert browser_of(ada).post("/account/again/codes/", proof).status_code == 302


def signed_out_everywhere(clinic: Clinic, ada: Person, here: Client) -> None:
    browser_of(ada).post("/account/sessions/end/")


def cut_off_alone(clinic: Clinic, ada: Person, here: Client) -> None:
    record = SessionRecord.objects.get(user=ada.user, stage="full", ended__isnull=True)
    browser_of(ada).post(f"/account/sessions/{record.pk}/end/")


def taken_back(clinic: Clinic, ada: Person, here: Client) -> None:
    trust = TrustedDevice.objects.get()
    assert browser_of(ada).post(f"/account/trusted/{trust.pk}/end/").status_code == 302


ENDS: list[Callable[[Clinic, Person, Client], None]] = [
    switched_off,
    switched_off_and_on,
    password_changed,
    passkey_added,
    app_replaced,
    codes_renewed,
    signed_out_everywhere,
    cut_off_alone,
    taken_back,
]


@pytest.mark.parametrize("ends", ENDS, ids=lambda one: str(one.__name__))
def test_the_code_is_asked_for_again_after(
    clinic: Clinic, ada: Person, trusted: Client, ends: Callable[[Clinic, Person, Client], None]
) -> None:
    ends(clinic, ada, trusted)
    assert TrustedDevice.objects.count() == 0
    assert is_asked(trusted, ada)


def test_whoever_left_is_trusted_nowhere(clinic: Clinic) -> None:
    allow(clinic)
    ben = clinic.add("Ben", Role.MEMBER)
    sign_in(browser(), ben, trust=True)
    rows = members_in(clinic.console, Standing.PRESENT).rows
    row = next(one for one in rows if one.user == ben.user)
    members.end(clinic.console, membership=row.pk, reason="Moved away")
    assert TrustedDevice.objects.count() == 0
    kinds = [one.kind for one in ended_with(clinic.console, row.pk)]
    assert kinds.count("trust") == 1


def test_other_sessions_and_signing_out_leave_it(ada: Person, trusted: Client) -> None:
    other = browser_of(ada)
    record = SessionRecord.objects.get(user=ada.user, stage="full", trust__isnull=True)
    trusted.post(f"/account/sessions/{record.pk}/end/")
    assert other.get("/account/").status_code == 302
    trusted.post("/sign-out/")
    assert TrustedDevice.objects.count() == 1


def test_fewer_days_hold_for_what_is_trusted_already(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    allow(clinic, 2)
    with clock.moved(2 * DAY + 60):
        assert is_asked(trusted, ada)
    allow(clinic, 30)
    with clock.moved(2 * DAY + 60):
        assert is_asked(trusted, ada), "more days later bring nothing back"


def test_what_was_given_before_it_was_switched_off_is_never_good_again(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    kept = TrustedDevice.objects.get()
    with clock.moved(60):  # the tests' sign-ins are some seconds ahead
        allow(clinic, 0)
        kept.save(force_insert=True)  # as one that was written in the same moment
        assert is_asked(trusted, ada)
        allow(clinic, 7)
        assert is_asked(trusted, ada)


def test_taking_it_back_ends_the_sessions_that_it_let_in(ada: Person, trusted: Client) -> None:
    assert not is_asked(trusted, ada)
    other = browser_of(ada)
    trust = TrustedDevice.objects.get()
    other.post(f"/account/trusted/{trust.pk}/end/")
    assert trusted.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200


def test_nobody_takes_back_what_is_anothers(clinic: Clinic, trusted: Client) -> None:
    ben, trust = clinic.add("Ben", Role.MEMBER), TrustedDevice.objects.get()
    assert browser_of(ben).post(f"/account/trusted/{trust.pk}/end/").status_code == 404
    assert TrustedDevice.objects.count() == 1


# What is said.


def test_trail_and_letter_and_the_own_page_say_so(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    [entry] = payloads(clinic, "identity:device:trust")
    assert entry.detail == {"days": "7", "device": "Firefox, Linux"}
    subject = "A device is not asked for the code of your Keepwell account any more"
    with clock.moved(60):  # the tests' sign-ins are some seconds ahead
        assert [one.to for one in mailed() if one.subject == subject] == [ada.email]
    page = text_of(trusted.get("/account/"))
    assert "Devices that you trust" in page
    assert "Ask for the code again on Firefox, Linux" in page
    assert not is_asked(trusted, ada)
    assert "without a code, on a trusted device" in text_of(trusted.get("/account/"))
    details = [one.detail for one in payloads(clinic, "identity:session:begin")]
    assert {"second-step": "trusted-device"} in details
    trusted.post(f"/account/trusted/{TrustedDevice.objects.get().pk}/end/")
    assert len(payloads(clinic, "identity:device:distrust")) == 1


def test_the_letter_about_a_new_browser_says_that_it_was_trusted(
    clinic: Clinic, ada: Person, trusted: Client
) -> None:
    sign_in(browser(), ada, later=2)
    sign_in(browser(), ada, trust=True, later=4)
    subject = "Your Keepwell account was used in a browser not seen before"
    with clock.moved(3600):
        told = ["It was trusted" in one.body for one in mailed() if one.subject == subject]
    assert sorted(told) == [False, True]


def test_who_joins_somewhere_is_asked(ada: Person, trusted: Client) -> None:
    trusted.post("/sign-out/")
    trusted.post("/sign-in/passkey/challenge/")  # begins a session of nobody
    session = trusted.session
    session["joining"] = "0198c5a0-0000-7000-8000-000000000000"
    session.save()
    assert password(trusted, ada)["Location"] == CODE
    assert TICK not in text_of(trusted.get(CODE))
