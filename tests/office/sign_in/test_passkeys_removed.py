"""A lost device is cut off alone: its passkey, or the app, with the sessions that it made."""

from collections.abc import Callable

import pytest

from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.identity import passkeys, recording, replacing, second_factor, sessions
from keepwell.safeguards.identity.errors import LastSecondStep
from keepwell.safeguards.identity.models import Passkey, SessionRecord
from tests.at_once import at_once
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.office.sign_in.by_passkey import (
    ADD,
    CHALLENGE,
    SECOND,
    added,
    arrive,
    asked,
    payloads,
    prove,
    text_of,
    with_password,
)
from tests.people import Clinic, Person, browser, browser_of, make_clinic
from tests.softkey import SoftKey

# Cutting one off alone.


def test_removing_one_ends_the_sessions_it_made_and_no_others(
    clinic: Clinic, ada: Person, key: SoftKey
) -> None:
    theirs, others = browser(), browser()
    arrive(key, theirs)
    second = SoftKey()
    here = browser_of(ada)
    prove(here, ada)
    other = added(here, second, "Laptop")
    arrive(second, others)
    lost = Passkey.objects.exclude(pk=other.pk).get()
    address = f"/account/passkeys/{lost.pk}/remove/"
    assert "It opens nothing" in text_of(here.get(address))
    for _twice, expected in ((0, 302), (1, 404)):
        assert here.post(address).status_code == expected
    assert theirs.get("/")["Location"].startswith("/sign-in/")
    assert others.get("/").status_code == 200
    assert here.get("/").status_code == 200
    assert arrive(key).status_code == 422
    assert arrive(second).status_code == 302
    [entry] = payloads(clinic, "identity:factor:remove")
    assert entry.detail == {"factor": "passkey"}
    assert any("was removed" in one.subject for one in mailed())


def test_removing_asks_for_both_steps_and_reaches_ones_own_only(
    clinic: Clinic, ada: Person, key: SoftKey
) -> None:
    address = f"/account/passkeys/{Passkey.objects.get().pk}/remove/"
    assert browser_of(ada).post(address)["Location"].startswith("/account/again/passkeys/")
    cy = make_clinic("Cedar Practice", "Cy").owner
    for person in (clinic.add("Ben", Role.OWNER), cy):
        here = browser_of(person)
        prove(here, person)
        assert here.get(address).status_code == 404
        assert here.post(address).status_code == 404
    assert Passkey.objects.exists()


def test_the_app_can_be_removed_once_there_is_a_passkey_and_the_last_step_never(
    ada: Person, key: SoftKey
) -> None:
    by_app = with_password(ada)
    with early_in_a_half_minute():
        assert by_app.post("/sign-in/code/", {"code": ada.code()})["Location"] == "/"
    here = browser_of(ada)
    prove(here, ada)
    assert here.post("/account/app/remove/")["Location"] == "/account/"
    assert by_app.get("/")["Location"].startswith("/sign-in/")
    assert not second_factor.has_app(ada.user)
    passkey = Passkey.objects.get()
    address = f"/account/passkeys/{passkey.pk}/remove/"
    assert "your only second step" in text_of(here.get(address))
    assert here.post(address).status_code == 409
    at_the_door = with_password(ada)
    assert at_the_door.get("/second-step/")["Location"] == "/sign-in/code/"
    assert at_the_door.post("/sign-in/code/", {"code": ada.code(steps=1)}).status_code == 422
    assert at_the_door.post(SECOND, {"passkey": key.sign(asked(at_the_door))})["Location"] == "/"


def test_the_app_alone_stays(ada: Person) -> None:
    here = browser_of(ada)
    prove(here, ada)
    assert "your only second step" in text_of(here.get("/account/app/remove/"))
    assert here.post("/account/app/remove/").status_code == 409
    assert second_factor.has_app(ada.user)


def test_of_app_and_passkey_removed_at_once_one_stays(ada: Person, key: SoftKey) -> None:
    passkey = Passkey.objects.get()

    def remove_passkey() -> str:
        passkeys.remove(ada.user, passkey)
        return "passkey"

    def remove_app() -> str:
        second_factor.remove_app(ada.user)
        return "app"

    def tried(act: Callable[[], str]) -> str:
        try:
            return act()
        except LastSecondStep:
            return "stays"

    outcomes = at_once([lambda: tried(remove_passkey), lambda: tried(remove_app)])
    assert outcomes.count("stays") == 1
    assert second_factor.has_second_step(ada.user)


def test_a_replaced_app_leaves_passkeys_and_a_lost_phone_takes_them(
    ada: Person, key: SoftKey
) -> None:
    second_factor.put_app(ada.user, second_factor.new_secret())
    assert arrive(key).status_code == 302
    replacing.order(ada.user, account="ines", reason="Phone stolen")
    assert Passkey.objects.exists(), "nothing is taken before the new one is there"
    second_factor.enrol(ada.user, second_factor.new_secret())
    assert arrive(key).status_code == 422


def test_a_password_alone_enrols_nothing_where_there_is_a_passkey(
    ada: Person, key: SoftKey
) -> None:
    secret = second_factor.new_secret()
    assert second_factor.enrol_first(ada.user, secret, last_counter=0) is False


def test_without_a_trail_none_is_added_or_removed_and_trying_again_works(
    ada: Person, key: SoftKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, thief = browser_of(ada), browser()
    prove(here, ada)
    here.raise_request_exception = False
    passkey = Passkey.objects.get()
    assert arrive(key, thief).status_code == 302

    def away(*_given: object, **_named: object) -> None:
        raise TrailUnavailable

    address = f"/account/passkeys/{passkey.pk}/remove/"
    options = here.post("/account/passkeys/challenge/").json()
    with monkeypatch.context() as patched:
        patched.setattr(recording, "record_now", away)
        answer = here.post(ADD, {"name": "Telephone", "passkey": SoftKey().make(options)})
        assert answer.status_code == 503
        assert here.post(address).status_code == 503
    assert Passkey.objects.get() == passkey
    assert here.post(address).status_code == 302
    assert not Passkey.objects.exists()
    assert thief.get("/account/")["Location"].startswith("/sign-in/")


def test_sessions_that_do_not_say_what_made_them_end_with_whatever_is_removed(
    ada: Person, key: SoftKey
) -> None:
    here, old = browser_of(ada), browser_of(ada)
    prove(here, ada)
    record = sessions.decide(old.cookies["__Host-keepwell"].value).record
    assert record
    SessionRecord.objects.filter(pk=record.pk).update(factor="")  # begun before they noted it
    address = f"/account/passkeys/{Passkey.objects.get().pk}/remove/"
    assert here.post(address).status_code == 302
    assert old.get("/account/")["Location"].startswith("/sign-in/")
    assert here.get("/account/").status_code == 200


def test_challenges_for_strangers_are_slowed_by_network(ada: Person) -> None:
    codes = [browser().post(CHALLENGE).status_code for _ in range(52)]
    assert codes[:49] == [200] * 49
    assert codes[-1] == 429
    kept = SessionRecord.objects.count()
    slowed = browser().post(CHALLENGE)
    assert int(slowed["Retry-After"]) > 0
    assert SessionRecord.objects.count() == kept
    assert browser_of(ada).post(CHALLENGE).status_code == 200, "whoever has a session goes on"
