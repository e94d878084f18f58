"""Passkeys: both steps in one, at this address only, each answer once, each cut off alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import passkeys, replacing, second_factor, sessions
from keepwell.safeguards.identity.errors import LastSecondStep
from keepwell.safeguards.identity.models import Passkey, SessionRecord
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.people import PASSWORD, Clinic, Person, browser, browser_of, make_clinic
from tests.softkey import PRESENT, VERIFIED, SoftKey

ADD = "/account/passkeys/add/"
ARRIVE = "/sign-in/passkey/"
SECOND = "/sign-in/code/passkey/"
CHALLENGE = "/sign-in/passkey/challenge/"
NAME = "My telephone"


def text_of(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()


def proven(person: Person) -> Client:
    """Open a browser in which both steps were given again."""
    here = browser_of(person)
    typed = {"password": PASSWORD, "code": person.code(), "next": ADD}
    assert here.post("/account/again/passkeys/", typed)["Location"] == ADD
    return here


def prove(here: Client, person: Person) -> None:
    """Note the proof in this browser as the page does, without using up a code."""
    session = here.session
    session["proven_again"] = clock.now_us()
    session.save()


def added(here: Client, key: SoftKey, name: str = NAME) -> Passkey:
    options = here.post("/account/passkeys/challenge/").json()
    answer = here.post(ADD, {"name": name, "passkey": key.make(options)})
    assert answer["Location"] == "/account/", text_of(answer)
    return Passkey.objects.latest("created")


@pytest.fixture
def key(ada: Person) -> SoftKey:
    """Return Ada's passkey, added as she would."""
    made = SoftKey()
    added(proven(ada), made)
    return made


def asked(here: Client) -> dict[str, Any]:
    answer: dict[str, Any] = here.post(CHALLENGE).json()
    return answer


def arrive(key: SoftKey, here: Client | None = None) -> Any:
    here = here or browser()
    return here.post(ARRIVE, {"passkey": key.sign(asked(here))})


def with_password(person: Person) -> Client:
    here = browser()
    here.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    return here


def payloads(clinic: Clinic, kind: str) -> list[Payload]:
    writer.stop()
    viewer = console(clinic.organisation.id, account="tests")
    found = page_of_entries(viewer, kinds=[kind], limit=50).entries
    return [entry.payload for entry in found if entry.payload]


# Adding.


def test_a_passkey_is_added_after_both_steps_again_named_listed_and_told_by_mail(
    clinic: Clinic, ada: Person
) -> None:
    assert browser_of(ada).get(ADD)["Location"].startswith("/account/again/passkeys/")
    here, made = proven(ada), SoftKey()
    assert "data-adds" in text_of(here.get(ADD))
    passkey = added(here, made)
    page = text_of(here.get("/account/"))
    assert f"Passkey: {NAME}" in page
    assert "not used yet" in page
    assert (passkey.user, passkey.name) == (ada.user, NAME)
    assert [one.subject for one in mailed()] == ["A passkey was added to your Keepwell account"]
    assert NAME not in mailed()[0].body
    [entry] = payloads(clinic, "identity:factor:enrol")
    assert (entry.actor, entry.detail) == (ada.user.pk, {"factor": "passkey"})


def test_what_is_asked_of_the_browser_demands_a_person_and_the_configured_address(
    ada: Person, settings: Settings
) -> None:
    settings.KEEPWELL_STAFF_URL = "https://keepwell.clinic.example"
    here = proven(ada)
    wanted = here.post("/account/passkeys/challenge/", HTTP_HOST="localhost").json()["publicKey"]
    assert wanted["rp"]["id"] == "keepwell.clinic.example"
    chosen = wanted["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    used = asked(browser())["publicKey"]
    assert (used["rpId"], used["userVerification"]) == ("keepwell.clinic.example", "required")


def test_without_a_proof_no_challenge_and_no_passkey(ada: Person) -> None:
    here, made = browser_of(ada), SoftKey()
    assert here.post("/account/passkeys/challenge/").status_code == 404
    options = {"publicKey": {"challenge": "A" * 43, "user": {"id": "AAAA"}}}
    answer = here.post(ADD, {"name": NAME, "passkey": made.make(options)})
    assert answer["Location"].startswith("/account/again/")
    assert not Passkey.objects.exists()


BEHAVIOURS: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://keepwell.example"},
    "a subdomain": {"origin": "https://evil.localhost:8443"},
    "another port": {"origin": "https://localhost:9443"},
    "no TLS": {"origin": "http://localhost:8443"},
    "another relying party": {"host": "keepwell.example"},
    "nobody verified": {"flags": PRESENT},
    "nobody there": {"flags": VERIFIED},
    "in a frame of another site": {"is_framed": True},
}


