"""The second step for the first time, and the one-time link that begins it all."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from keepwell.safeguards.access.actions import add_member
from keepwell.safeguards.access.queries import role_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import links, second_factor, setup
from keepwell.safeguards.identity.models import (
    Door,
    LinkPurpose,
    OneTimeLink,
    SessionRecord,
    User,
)
from keepwell.safeguards.identity.session_store import SessionStore
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.people import PASSWORD, Clinic, Person, accept_all, browser, make_person

ORGANISATION = {
    "organisation": "Ashgrove Clinic",
    "telephone": "+1 555 0100",
    "time_zone": "America/Los_Angeles",
    "name": "Ada",
    "email": "ada@example.org",
    "password": PASSWORD,
}


def secret_on(page: bytes) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.decode())
    assert found
    return found[1].replace(" ", "")


def code_of(secret: str, steps: int = 0) -> str:
    return second_factor.code_at(secret, second_factor.current_counter() + steps)


@pytest.fixture
def newcomer(clinic: Clinic) -> Person:
    """Make Ben, who has a password and no second step yet."""
    person = make_person("Ben", has_app=False, organisation=clinic.organisation.id)
    viewer = console(clinic.organisation.id, account="tests")
    add_member(viewer, user=person.user, role=Role.MEMBER)
    accept_all(person, Role.MEMBER)
    return person


@pytest.fixture
def here(newcomer: Person) -> Client:
    """Open a browser in which Ben has given his password."""
    opened = browser()
    typed = {"email": newcomer.email, "password": newcomer.password}
    assert opened.post("/sign-in/", typed)["Location"] == "/second-step/"
    return opened


def test_from_password_to_app_to_codes_to_the_first_page(here: Client, newcomer: Person) -> None:
    secret = secret_on(here.get("/second-step/").content)
    picture = here.get("/second-step/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<script" not in picture.content
    assert b"style=" not in picture.content
    turned_on = here.post("/second-step/", {"code": code_of(secret)})
    assert turned_on["Location"] == "/second-step/recovery-codes/"
    shown = here.get("/second-step/recovery-codes/").content.decode()
    assert shown.count("<li>") >= 10
    assert here.get("/account/").status_code == 302
    assert here.post("/second-step/recovery-codes/")["Location"] == "/"
    assert here.get("/account/").status_code == 200


def test_recovery_codes_are_never_shown_again(here: Client, newcomer: Person) -> None:
    secret = secret_on(here.get("/second-step/").content)
    here.post("/second-step/", {"code": code_of(secret)})
    code = newcomer.recovery_codes()[0]
    here.post("/second-step/recovery-codes/")
    for address in ("/second-step/recovery-codes/", "/account/recovery-codes/"):
        answer = here.get(address)
        assert answer.status_code == 302
        assert code.encode() not in here.get(answer["Location"]).content


def test_the_code_that_turned_it_on_signs_nobody_in(here: Client, newcomer: Person) -> None:
    secret = secret_on(here.get("/second-step/").content)
    code = code_of(secret)
    here.post("/second-step/", {"code": code})
    other = browser()
    other.post("/sign-in/", {"email": newcomer.email, "password": newcomer.password})
    assert other.post("/sign-in/code/", {"code": code}).status_code == 422


def test_a_wrong_code_turns_nothing_on(here: Client, newcomer: Person) -> None:
    secret = secret_on(here.get("/second-step/").content)
    assert here.post("/second-step/", {"code": code_of(secret, -1)}).status_code == 422
    assert here.post("/second-step/", {"code": "000000"}).status_code == 422
    assert not second_factor.has_app(newcomer.user)


def test_a_reload_shows_the_same_secret(here: Client) -> None:
    first = secret_on(here.get("/second-step/").content)
    assert secret_on(here.get("/second-step/").content) == first


def test_secrets_are_sealed_where_they_rest(here: Client, newcomer: Person) -> None:
    secret = secret_on(here.get("/second-step/").content)
    kept = SessionStore().decode(SessionRecord.objects.exclude(data="").get().data)
    assert secret not in str(kept)
    here.post("/second-step/", {"code": code_of(secret)})
    rows = str(list(Authenticator.objects.filter(user=newcomer.user).values("data")))
    assert secret not in rows
    assert not any(code.replace(" ", "") in rows for code in newcomer.recovery_codes())


def test_of_two_who_enrol_one_account_at_once_one_wins(newcomer: Person) -> None:
    secrets = [second_factor.new_secret() for _ in range(4)]
    acts = [
        lambda one=one: second_factor.enrol_first(newcomer.user, one, last_counter=0)
        for one in secrets
    ]
    assert sorted(at_once(acts)) == [False, False, False, True]


def test_enrolling_is_on_the_trail(clinic: Clinic, here: Client) -> None:
    secret = secret_on(here.get("/second-step/").content)
    here.post("/second-step/", {"code": code_of(secret)})
    viewer = console(clinic.organisation.id, account="tests")
    assert page_of_entries(viewer, limit=1).entries[0].kind == "identity:factor:enrol"


@pytest.mark.usefixtures("stores")
class TestTheSetUpLink:
    """One organisation, one owner, once."""

    def test_it_founds_an_organisation_and_leads_to_the_second_step(self) -> None:
        here = browser()
        link = setup.new_link()
        assert here.get(link).status_code == 200
        assert here.post(link, ORGANISATION)["Location"] == "/second-step/"
        ada = User.objects.get()
        organisation = Door.objects.get(user=ada).organisation
        assert role_of(ada.pk, organisation) == "owner"
        viewer = console(organisation, account="tests")
        secret = secret_on(here.get("/second-step/").content)
        here.post("/second-step/", {"code": code_of(secret)})
        assert here.post("/second-step/recovery-codes/")["Location"] == "/sign-in/rules/"
        assert here.get("/account/")["Location"].startswith("/sign-in/")
        asked = {"terms-1-0": "on", "rules-1-0": "on"}
        assert here.post("/sign-in/rules/", asked)["Location"] == "/"
        kinds = {str(entry.kind) for entry in page_of_entries(viewer, limit=50).entries}
        assert "access:organisation:found" in kinds
        assert "identity:session:begin" in kinds
        assert {"consent:terms:accept", "consent:rules:accept"} <= kinds

    def test_looking_at_it_uses_nothing_up(self) -> None:
        link = setup.new_link()
        assert [browser().get(link).status_code for _ in range(3)] == [200] * 3
        assert browser().post(link, ORGANISATION).status_code == 302

    def test_it_works_once(self) -> None:
        link = setup.new_link()
        browser().post(link, ORGANISATION)
        again = ORGANISATION | {"email": "eve@example.org"}
        assert browser().post(link, again).status_code == 410
        assert browser().get(link).status_code == 410
        assert User.objects.count() == 1

    def test_of_twenty_parallel_uses_one_wins(self) -> None:
        link = setup.new_link()
        forms = [ORGANISATION | {"email": f"ada{number}@example.org"} for number in range(20)]
        posts = [lambda form=form: browser().post(link, form).status_code for form in forms]
        assert sorted(at_once(posts)) == [302] + [410] * 19
        assert User.objects.count() == 1
        assert Door.objects.count() == 1

    def test_it_runs_out(self) -> None:
        link = setup.new_link()
        with clock.moved(24 * 3600 + 1):
            assert browser().post(link, ORGANISATION).status_code == 410

    def test_a_new_link_takes_the_place_of_the_old(self) -> None:
        old, new = setup.new_link(), setup.new_link()
        assert browser().get(old).status_code == 410
        assert browser().get(new).status_code == 200

    def test_a_link_of_another_purpose_sets_nothing_up(self) -> None:
        token = links.make(LinkPurpose.RESET_PASSWORD, lasts=setup.LASTS)
        assert browser().get(f"/set-up/{token}/").status_code == 410

    def test_only_a_hash_of_it_is_kept(self) -> None:
        token = setup.new_link().split("/")[-2]
        assert token not in str(list(OneTimeLink.objects.values()))

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("organisation", "", "Type the name that patients know you by."),
            ("telephone", "none", "Write a telephone number"),
            ("time_zone", "Mars/Olympus", "Mars/Olympus"),
            ("name", "", "Type your name"),
            ("email", "ada", "Write an e-mail address"),
            ("password", "1234567", "at least 8 characters"),
            ("password", "password123", "too common"),
            ("password", "ada@example.org", "too similar"),
        ],
    )
    def test_what_cannot_be_used_is_said_and_the_rest_is_kept(
        self, field: str, typed: str, said: str
    ) -> None:
        link = setup.new_link()
        answer = browser().post(link, ORGANISATION | {field: typed})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page
        kept = {"organisation", "telephone", "name", "email"} - {field}
        assert all(f'value="{ORGANISATION[name]}"' in page for name in kept)
        assert PASSWORD not in page
        assert not User.objects.exists()
        assert browser().get(link).status_code == 200

    def test_a_very_long_password_is_taken_whole(self) -> None:
        here, link = browser(), setup.new_link()
        long = "äöü " * 100
        assert here.post(link, ORGANISATION | {"password": long}).status_code == 302
        typed = {"email": "ada@example.org", "password": long}
        assert browser().post("/sign-in/", typed).status_code == 302
        assert browser().post("/sign-in/", typed | {"password": long[:-1]}).status_code == 422
