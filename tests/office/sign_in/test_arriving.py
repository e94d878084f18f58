"""Password, then code, then a page: and every other way in which that can be tried."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from keepwell.safeguards.access.actions import add_member
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route, all_routes
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.entries import SealedEntry
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import second_factor, sessions
from keepwell.safeguards.identity.models import SessionRecord, Stage, User
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.people import Clinic, Person, browser, browser_of, make_clinic, make_person

COOKIE = settings.SESSION_COOKIE_NAME
ELSEWHERE = "203.0.113.9"


def give_password(here: Client, person: Person, *, password: str = "") -> int:
    typed = {"email": person.email, "password": password or person.password}
    return here.post("/sign-in/", typed).status_code


def sign_in(here: Client, person: Person) -> int:
    give_password(here, person)
    return here.post("/sign-in/code/", {"code": person.code()}).status_code


def kinds(clinic: Clinic) -> list[str]:
    viewer = console(clinic.organisation.id, account="tests")
    return [str(entry.kind) for entry in page_of_entries(viewer, limit=50).entries]


def without_secrets(body: bytes) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|value="[^"]*@[^"]*"', "", body.decode())


def test_password_and_code_lead_in(ada: Person) -> None:
    here = browser()
    first = here.post("/sign-in/", {"email": ada.email, "password": ada.password})
    assert first["Location"] == "/sign-in/code/"
    assert here.post("/sign-in/code/", {"code": ada.code()}).status_code == 302
    assert here.get("/account/").status_code == 200


def test_an_address_is_the_same_in_capitals_and_with_spaces(ada: Person) -> None:
    typed = {"email": f"  {ada.email.upper()} ", "password": ada.password}
    assert browser().post("/sign-in/", typed).status_code == 302


def test_a_code_may_be_typed_with_spaces(ada: Person) -> None:
    here = browser()
    give_password(here, ada)
    code = ada.code()
    assert here.post("/sign-in/code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302


def test_unknown_wrong_and_closed_accounts_answer_alike(clinic: Clinic) -> None:
    closed = clinic.add("Ben", Role.MEMBER)
    User.objects.filter(pk=closed.user.pk).update(is_active=False)
    tries = [
        ("nobody@example.org", "some password"),
        (clinic.owner.email, "some password"),
        (closed.email, closed.password),
    ]
    answers = [
        browser().post("/sign-in/", {"email": email, "password": password})
        for email, password in tries
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({without_secrets(answer.content) for answer in answers}) == 1
    assert not any(COOKIE in answer.cookies for answer in answers)


def test_a_known_address_waits_for_nothing_that_an_unknown_one_does_not(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    submit, close = writer.submit, HttpResponse.close

    def submitting(entry: SealedEntry) -> None:
        seen.append("written")
        submit(entry)

    def closing(response: HttpResponse) -> None:
        seen.append("left")
        close(response)

    monkeypatch.setattr(writer, "submit", submitting)
    monkeypatch.setattr(HttpResponse, "close", closing)
    for email in ("nobody@example.org", clinic.owner.email):
        browser().post("/sign-in/", {"email": email, "password": "some password"})
    assert seen == ["left", "left", "written"]
    assert kinds(clinic)[0] == "identity:password:fail"


def test_what_was_typed_is_kept_but_never_the_password(ada: Person) -> None:
    typed = {"email": ada.email, "password": "not the password"}
    page = browser().post("/sign-in/", typed).content.decode()
    assert ada.email in page
    assert "not the password" not in page


def test_each_step_gives_a_new_session_id_and_ends_the_old(ada: Person) -> None:
    here = browser()
    here.cookies[COOKIE] = planted = "a" * 32  # session fixation: an id that an attacker knows
    give_password(here, ada)
    after_password = here.cookies[COOKIE].value
    here.post("/sign-in/code/", {"code": ada.code()})
    after_code = here.cookies[COOKIE].value
    assert len({planted, after_password, after_code}) == 3
    assert sessions.decide(planted).record is None
    assert sessions.decide(after_password).record is None
    assert sessions.decide(after_code).is_full


def test_cookies_are_for_this_host_only_and_out_of_reach_of_scripts(ada: Person) -> None:
    here = browser()
    here.get("/sign-in/")
    sign_in(here, ada)
    assert len(here.cookies) == 3
    for name, cookie in here.cookies.items():
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_a_code_works_once(ada: Person) -> None:
    code = ada.code()
    first, second = browser(), browser(address=ELSEWHERE)
    give_password(first, ada)
    give_password(second, ada)
    assert first.post("/sign-in/code/", {"code": code}).status_code == 302
    replayed = second.post("/sign-in/code/", {"code": code})
    assert replayed.status_code == 422
    assert b"That code was used already" in replayed.content


def test_of_parallel_posts_of_one_code_one_gets_in(ada: Person) -> None:
    code = ada.code()
    many = [browser(address=f"203.0.113.{number}") for number in range(4)]
    for one in many:
        give_password(one, ada)
    posts = [lambda one=one: one.post("/sign-in/code/", {"code": code}).status_code for one in many]
    assert sorted(at_once(posts)) == [302, 422, 422, 422]


def test_a_code_of_another_half_minute_is_refused_with_a_word_on_why(ada: Person) -> None:
    here = browser()
    give_password(here, ada)
    earlier = here.post("/sign-in/code/", {"code": ada.code(steps=-1)})
    assert earlier.status_code == 422
    assert b"earlier half-minute" in earlier.content
    assert here.post("/sign-in/code/", {"code": ada.code(steps=1)}).status_code == 422


def test_a_recovery_code_works_once_and_is_mailed_and_recorded(clinic: Clinic) -> None:
    ada = clinic.owner
    second_factor.renew_codes(ada.user)
    code = ada.recovery_codes()[0]
    second_factor.keep_codes(ada.user)
    here, there = browser(), browser(address=ELSEWHERE)
    give_password(here, ada)
    give_password(there, ada)
    assert here.post("/sign-in/recovery-code/", {"code": code}).status_code == 302
    assert there.post("/sign-in/recovery-code/", {"code": code}).status_code == 422
    assert [message.to for message in mailed()] == [ada.email]
    assert "identity:recovery-code:use" in kinds(clinic)


def test_of_parallel_posts_of_one_recovery_code_one_gets_in(ada: Person) -> None:
    second_factor.renew_codes(ada.user)
    code = ada.recovery_codes()[3]
    second_factor.keep_codes(ada.user)
    many = [browser(address=f"203.0.113.{number}") for number in range(4)]
    for one in many:
        give_password(one, ada)
    posts = [
        lambda one=one: one.post("/sign-in/recovery-code/", {"code": code}).status_code
        for one in many
    ]
    assert sorted(at_once(posts)) == [302, 422, 422, 422]


def plain_path(route: Route) -> str:
    path = re.sub(r"<uuid:\w+>", "01890a5d-ac96-774b-bcce-b302099a8057", route.path)
    return re.sub(r"<(\w+:)?\w+>", "1", path)


def test_a_password_alone_reaches_nothing_but_the_second_step(ada: Person) -> None:
    here = browser_of(ada, stage=Stage.PASSWORD)
    closed = [r for r in all_routes() if r.declaration and r.declaration.reach != "open"]
    inner = [route for route in closed if route.access != "enrolment"]
    assert inner
    for route in inner:
        method = here.get if "GET" in route.methods else here.post
        answer = method(plain_path(route))
        assert answer.status_code in {302, 401}, route.path
        if answer.status_code == 302:
            assert answer["Location"].startswith("/sign-in/"), route.path


def test_a_password_alone_never_replaces_a_second_step(ada: Person) -> None:
    here = browser_of(ada, stage=Stage.PASSWORD)
    assert here.get("/second-step/")["Location"] == "/sign-in/code/"
    assert here.get("/second-step/qr.svg").status_code == 404
    other = second_factor.new_secret()
    typed = second_factor.code_at(other, second_factor.current_counter())
    assert here.post("/second-step/", {"code": typed})["Location"] == "/sign-in/code/"
    assert not second_factor.enrol_first(ada.user, other, last_counter=0)
    assert second_factor.use_code(ada.user, ada.code()) == "accepted"


def test_a_password_alone_never_sees_recovery_codes(ada: Person) -> None:
    second_factor.renew_codes(ada.user)
    here = browser_of(ada, stage=Stage.PASSWORD)
    assert here.get("/second-step/recovery-codes/").status_code == 302


def test_the_way_from_password_to_code_is_ten_minutes(ada: Person) -> None:
    here = browser()
    give_password(here, ada)
    with clock.moved(9 * 60 + 50):
        assert here.get("/sign-in/code/").status_code == 200
    with clock.moved(10 * 60):
        assert here.get("/sign-in/code/").status_code == 302


def test_the_address_first_asked_for_is_where_one_arrives(ada: Person) -> None:
    here, wanted = browser(), "/account/password/?from=mail"
    sent = here.get(wanted)
    assert sent["Location"] == "/sign-in/?next=%2Faccount%2Fpassword%2F%3Ffrom%3Dmail"
    page = here.get(sent["Location"]).content.decode()
    assert f'name="next" value="{wanted}"' in page
    here.post("/sign-in/", {"email": ada.email, "password": ada.password, "next": wanted})
    assert here.post("/sign-in/code/", {"code": ada.code()})["Location"] == wanted


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example/account/",
        "https://evil.example/account/",
        "https://localhost@evil.example/account/",
        "/\\evil.example/account/",
        "\t//evil.example/account/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\t//evil.example",
        "/%2f%2fevil.example",
        "/%5cevil.example",
        "//user@evil.example",
        "https://localhost@evil.example/",
        "/sign-in/code/",
        "/sign-out/",
        "/nowhere-of-ours/",
        "/\u2028/evil.example",
        "",
    ],
)
def test_a_hostile_next_leads_home(ada: Person, hostile: str) -> None:
    here = browser()
    here.post("/sign-in/", {"email": ada.email, "password": ada.password, "next": hostile})
    arrived = here.post("/sign-in/code/", {"code": ada.code()})
    assert arrived["Location"] == "/"
    page = browser().get("/sign-in/", {"next": hostile}).content
    assert b'name="next"' not in page


def test_a_form_from_elsewhere_is_refused(ada: Person) -> None:
    here = browser(has_csrf_checks=True)
    assert give_password(here, ada) == 403
    here.get("/sign-in/")
    typed = {"email": ada.email, "password": ada.password, "csrfmiddlewaretoken": "x" * 64}
    answer = here.post("/sign-in/", typed, headers={"referer": "https://localhost/sign-in/"})
    assert answer.status_code == 403
    signed_in = browser_of(ada, has_csrf_checks=True)
    assert signed_in.post("/sign-out/").status_code == 403
    assert signed_in.get("/account/").status_code == 200


def test_our_own_form_is_taken(ada: Person) -> None:
    here = browser(has_csrf_checks=True)
    page = here.get("/sign-in/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    typed = {"email": ada.email, "password": ada.password, "csrfmiddlewaretoken": token[1]}
    answer = here.post("/sign-in/", typed, headers={"referer": "https://localhost/sign-in/"})
    assert answer.status_code == 302


def test_signing_out_ends_the_session_on_the_server(clinic: Clinic) -> None:
    here = browser()
    sign_in(here, clinic.owner)
    key = here.cookies[COOKIE].value
    answer = here.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies[COOKIE].value == ""
    here.cookies[COOKIE] = key  # a copy of the cookie, kept by a thief
    assert here.get("/account/").status_code == 302
    assert kinds(clinic)[:2] == ["identity:session:end", "identity:session:begin"]


def test_signing_out_is_never_a_link(ada: Person) -> None:
    here = browser_of(ada)
    assert here.get("/sign-out/").status_code == 405
    assert here.get("/account/").status_code == 200


def test_a_failed_sign_in_is_recorded_as_a_visitors(clinic: Clinic) -> None:
    give_password(browser(), clinic.owner, password="wrong")
    viewer = console(clinic.organisation.id, account="tests")
    entry = page_of_entries(viewer, limit=1).entries[0]
    assert entry.kind == "identity:password:fail"
    assert entry.payload
    assert entry.payload.viewer_kind == "visitor"
    assert entry.payload.actor is None
    assert entry.payload.outcome == "failure"
    assert entry.payload.subjects[0].ids == (clinic.owner.user.pk,)


def test_a_wrong_code_is_recorded(clinic: Clinic) -> None:
    here = browser()
    give_password(here, clinic.owner)
    here.post("/sign-in/code/", {"code": "000000"})
    assert kinds(clinic)[0] == "identity:factor:fail"


def test_who_works_in_two_organisations_chooses_one(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    other = make_clinic("Cedar Practice", "Cy")
    viewer = console(other.organisation.id, account="tests")
    add_member(viewer, user=ben.user, role=Role.AUDITOR)
    here = browser()
    give_password(here, ben)
    chosen = here.post("/sign-in/code/", {"code": ben.code()})
    assert chosen["Location"] == "/sign-in/organisation/"
    page = here.get("/sign-in/organisation/").content
    assert b"Ashgrove Clinic" in page
    assert b"Cedar Practice" in page
    typed = {"organisation": str(other.organisation.id)}
    asked = here.post("/sign-in/organisation/", typed)
    assert asked["Location"] == "/sign-in/rules/", "what was accepted elsewhere holds there"
    assert b"Cedar Practice" in here.get("/sign-in/rules/").content
    assert here.post("/sign-in/rules/", {"rules-1-0": "on"})["Location"] == "/"
    assert sessions.decide(here.cookies[COOKIE].value).organisation == other.organisation.id


def test_an_organisation_of_others_cannot_be_chosen(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    stranger = make_clinic("Cedar Practice", "Cy")
    here = browser_of(ben, stage=Stage.FACTORS)
    typed = {"organisation": str(stranger.organisation.id)}
    assert here.post("/sign-in/organisation/", typed).status_code == 422
    assert not SessionRecord.objects.filter(stage=Stage.FULL).exists()


def test_an_account_without_an_organisation_gets_nowhere(clinic: Clinic) -> None:
    loner = make_person("Eve")
    here = browser()
    give_password(here, loner)
    assert here.post("/sign-in/code/", {"code": loner.code()}).status_code == 403
    assert here.get("/account/").status_code == 302


def refuse_writing(*entry: object) -> None:
    raise TrailUnavailable


def test_without_the_trail_nobody_gets_in_and_known_accounts_answer_like_unknown_ones(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = browser()
    give_password(here, ada)
    monkeypatch.setattr(writer, "submit", refuse_writing)
    assert give_password(browser(), ada, password="wrong") == 422
    assert here.post("/sign-in/code/", {"code": ada.code()}).status_code == 503
    assert here.get("/account/").status_code == 302
    assert not SessionRecord.objects.filter(stage=Stage.FULL, ended__isnull=True).exists()
    monkeypatch.undo()
    with clock.moved(30):
        assert sign_in(browser(), ada) == 302