@pytest.mark.parametrize("behaviour", list(BEHAVIOURS))
def test_what_does_not_hold_is_not_added(ada: Person, behaviour: str) -> None:
    here, made = proven(ada), SoftKey(**BEHAVIOURS[behaviour])
    options = here.post("/account/passkeys/challenge/").json()
    assert here.post(ADD, {"name": NAME, "passkey": made.make(options)}).status_code == 422
    assert not Passkey.objects.exists()


def test_a_challenge_to_add_is_good_for_one_answer_in_one_browser(ada: Person) -> None:
    here = proven(ada)
    options = here.post("/account/passkeys/challenge/").json()
    other = browser_of(ada)
    prove(other, ada)
    first, second = SoftKey(), SoftKey()
    assert other.post(ADD, {"name": NAME, "passkey": first.make(options)}).status_code == 422
    assert here.post(ADD, {"name": NAME, "passkey": first.make(options)}).status_code == 302
    assert here.post(ADD, {"name": NAME, "passkey": second.make(options)}).status_code == 422
    assert Passkey.objects.count() == 1


def test_one_credential_belongs_to_one_account(clinic: Clinic, ada: Person, key: SoftKey) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    here = proven(ben)
    options = here.post("/account/passkeys/challenge/").json()
    assert here.post(ADD, {"name": NAME, "passkey": key.make(options)}).status_code == 422
    assert Passkey.objects.get().user == ada.user


def test_there_are_at_most_twenty(ada: Person) -> None:
    here = proven(ada)
    for number in range(passkeys.MOST):
        added(here, SoftKey(), f"Number {number}")
    options = here.post("/account/passkeys/challenge/").json()
    assert here.post(ADD, {"name": NAME, "passkey": SoftKey().make(options)}).status_code == 409


# Signing in.


def test_it_signs_in_without_password_and_code(clinic: Clinic, ada: Person, key: SoftKey) -> None:
    here = browser()
    before = here.get("/sign-in/")
    assert "keepwell-passkey" in text_of(before)
    assert arrive(key, here)["Location"] == "/"
    assert here.get("/").status_code == 200
    page = text_of(here.get("/account/"))
    assert f"with the passkey {NAME}" in page
    assert "last used" in page
    record = SessionRecord.objects.filter(stage="full").latest("created")
    assert record.factor == str(Passkey.objects.get().pk)
    assert payloads(clinic, "identity:factor:fail") == []


def test_it_goes_where_the_person_wanted_and_to_no_other_site(ada: Person, key: SoftKey) -> None:
    for wanted, leads in (("/members/", "/members/"), ("https://evil.example/", "/")):
        here = browser()
        given = {"passkey": key.sign(asked(here)), "next": wanted}
        assert here.post(ARRIVE, given)["Location"] == leads


def test_the_session_has_a_new_id_after_it(ada: Person, key: SoftKey) -> None:
    here = browser()
    options = asked(here)
    before = here.cookies["__Host-keepwell"].value
    here.post(ARRIVE, {"passkey": key.sign(options)})
    assert here.cookies["__Host-keepwell"].value != before
    assert sessions.decide(before).record is None


def test_it_is_the_second_step_after_a_password(ada: Person, key: SoftKey) -> None:
    here = with_password(ada)
    assert "keepwell-passkey" in text_of(here.get("/sign-in/code/"))
    assert here.post(SECOND, {"passkey": key.sign(asked(here))})["Location"] == "/"
    assert here.get("/account/").status_code == 200


