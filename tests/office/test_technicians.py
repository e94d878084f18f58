"""Technicians: what they look after, and that nothing of patients, members or the trail opens."""

import re
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.elevations import actions as elevations
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.queries import allow, grants_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from tests.office.rooms import House, text_of
from tests.people import Person, browser_of

REFUSED = "access:request:refuse"
THEIRS = ("/", "/jobs/", "/mail/", "/networks/", "/safeguards/", "/access/", "/account/")
OTHERS = (
    "/persons/",
    "/persons/{person}/",
    "/persons/{person}/?for=care",
    "/persons/{person}/report/",
    "/inbox/",
    "/forms/",
    "/trail/",
    "/trail/0/",
    "/trail/export/",
    "/members/",
    "/members/invite/",
    "/holdings/",
    "/alerts/",
    "/two-persons/",
    "/emergency/",
    "/emergency/begin/",
    "/settings/",
    "/settings/signing-out/",
)


@pytest.fixture
def tess(house: House) -> Person:
    """Let a technician work at Ada's clinic."""
    return house.clinic.add("Tess", Role.TECHNICIAN)


@pytest.fixture
def hers(tess: Person) -> Client:
    """Open a browser in which she is signed in."""
    return browser_of(tess)


def as_member(house: House, tess: Person) -> Viewer:
    """Return her as actions know her."""
    (session,) = sessions.standing_of(tess.user)
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=house.clinic.organisation.id,
        actor=tess.user.pk,
        role=Role.TECHNICIAN,
        session=session.pk,
    )


def test_what_technicians_look_after_opens(hers: Client) -> None:
    assert {path: hers.get(path).status_code for path in THEIRS} == dict.fromkeys(THEIRS, 200)
    assert hers.post("/mail/test/").status_code == 302


def test_everything_else_is_refused_and_on_the_trail(house: House, hers: Client, pat: UUID) -> None:
    answers = [hers.get(path.format(person=pat)) for path in OTHERS]
    assert {answer.status_code for answer in answers} == {403}
    assert not [answer for answer in answers if "Pat Winters" in text_of(answer)]
    assert len(house.payloads(REFUSED)) == len(OTHERS)


def test_a_member_opens_patients_and_no_jobs(house: House, pat: UUID) -> None:
    ben = house.browser("Ben")
    assert "Pat Winters" in text_of(ben.get(f"/persons/{pat}/?for=care"))
    assert ben.get("/jobs/").status_code == 403


def test_their_menu_leads_to_what_they_may_and_nowhere_else(hers: Client) -> None:
    rail = text_of(hers.get("/")).partition('<nav class="rail"')[2].partition("</nav>")[0]
    lines = re.findall(r'<li><a href="([^"]+)"', rail)
    assert set(lines) == {"/", "/safeguards/", "/access/", "/networks/", "/jobs/"}


def test_networks_are_seen_and_not_changed(hers: Client, house: House) -> None:
    assert "Allow it" not in text_of(hers.get("/networks/"))
    given = {"network": "203.0.113.0/24", "name": "Elsewhere"}
    assert hers.post("/networks/add/", given).status_code == 403


def test_the_role_holds_the_least_of_all() -> None:
    held = grants_of(Role.TECHNICIAN)
    assert held == {"job:manage", "mail:manage", "network:list", "safeguards:read"}
    assert not held & set(registry.emergency_permissions())
    assert held < grants_of(Role.ADMINISTRATOR)


def test_no_emergency_and_nothing_given_without_somebody_who_decides(
    house: House, hers: Client, tess: Person
) -> None:
    assert hers.get("/emergency/begin/").status_code == 403
    viewer = as_member(house, tess)
    elevations.ask(viewer, permissions=["person:open"], minutes=60, reason="To mend a search")
    with pytest.raises(NotPermitted):
        allow(viewer, PersonPermission.OPEN)


def test_an_administrator_invites_one_and_the_words_say_what_it_is(house: House) -> None:
    page = text_of(house.browser("Abe").get("/members/invite/"))
    assert "Technicians look after jobs and mail" in page
    assert '<option value="technician">Technician</option>' in page
