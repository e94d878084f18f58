"""One's own account: sessions seen and ended, password, app and recovery codes changed."""

import re

import pytest
from django.test import Client

from keepwell.jobs.models import Job
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import second_factor, sessions
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.mailbox import mailed
from tests.people import SAFARI, Clinic, Person, browser, browser_of

UNSENT = "It was not sent: both steps must have been shown within the last five minutes"
NEW_PASSWORD = "another four plain words"
COOKIE = "__Host-keepwell"


def secret_on(page: bytes) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.decode())
    assert found
    return found[1].replace(" ", "")


def newest_kind(clinic: Clinic) -> str:
    viewer = console(clinic.organisation.id, account="tests")
    return str(page_of_entries(viewer, limit=1).entries[0].kind)


def test_the_page_lists_every_session_of_mine(ada: Person) -> None:
    browser_of(ada, address="203.0.113.9", agent=SAFARI)
    page = browser_of(ada).get("/account/").content.decode()
    assert "203.0.113.9" in page
    assert page.count("This session") == 1
    assert page.count("End this session") == 1


def test_a_session_ended_elsewhere_is_asked_to_sign_in_at_its_next_request(clinic: Clinic) -> None:
    mine, other = browser_of(clinic.owner), browser_of(clinic.owner)
    key = other.cookies["__Host-keepwell"].value
    record = sessions.decide(key).record
    assert record
    mine.post(f"/account/sessions/{record.pk}/end/")
    assert newest_kind(clinic) == "identity:session:end"
    sent = other.get("/account/")
    assert sent["Location"].endswith("%2Faccount%2F&because=ended-elsewhere")
    assert b"ended from another device" in other.get(sent["Location"]).content
    assert mine.get("/account/").status_code == 200