def test_an_answer_is_taken_once_by_the_browser_that_was_asked(ada: Person, key: SoftKey) -> None:
    here = browser()
    answer = key.sign(asked(here))
    assert browser().post(ARRIVE, {"passkey": answer}).status_code == 422
    other = browser()
    asked(other)
    assert other.post(ARRIVE, {"passkey": answer}).status_code == 422
    assert here.post(ARRIVE, {"passkey": answer})["Location"] == "/"
    assert here.post(ARRIVE, {"passkey": answer}).status_code == 422
    assert browser().post(ARRIVE, {"passkey": answer}).status_code == 422


def test_of_several_equal_answers_at_once_one_is_taken(ada: Person) -> None:
    key = SoftKey(step=0)  # without a counter, as many devices are: the challenge alone decides
    added(proven(ada), key)
    here = browser()
    answer = key.sign(asked(here))
    cookie = here.cookies["__Host-keepwell"].value

    def post() -> int:
        one = browser()
        one.cookies["__Host-keepwell"] = cookie
        return int(one.post(ARRIVE, {"passkey": answer}).status_code)

    assert sorted(at_once([post] * 4)) == [302, 422, 422, 422]


def test_a_challenge_lasts_five_minutes_and_a_newer_one_takes_its_place(
    ada: Person, key: SoftKey
) -> None:
    here = browser()
    older = asked(here)
    newer = asked(here)
    assert here.post(ARRIVE, {"passkey": key.sign(older)}).status_code == 422
    with clock.moved(5 * 60 + 1):
        assert here.post(ARRIVE, {"passkey": key.sign(newer)}).status_code == 422


@pytest.mark.parametrize("behaviour", list(BEHAVIOURS))
@pytest.mark.parametrize("way", [ARRIVE, SECOND])
def test_what_does_not_hold_opens_nothing_and_is_on_the_trail(
    clinic: Clinic, ada: Person, key: SoftKey, behaviour: str, way: str
) -> None:
    for name, value in BEHAVIOURS[behaviour].items():
        setattr(key, name, value)
    here = browser() if way == ARRIVE else with_password(ada)
    answer = here.post(way, {"passkey": key.sign(asked(here))})
    assert answer.status_code == 422
    assert here.get("/")["Location"].startswith("/sign-in/")
    [entry] = payloads(clinic, "identity:factor:fail")
    assert (entry.actor, entry.outcome) == (None, "failure")
    assert entry.detail["because"].startswith("passkey-")


def test_another_key_under_the_same_credential_id_opens_nothing(ada: Person, key: SoftKey) -> None:
    thief = SoftKey(credential_id=key.credential_id, handle=key.handle, counter=50)
    assert arrive(thief).status_code == 422


def test_somebody_elses_passkey_is_no_second_step_for_this_account(
    clinic: Clinic, ada: Person, key: SoftKey
) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    here = with_password(ben)
    assert here.post(SECOND, {"passkey": key.sign(asked(here))}).status_code == 422
    assert here.get("/")["Location"].startswith("/sign-in/")
    [entry] = payloads(clinic, "identity:factor:fail")
    assert entry.detail == {"because": "passkey-of-another-account"}
    assert entry.subjects[0].ids == (ben.user.pk,)


def test_a_handle_of_another_account_is_refused(clinic: Clinic, ada: Person, key: SoftKey) -> None:
    key.handle = clinic.add("Ben", Role.MEMBER).user.pk.bytes
    assert arrive(key).status_code == 422


def test_a_counter_that_does_not_rise_tells_of_a_copy(
    clinic: Clinic, ada: Person, key: SoftKey
) -> None:
    assert arrive(key).status_code == 302
    copy = SoftKey(
        key=key.key, credential_id=key.credential_id, handle=key.handle, counter=key.counter
    )
    copy.step = 0
    assert arrive(copy).status_code == 422
    [entry] = payloads(clinic, "identity:factor:fail")
    assert entry.detail == {"because": "passkey-counter"}
    assert arrive(key).status_code == 302


def test_a_closed_account_does_not_come_in(ada: Person, key: SoftKey) -> None:
    ada.user.is_active = False
    ada.user.save()
    assert arrive(key).status_code == 422


