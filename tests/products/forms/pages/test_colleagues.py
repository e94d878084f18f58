"""What arrives through a form is kept for named colleagues: who sees it, and who says for whom."""

import json
import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from keepwell.office import choosing
from keepwell.products.forms.actions.authoring import move
from keepwell.products.forms.actions.reserving import reserve
from keepwell.products.forms.errors import NobodyNamed
from keepwell.products.forms.models import Submission
from keepwell.products.forms.queries import inbox
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import EmergencyAccess, Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Location
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7
from tests.people import Clinic, Person, browser_of, make_clinic
from tests.products.forms.pages.patients import Patient, author, publish
from tests.products.forms.pages.test_exports import bundle_of, ordered, resources, words_of
from tests.products.forms.pages.test_locations import sent

WHY = "Only the two of us talk with these patients."


@pytest.fixture
def row(clinic: Clinic, pat: Patient) -> Submission:
    """Let a form arrive."""
    return sent(clinic, pat)


@pytest.fixture
def ben(clinic: Clinic) -> Person:
    return clinic.add("Ben", Role.MEMBER)


@pytest.fixture
def eve(clinic: Clinic) -> Person:
    return clinic.add("Eve", Role.MEMBER)


def membership(who: Person) -> UUID:
    assert who.organisation is not None
    with wall.reading(who.organisation):
        found: Membership = Membership.objects.get(user=who.user, ended__isnull=True)
    return found.pk


def keep(clinic: Clinic, row: Submission, *people: Person) -> None:
    named = frozenset(membership(one) for one in people)
    assert reserve(author(clinic), form_id=row.form_id, members=named, reason=WHY)


def as_member(clinic: Clinic, who: Person, role: Role = Role.MEMBER) -> Viewer:
    return replace(author(clinic), actor=who.user.pk, role=role, purpose="care")


def address(row: Submission) -> str:
    return f"/forms/{row.form_id}/colleagues/"


def text(client: Client, where: str) -> str:
    return client.get(where).content.decode()


def answers_of(client: Client, row: Submission) -> list[int]:
    return [client.get(f"/inbox/{row.pk}/{said}").status_code for said in ("", "?for=care")]


def is_ticked(page: str, who: Person) -> bool:
    return bool(re.search(rf'value="{membership(who)}"[^>]* checked', page))


# What is seen.