def test_nobody_ends_a_colleagues_session(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    his = browser_of(ben)
    record = sessions.decide(his.cookies["__Host-keepwell"].value).record
    assert record
    mine = browser_of(clinic.owner)
    strange = mine.post(f"/account/sessions/{record.pk}/end/")
    unknown = mine.post(f"/account/sessions/{uuid7()}/end/")
    assert strange.status_code == unknown.status_code == 404
    assert his.get("/account/").status_code == 200


def test_signing_out_everywhere_ends_all_of_mine_and_no_one_elses(clinic: Clinic) -> None:
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    mine = [browser_of(clinic.owner) for _ in range(3)]
    answer = mine[0].post("/account/sessions/end/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert [one.get("/account/").status_code for one in mine] == [302] * 3
    assert ben.get("/account/").status_code == 200


def test_a_changed_password_ends_my_other_sessions(clinic: Clinic) -> None:
    ada = clinic.owner
    mine, other = browser_of(ada), browser_of(ada)
    typed = {"present": ada.password, "password": NEW_PASSWORD}
    assert mine.post("/account/password/", typed).status_code == 302
    assert other.get("/account/").status_code == 302
    assert mine.get("/account/").status_code == 200
    assert [message.to for message in mailed()] == [ada.email]
    first = {"email": ada.email, "password": ada.password}
    assert browser().post("/sign-in/", first).status_code == 422
    assert browser().post("/sign-in/", first | {"password": NEW_PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("present", "password"),
    [("not mine", NEW_PASSWORD), ("", NEW_PASSWORD), ("right", "short"), ("right", "password123")],
)
def test_a_password_is_changed_only_by_whoever_knows_it(
    ada: Person, present: str, password: str
) -> None:
    known = ada.password if present == "right" else present
    typed = {"present": known, "password": password}
    assert browser_of(ada).post("/account/password/", typed).status_code == 422
    assert browser().post("/sign-in/", {"email": ada.email, "password": ada.password})["Location"]
    assert mailed() == []


def prove(here: Client, ada: Person, reason: str, code: str = "") -> int:
    typed = {"password": ada.password, "code": code or ada.code()}
    return here.post(f"/account/again/{reason}/", typed).status_code


def test_a_new_app_takes_the_place_of_the_old(clinic: Clinic) -> None:
    ada = clinic.owner
    mine, other = browser_of(ada), browser_of(ada)
    assert mine.get("/account/app/")["Location"] == "/account/again/app/"
    assert mine.get("/account/app/qr.svg").status_code == 404
    assert prove(mine, ada, "app") == 302
    secret = secret_on(mine.get("/account/app/").content)
    assert mine.get("/account/app/qr.svg").status_code == 200
    code = second_factor.code_at(secret, second_factor.current_counter())
    assert mine.post("/account/app/", {"code": code})["Location"] == "/account/recovery-codes/"
    assert other.get("/account/").status_code == 302
    with clock.moved(30):
        assert second_factor.use_code(ada.user, ada.code()) == "wrong"
        fresh = second_factor.code_at(secret, second_factor.current_counter())
        assert second_factor.use_code(ada.user, fresh) == "accepted"
    assert len(mailed()) == 1


def test_proving_oneself_lasts_five_minutes(ada: Person) -> None:
    mine = browser_of(ada)
    prove(mine, ada, "app")
    with clock.moved(5 * 60):
        assert mine.get("/account/app/")["Location"] == "/account/again/app/"


def test_whoever_copied_the_session_before_does_not_get_the_proof(ada: Person) -> None:
    mine, copied = browser_of(ada), browser()
    before = mine.cookies[COOKIE].value
    copied.cookies[COOKIE] = before
    assert copied.get("/account/").status_code == 200
    record = sessions.decide(before).record
    assert record
    shown = {"password": ada.password, "code": ada.code()}
    answer = mine.post("/account/again/members/", shown)
    assert "Clear-Site-Data" not in answer  # the same person goes on
    assert copied.get("/account/")["Location"] == "/sign-in/?next=%2Faccount%2F"
    after = sessions.decide(mine.cookies[COOKIE].value).record
    assert (after and after.pk) == record.pk
    assert mine.get("/members/invite/").status_code == 200
    assert sessions.decide(before).record is None


def test_a_session_that_ended_meanwhile_gets_no_new_key(ada: Person) -> None:
    record = sessions.decide(browser_of(ada).cookies[COOKIE].value).record
    assert record
    sessions.end(record, sessions.Ending.ENDED_ELSEWHERE)
    assert sessions.renew_key(record) is None


def test_a_stolen_session_changes_no_second_step(ada: Person) -> None:
    thief = browser_of(ada)
    assert prove(thief, ada, "app", code="000000") == 422
    typed = {"password": "a guess", "code": ada.code()}
    assert thief.post("/account/again/app/", typed).status_code == 422
    assert thief.get("/account/app/").status_code == 302
    codes = [thief.post("/account/again/codes/", typed).status_code for _ in range(5)]
    assert codes[-1] == 429


def test_new_recovery_codes_replace_the_old(ada: Person) -> None:
    second_factor.renew_codes(ada.user)
    old = ada.recovery_codes()[0]
    second_factor.keep_codes(ada.user)
    mine = browser_of(ada)
    assert prove(mine, ada, "codes") == 302
    shown = mine.get("/account/recovery-codes/").content.decode()
    assert all(code in shown for code in ada.recovery_codes())
    mine.post("/account/recovery-codes/")
    assert mine.get("/account/recovery-codes/").status_code == 302
    assert not second_factor.use_recovery_code(ada.user, old)


def test_whoever_sent_a_form_too_late_is_told_that_it_was_not_taken(
    clinic: Clinic, ada: Person
) -> None:
    mine, address = browser_of(ada), "/settings/signing-out/"
    prove(mine, ada, "signing-out")
    assert mine.get(address).status_code == 200
    with clock.moved(5 * 60):
        sent = mine.post(address, {"minutes": 7}, follow=True)
        assert UNSENT in sent.content.decode()
        assert sessions.idle_minutes_of(clinic.organisation.id) != 7
        wrong = {"password": "a guess", "code": "000000"}
        again = sent.redirect_chain[-1][0]
        assert UNSENT in mine.post(again, wrong).content.decode(), "still, after a wrong try"
        right = {"password": ada.password, "code": ada.code(), "next": address}
        assert mine.post(again, right)["Location"] == address
        assert UNSENT not in mine.get(address).content.decode()


def test_whoever_only_asked_for_a_page_is_told_of_nothing_lost(ada: Person) -> None:
    asked = browser_of(ada).get("/settings/signing-out/", follow=True)
    assert b"Both steps again" in asked.content
    assert UNSENT not in asked.content.decode()


def test_codes_that_are_not_kept_are_shown_only_where_both_steps_were_just_given(
    ada: Person,
) -> None:
    mine, address = browser_of(ada), "/account/recovery-codes/"
    prove(mine, ada, "codes")
    with clock.moved(30):
        thief = browser_of(ada)
        asked = thief.get(address)
        assert asked["Location"].startswith("/account/again/unkept-codes/")
        assert asked.content == b""
        assert ada.recovery_codes()[0] in mine.get(address).content.decode()
        assert prove(thief, ada, "unkept-codes", code="000000") == 422
        assert thief.get(address).status_code == 302
        assert prove(thief, ada, "unkept-codes") == 302
        assert ada.recovery_codes()[0] in thief.get(address).content.decode()
    with clock.moved(5 * 60):
        assert mine.get(address)["Location"].startswith("/account/again/unkept-codes/")


def test_new_recovery_codes_end_the_other_sessions_and_say_so_on_the_trail(
    clinic: Clinic,
) -> None:
    ada, ben = clinic.owner, clinic.add("Ben", Role.MEMBER)
    mine, other, bens = browser_of(ada), browser_of(ada), browser_of(ben)
    prove(mine, ada, "codes")
    assert mine.get("/account/").status_code == 200
    assert bens.get("/account/").status_code == 200
    assert other.get("/account/")["Location"].startswith("/sign-in/")
    viewer = console(clinic.organisation.id, account="tests")
    page = page_of_entries(viewer, kinds=["identity:session:end"])
    ended = [one.payload.detail for one in page.entries if one.payload]
    assert ended == [{"because": "factor-changed"}]


class TestForgottenPassword:
    """A link by mail, and then both steps as always."""

    def link(self, here: Client, ada: Person) -> str:
        here.post("/password/forgotten/", {"email": ada.email})
        found = re.search(r"https://localhost:\d+(/password/new/\S+/)", mailed()[-1].body)
        assert found
        return found[1]

    def test_it_leads_to_a_new_password_and_never_past_the_second_step(self, ada: Person) -> None:
        here, signed_in = browser(), browser_of(ada)
        link = self.link(here, ada)
        sent = here.post(link, {"password": NEW_PASSWORD})
        assert sent["Location"] == "/sign-in/?because=password-changed"
        assert here.get("/account/").status_code == 302
        assert signed_in.get("/account/").status_code == 302
        first = here.post("/sign-in/", {"email": ada.email, "password": NEW_PASSWORD})
        assert first["Location"] == "/sign-in/code/"

    def test_the_link_works_once_and_half_an_hour(self, ada: Person) -> None:
        here = browser()
        link = self.link(here, ada)
        with clock.moved(30 * 60):
            assert here.get(link).status_code == 410
        assert here.get(link).status_code == 200
        assert here.post(link, {"password": "short"}).status_code == 422
        assert here.post(link, {"password": NEW_PASSWORD}).status_code == 302
        assert here.post(link, {"password": NEW_PASSWORD}).status_code == 410

    def test_an_unknown_address_is_answered_alike_and_mailed_nothing(self, ada: Person) -> None:
        here = browser()
        known = here.post("/password/forgotten/", {"email": ada.email})
        unknown = here.post("/password/forgotten/", {"email": "nobody@example.org"})
        assert known.status_code == unknown.status_code == 200
        assert known.content == unknown.content
        jobs = list(Job.objects.order_by("created").values_list("name", "state"))
        assert len(jobs) == 2
        assert jobs[0] == jobs[1], "the same work waits for both: time does not tell them apart"
        assert len(mailed()) == 1

    def test_the_links_host_is_ours_whatever_the_request_says(self, ada: Person) -> None:
        here = browser()
        typed = {"email": ada.email}
        forged = {"x-forwarded-host": "evil.example", "origin": "https://evil.example"}
        here.post("/password/forgotten/", typed, headers=forged)
        assert "evil.example" not in mailed()[0].body
        assert (
            here.post("/password/forgotten/", typed, headers={"host": "evil.example"}).status_code
            == 400
        )

    def test_a_mailbox_is_not_filled(self, ada: Person) -> None:
        for number in range(12):
            here = browser(address=f"203.0.113.{number}")
            here.post("/password/forgotten/", {"email": ada.email})
        assert len(mailed()) == 5
