"""Requests against declarations: who gets in, who is refused, what the trail says of it."""

from pathlib import Path
from typing import Any

import pytest

from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import Stage
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.pages import with_plain_static_files
from tests.people import Clinic, Person, browser, browser_of, make_clinic
from tests.safeguards.access import routes_of_tests

MINUTE = 60


@pytest.fixture(autouse=True)
def _routes(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)
    settings.ROOT_URLCONF = "tests.safeguards.access.routes_of_tests"
    routes_of_tests.calls.clear()


def newest(clinic: Clinic) -> Any:
    viewer = console(clinic.organisation.id, account="tests")
    return page_of_entries(viewer, limit=1).entries[0]


def membership_of(person: Person) -> Membership:
    assert person.organisation
    with wall.reading(person.organisation):
        found: Membership = Membership.objects.get(user=person.user)
    return found


def test_a_silent_view_is_refused_even_to_an_owner(ada: Person) -> None:
    for here in (browser_of(ada), browser(), browser_of(ada, stage=Stage.PASSWORD)):
        assert here.get("/silent/").status_code == 403
        assert here.post("/silent/").status_code == 403
    assert routes_of_tests.calls == []


def test_the_view_knows_who_asks_and_why(ada: Person) -> None:
    answer = browser_of(ada, address="203.0.113.24").get("/adding/")
    assert answer.content.decode() == f"{ada.user.pk} owner care 203.0.113.24"


def test_a_colleague_without_the_permission_is_refused_on_the_trail(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    answer = browser_of(ben).get("/adding/")
    assert answer.status_code == 403
    assert routes_of_tests.calls == []
    entry = newest(clinic)
    assert entry.kind == "access:request:refuse"
    assert entry.payload.actor == ben.user.pk
    assert entry.payload.outcome == "refused"
    assert entry.payload.detail == {"needed": "member:add", "route": "adding", "method": "GET"}


def test_nobody_is_sent_to_sign_in_and_back(ada: Person) -> None:
    answer = browser().get("/adding/?who=ben")
    assert answer["Location"] == "/sign-in/?next=%2Fadding%2F%3Fwho%3Dben"
    assert browser().post("/adding/")["Location"] == "/sign-in/"


def test_a_script_of_nobody_gets_401(ada: Person) -> None:
    answer = browser().get("/adding/", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/sign-in/"


def test_an_ended_membership_ends_access_at_the_next_request(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.ADMINISTRATOR)
    here = browser_of(ben)
    assert here.get("/adding/").status_code == 200
    with wall.writing(clinic.organisation.id):
        Membership.objects.filter(user=ben.user).update(ended=clock.now())
    assert here.get("/adding/").status_code == 302


def test_a_changed_role_counts_at_the_next_request(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.ADMINISTRATOR)
    here = browser_of(ben)
    assert here.get("/adding/").status_code == 200
    with wall.writing(clinic.organisation.id):
        Membership.objects.filter(user=ben.user).update(role=Role.AUDITOR)
    assert here.get("/adding/").status_code == 403


def test_a_strangers_id_answers_like_an_unknown_one(clinic: Clinic) -> None:
    cy = make_clinic("Cedar Practice", "Cy").owner
    here = browser_of(clinic.owner)
    assert here.get(f"/colleague/{membership_of(clinic.owner).id}/").status_code == 200
    ids = [membership_of(cy).id, uuid7(), "nonsense"]
    answers = [here.get(f"/colleague/{one}/") for one in ids]
    assert {answer.status_code for answer in answers} == {404}
    pages = {
        answer.content.replace(str(a).encode(), b"") for answer, a in zip(answers, ids, strict=True)
    }
    assert len({len(page) for page in pages}) == 1


def test_a_session_of_one_organisation_is_nobody_in_another(clinic: Clinic) -> None:
    cy = make_clinic("Cedar Practice", "Cy").owner
    crossed = Person(cy.user, cy.password, cy.secret, clinic.organisation.id)
    assert browser_of(crossed).get("/adding/").status_code == 302


def last_act(ada: Person) -> Any:
    return sessions.standing_of(ada.user)[0].last_act


def test_polling_does_not_move_the_idle_limit(ada: Person) -> None:
    here = browser_of(ada)
    for minutes in (5, 10, 14):
        with clock.moved(minutes * MINUTE):
            assert here.get("/poll/").status_code == 200
            assert here.get("/adding/", headers={"keepwell-background": "1"}).status_code == 200
    with clock.moved(15 * MINUTE):
        assert here.get("/poll/")["Location"].endswith("%2Fpoll%2F&because=idle")


def test_a_patient_with_a_colleagues_tablet_does_not_move_it(ada: Person) -> None:
    here = browser_of(ada)
    for minutes in (5, 10, 14):
        with clock.moved(minutes * MINUTE):
            assert here.get("/of-patients/").status_code == 200
    with clock.moved(15 * MINUTE):
        assert here.get("/adding/")["Location"].endswith("because=idle")


def test_acts_of_a_person_move_it(ada: Person) -> None:
    here = browser_of(ada)
    for minutes in range(14, 70, 14):
        with clock.moved(minutes * MINUTE):
            assert here.get("/adding/").status_code == 200


def test_a_forged_act_does_not_move_it(ada: Person) -> None:
    here = browser_of(ada, has_csrf_checks=True)
    before = last_act(ada)
    with clock.moved(5 * MINUTE):
        assert here.post("/adding/").status_code == 403
        assert last_act(ada) == before


def test_a_session_that_ran_out_is_on_the_trail_once(clinic: Clinic) -> None:
    here = browser_of(clinic.owner)
    with clock.moved(15 * MINUTE):
        assert here.get("/adding/").status_code == 302
        here.get("/adding/")
    entry = newest(clinic)
    assert (entry.kind, entry.payload.viewer_kind) == ("identity:session:end", "system")
    assert entry.payload.detail == {"because": "idle"}
    viewer = console(clinic.organisation.id, account="tests")
    kinds = [str(one.kind) for one in page_of_entries(viewer, limit=50).entries]
    assert kinds.count("identity:session:end") == 1