NONSENSE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "nothing": lambda said: "",
    "no JSON": lambda said: "{",
    "a list": lambda said: [],
    "a number": lambda said: 7,
    "deep": lambda said: "[" * 5000,
    "no response": lambda said: said | {"response": None},
    "response is text": lambda said: said | {"response": "x"},
    "no client data": lambda said: said | {"response": {}},
    "client data is a number": lambda said: _with(said, clientDataJSON=7),
    "client data is a list": lambda said: _with(said, clientDataJSON="W10"),
    "data too short": lambda said: _with(said, authenticatorData="AAAA"),
    "signature cut": lambda said: _with(said, signature="AAAA"),
    "id is another": lambda said: said | {"id": "AAAA"},
    "far too long": lambda said: said | {"more": "x" * 20_000},
}


def _with(said: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return said | {"response": said["response"] | parts}


@pytest.mark.parametrize("kind", list(NONSENSE))
def test_nonsense_is_answered_like_any_passkey_that_does_not_hold(
    ada: Person, key: SoftKey, kind: str
) -> None:
    here = browser()
    broken = NONSENSE[kind](json.loads(key.sign(asked(here))))
    sent = broken if isinstance(broken, str) else json.dumps(broken)
    answer = here.post(ARRIVE, {"passkey": sent})
    assert answer.status_code == 422
    assert "did not work here" in text_of(answer)


def test_no_answer_tells_who_has_a_passkey(ada: Person, key: SoftKey) -> None:
    known, unknown = asked(browser()), asked(browser())
    for one in (known, unknown):
        assert len(one["publicKey"].pop("challenge")) == 43
    assert known == unknown
    assert "allowCredentials" not in known["publicKey"]
    stranger = SoftKey(handle=key.handle)
    broken = SoftKey(credential_id=key.credential_id, handle=key.handle)
    pages = [_told(arrive(one)) for one in (stranger, broken)]
    assert pages[0] == pages[1]


def _told(answer: Any) -> tuple[int, str]:
    said = text_of(answer).split("<main", 1)[1]
    return answer.status_code, said.split("csrfmiddlewaretoken", 1)[0]


def test_wrong_answers_are_slowed_like_wrong_codes(ada: Person, key: SoftKey) -> None:
    thief = SoftKey(credential_id=key.credential_id, handle=key.handle, counter=50)
    assert [arrive(thief).status_code for _ in range(6)] == [422] * 5 + [429]
    here = with_password(ada)
    assert here.post("/sign-in/code/", {"code": ada.code()}).status_code == 429


def test_without_script_the_other_ways_stay(ada: Person, key: SoftKey) -> None:
    here = with_password(ada)
    page = text_of(here.get("/sign-in/code/"))
    assert 'name="code"' in page
    assert "<keepwell-passkey" in page
    assert " hidden>" in page
    with early_in_a_half_minute():
        assert here.post("/sign-in/code/", {"code": ada.code()})["Location"] == "/"


def test_at_a_bare_ip_address_none_is_offered(ada: Person, settings: Settings) -> None:
    settings.KEEPWELL_STAFF_URL = "https://192.0.2.7:8443"
    assert "keepwell-passkey" not in text_of(browser().get("/sign-in/"))
    assert "bare IP address" in text_of(proven(ada).get(ADD))


# Proving again.


def test_it_proves_again_before_something_weighty(
    clinic: Clinic, ada: Person, key: SoftKey
) -> None:
    here = browser_of(ada)
    options = asked(here)
    given = {"passkey": key.sign(options), "next": "/members/invite/"}
    assert here.post("/account/again/members/", given)["Location"] == "/members/invite/"
    assert here.post("/account/again/members/", given).status_code == 422


def test_somebody_elses_proves_nothing(clinic: Clinic, ada: Person, key: SoftKey) -> None:
    here = browser_of(clinic.add("Ben", Role.MEMBER))
    answer = here.post("/account/again/passkeys/", {"passkey": key.sign(asked(here))})
    assert answer.status_code == 422
    assert "did not work here" in text_of(answer)


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
