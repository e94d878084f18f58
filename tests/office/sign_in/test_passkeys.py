"""Passkeys: both steps in one, at this address only, each answer once, each cut off alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import passkeys, sessions
from keepwell.safeguards.identity.models import Passkey, SessionRecord
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.office.sign_in.by_passkey import (
    ADD,
    ARRIVE,
    NAME,
    SECOND,
    added,
    arrive,
    asked,
    payloads,
    prove,
    proven,
    text_of,
    with_password,
)
from tests.people import Clinic, Person, browser, browser_of
from tests.softkey import PRESENT, VERIFIED, SoftKey

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
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "_origin", lambda: "https://keepwell.clinic.example")
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


def test_at_a_bare_ip_address_none_is_offered(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "_origin", lambda: "https://192.0.2.7:8443")
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