def test_of_what_is_kept_for_others_nothing_is_seen_anywhere(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    keep(clinic, row, eve)
    here, person = browser_of(ben), f"/persons/{row.person_id}/?for=care"
    for where in ("/", "/inbox/", f"/inbox/?form={row.form_id}", person):
        page = text(here, where)
        assert row.reference not in page, where
        assert str(row.pk) not in page, where
    assert answers_of(here, row) == [404, 404]
    assert here.get(f"/inbox/{uuid7()}/").status_code == 404
    assert f'value="{row.form_id}"' not in text(here, "/inbox/")
    assert inbox.count_unopened(as_member(clinic, ben)) == 0


def test_who_is_named_sees_it_as_before(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    keep(clinic, row, eve)
    here = browser_of(eve)
    for where in ("/inbox/", f"/persons/{row.person_id}/?for=care"):
        assert row.reference in text(here, where), where
    assert answers_of(here, row) == [200, 200]
    assert inbox.count_unopened(as_member(clinic, eve)) == 0  # Eve has opened it just now
    assert f'value="{row.form_id}"' in text(here, "/inbox/")


def test_an_owner_who_is_not_named_does_not_see_it_either_and_may_name_themselves_on_the_trail(
    clinic: Clinic, row: Submission, eve: Person
) -> None:
    keep(clinic, row, eve)
    ada = browser_of(clinic.owner)
    assert answers_of(ada, row) == [404, 404]
    both = [str(membership(eve)), str(membership(clinic.owner))]
    given = {"who": "named", "members": both, "reason": "Eve is on leave."}
    assert ada.post(address(row), given)["Location"] == f"/forms/{row.form_id}/"
    assert answers_of(ada, row) == [200, 200]
    assert answers_of(browser_of(eve), row) == [200, 200]
    entries = page_of_entries(author(clinic), kinds=["forms:form:reserve"]).entries
    said = entries[0].payload
    assert said is not None
    assert (said.actor, said.reason) == (clinic.owner.user.pk, "Eve is on leave.")
    assert set(both) <= {str(one) for subject in said.subjects for one in subject.ids}


def test_a_name_widens_nothing_that_the_role_and_the_location_do_not_open(
    clinic: Clinic, row: Submission, ben: Person
) -> None:
    abe = clinic.add("Abe", Role.ADMINISTRATOR)
    hill = clinic.open_location("Hillside")
    with wall.reading(clinic.organisation.id):
        river = Location.objects.exclude(pk=hill).get().pk
    finn = clinic.add("Finn", Role.MEMBER, at=frozenset({hill}))
    keep(clinic, row, abe, ben, finn)
    assert browser_of(abe).get("/inbox/").status_code == 403
    assert answers_of(browser_of(finn), row) == [200, 200]  # the form is everywhere
    move(author(clinic), form_id=row.form_id, locations=frozenset({river}))
    assert answers_of(browser_of(finn), row) == [404, 404]
    assert answers_of(browser_of(ben), row) == [200, 200]


def test_for_everybody_again_it_opens_from_the_next_click_on(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    here = browser_of(ben)
    keep(clinic, row, eve)
    assert answers_of(here, row) == [404, 404]
    assert reserve(author(clinic), form_id=row.form_id, members=None, reason=WHY)
    assert answers_of(here, row) == [200, 200]
    assert not reserve(author(clinic), form_id=row.form_id, members=None, reason=WHY)


def test_another_form_stays_as_it_was(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    other = sent(clinic, Patient(publish(clinic)))
    keep(clinic, row, eve)
    assert answers_of(browser_of(ben), other) == [200, 200]
    assert other.reference in text(browser_of(ben), "/inbox/")


def test_a_job_reads_as_the_member_who_started_it_and_the_house_as_nobody(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    keep(clinic, row, eve)
    job = replace(as_member(clinic, ben), kind=ViewerKind.JOB, actor=None)
    found = [
        [one.pk for one in inbox.page_of_inbox(viewer).rows]
        for viewer in (
            replace(job, on_behalf_of=ben.user.pk),
            replace(job, on_behalf_of=eve.user.pk),
            viewers.console(clinic.organisation.id, account="tests"),
        )
    ]
    assert found == [[], [row.pk], [row.pk]]


# Who says so.


def test_an_administrator_keeps_it_for_others_and_cannot_let_anybody_in_afterwards(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    abe = browser_of(clinic.add("Abe", Role.ADMINISTRATOR))
    given = {"who": "named", "members": [str(membership(eve))], "reason": WHY}
    assert "Keep it for named colleagues" in text(abe, f"/forms/{row.form_id}/")
    assert abe.post(address(row), given).status_code == 302
    page = text(abe, f"/forms/{row.form_id}/")
    assert "Eve" in page
    assert address(row) not in page
    given["members"] = [str(membership(eve)), str(membership(ben))]
    assert abe.post(address(row), given).status_code == 403
    assert abe.post(address(row), {"who": "everybody", "reason": WHY}).status_code == 403
    assert answers_of(browser_of(ben), row) == [404, 404]


def test_a_member_says_nothing_of_it(clinic: Clinic, row: Submission, eve: Person) -> None:
    keep(clinic, row, eve)
    assert browser_of(eve).get(address(row)).status_code == 403
    with pytest.raises(NotPermitted):
        reserve(as_member(clinic, eve), form_id=row.form_id, members=None, reason=WHY)


@pytest.mark.parametrize("members", [[], ["nonsense"], ["another organisation's"], ["gone"]])
def test_it_is_kept_for_somebody_who_works_here_or_not_at_all(
    clinic: Clinic, row: Submission, ben: Person, members: list[str]
) -> None:
    cy = make_clinic("Cedar Practice", "Cy").owner
    gone = membership(ben)
    members_end(clinic, ben)
    ids = {"another organisation's": str(membership(cy)), "gone": str(gone)}
    given = {"who": "named", "members": [ids.get(one, one) for one in members], "reason": WHY}
    answer = browser_of(clinic.owner).post(address(row), given)
    assert answer.status_code == 422
    words = "One of them does not work here now" if members else "somebody has to see what arrives"
    assert words in answer.content.decode()
    for one in ids.values():
        with pytest.raises(OutOfReach):
            reserve(author(clinic), form_id=row.form_id, members=frozenset({UUID(one)}), reason=WHY)
    with pytest.raises(NobodyNamed):
        reserve(author(clinic), form_id=row.form_id, members=frozenset(), reason=WHY)
    assert answers_of(browser_of(clinic.owner), row) == [200, 200]


def members_end(clinic: Clinic, who: Person) -> None:
    members.end(author(clinic), membership=membership(who), reason="She has left.")


def test_without_a_reason_nothing_is_changed_and_what_was_chosen_stays(
    clinic: Clinic, row: Submission, eve: Person
) -> None:
    given = {"who": "named", "members": [str(membership(eve))], "reason": ""}
    answer = browser_of(clinic.owner).post(address(row), given)
    assert answer.status_code == 422
    assert is_ticked(answer.content.decode(), eve)
    assert answers_of(browser_of(clinic.owner), row) == [200, 200]


def test_of_many_colleagues_some_are_found_and_who_was_chosen_stays_chosen(
    clinic: Clinic, row: Submission, ben: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = browser_of(clinic.owner)
    assert 'name="find"' not in text(ada, address(row))
    monkeypatch.setattr(choosing, "MOST_OFFERED", 1)
    page = text(ada, address(row))
    assert 'name="find"' in page
    assert "Ben, " not in page
    given: dict[str, Any] = {"who": "named", "words": "ben", "find": "yes", "reason": ""}
    found = ada.post(address(row), {**given, "members": [str(membership(eve))]})
    assert found.status_code == 200
    page = found.content.decode()
    assert is_ticked(page, eve)
    assert f'value="{membership(ben)}"' in page
    assert not is_ticked(page, ben)
    assert answers_of(browser_of(ben), row) == [200, 200]  # nothing was saved


# Leaving, coming back.


def test_who_leaves_is_no_longer_named_and_comes_back_without_it(
    clinic: Clinic, row: Submission, eve: Person
) -> None:
    keep(clinic, row, eve)
    former = membership(eve)
    members_end(clinic, eve)
    report = text(browser_of(clinic.owner), f"/members/{former}/report/")
    assert "Named for what is kept" in report
    assert "1 form" in report
    assert members.readmit(
        author(clinic), membership=former, role=Role.MEMBER, locations=None, reason="She is back."
    )
    assert answers_of(browser_of(eve), row) == [404, 404]
    assert "Nobody who works here now" in text(browser_of(clinic.owner), f"/forms/{row.form_id}/")


# In an emergency.


def in_emergency(clinic: Clinic, who: Person) -> Viewer:
    browser_of(who)
    session = sessions.standing_of(who.user)[0].pk
    viewer = replace(as_member(clinic, who), session=session)
    begun, _ = emergencies.begin(viewer, reason="She collapsed in the hall.")
    return replace(viewer, emergency=begun.pk)


def test_in_an_emergency_it_opens_and_without_anything_kept_no_glass_is_broken(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    with pytest.raises(NotPermitted):
        in_emergency(clinic, ben)
    keep(clinic, row, eve)
    with pytest.raises(NotPermitted):
        in_emergency(clinic, eve)
    assert "What is kept for other colleagues" in text(browser_of(ben), "/inbox/")
    assert "What is kept for other colleagues" not in text(browser_of(eve), "/inbox/")
    assert inbox.submission_with(in_emergency(clinic, ben), row.pk).pk == row.pk


def test_officers_see_how_many_records_were_kept_for_others(
    clinic: Clinic, row: Submission, ben: Person, eve: Person
) -> None:
    keep(clinic, row, eve)
    here, ada = browser_of(ben), browser_of(clinic.owner)
    begin = "/emergency/begin/"
    given = {"password": ben.password, "code": ben.code(), "next": begin}
    assert here.post("/account/again/emergency/", given)["Location"] == begin
    assert here.post(begin, {"reason": "She collapsed in the hall."}).status_code == 302
    assert here.get(f"/inbox/{row.pk}/?for=emergency").status_code == 200
    with wall.reading(clinic.organisation.id):
        begun = EmergencyAccess.objects.get()
    writer.stop()  # serves what is queued
    said = text(ada, f"/emergency/{begun.pk}/")
    assert "<strong>1 record</strong> of another location, or kept for other colleagues" in said


# An export of the person.


def test_an_export_by_somebody_who_is_not_named_says_what_is_left_out(
    clinic: Clinic, row: Submission, eve: Person
) -> None:
    keep(clinic, row, eve)
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, row.person_id)
    (response,) = resources(bundle_of(ada, page), "QuestionnaireResponse")
    assert response["meta"]["security"][0]["code"] == "REDACTED"
    assert "item" not in response
    assert "smoke" not in json.dumps(response)
    said, _ = words_of(ada, page)
    assert "It is kept for other colleagues" in " ".join(said.split())
    assert "New patient intake" not in said
