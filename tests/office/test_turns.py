"""Rights that end while an act waits for its turn are not acted with: the act asks anew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from keepwell.office.settings import actions as settings
from keepwell.safeguards.access import turns
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.elevations import actions as elevations
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.invitations.actions import Invited
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.access.officers import actions as officers
from keepwell.safeguards.access.replacements import actions as replacements
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from tests.office.lost_phones import membership_of
from tests.office.rooms import House
from tests.office.test_emergencies import acting_as
from tests.office.test_locations import HILL, send

WHY = "It was under way"
Act = Callable[[House, Viewer, UUID], Any]


def row_of(house: House, name: str) -> UUID:
    return membership_of(house.clinic, house.people[name])


def invite(house: House, viewer: Viewer, pat: UUID) -> None:
    whom = Invited(email="noa@example.org", name="Noa", role=Role.OWNER, locations=None)
    invitations.invite(viewer, whom=whom, reason=WHY)


def make_owner(house: House, viewer: Viewer, pat: UUID) -> None:
    mine = row_of(house, "Ben")
    members.move(viewer, membership=mine, role=Role.OWNER, locations=None, reason=WHY)


def come_back(house: House, viewer: Viewer, pat: UUID) -> None:
    with wall.reading(house.clinic.organisation.id):
        mine = Membership.objects.get(user=viewer.actor).pk
    members.readmit(viewer, membership=mine, role=Role.OWNER, locations=None, reason=WHY)


def give_access(house: House, viewer: Viewer, pat: UUID) -> None:
    row, _ = elevations.ask(
        house.viewer("Ben"), permissions=["form:publish"], minutes=60, reason=WHY
    )
    elevations.approve(viewer, elevation=row.pk, reason=WHY)


def replace_second_step(house: House, viewer: Viewer, pat: UUID) -> None:
    check = replacements.IdentityCheck.IN_PERSON
    replacements.start(viewer, membership=row_of(house, "Ben"), check=check, reason=WHY)


ACTS: dict[str, Act] = {
    "invite": invite,
    "make an owner": make_owner,
    "end": lambda house, viewer, pat: members.end(
        viewer, membership=row_of(house, "Dee"), reason=WHY
    ),
    "give access": give_access,
    "replace a second step": replace_second_step,
    "name an officer": lambda house, viewer, pat: officers.name_officer(
        viewer, duty=Duty.SECURITY, membership=row_of(house, "Abe"), reason=WHY
    ),
    "allow a network": lambda house, viewer, pat: networks.add(
        viewer, network="192.0.2.0/24", name="Yard", role="member"
    ),
    "erase": lambda house, viewer, pat: persons.erase_person(viewer, person=pat, reason=WHY),
    "trust devices": lambda house, viewer, pat: settings.change_trust_days(viewer, days=30),
}


@pytest.fixture
def eve(house: House) -> Viewer:
    """Return another owner, who has been here for long, as a request knows her."""
    house.people["Eve"] = house.clinic.add("Eve", Role.OWNER)
    long_ago = clock.now() - timedelta(days=2)
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.update(approved=long_ago, joined=long_ago)
    return house.viewer("Eve")


@pytest.mark.parametrize("name", [*ACTS, "come back"])
def test_who_was_ended_meanwhile_does_nothing_any_more(
    house: House, eve: Viewer, pat: UUID, name: str
) -> None:
    members.end(house.viewer(), membership=row_of(house, "Eve"), reason="Fell out")
    act = ACTS.get(name, come_back)
    with pytest.raises(NotPermitted):
        act(house, eve, pat)


@pytest.mark.parametrize("name", ACTS)
def test_who_is_as_before_does(house: House, eve: Viewer, pat: UUID, name: str) -> None:
    ACTS[name](house, eve, pat)


def turn(house: House, viewer: Viewer) -> bool:
    with wall.writing(house.clinic.organisation.id):
        try:
            turns.take_turn(viewer)
        except NotPermitted:
            return False
    return True


def test_another_role_other_locations_and_an_ended_session_are_seen(house: House) -> None:
    ben = acting_as(house, "Ben")
    assert turn(house, ben)
    hill = house.clinic.open_location(**HILL)
    send(house, "Ben", frozenset({hill}))
    assert not turn(house, ben), "to all of them, a moment ago"
    near = replace(ben, locations=frozenset({hill}))
    assert turn(house, near)
    members.end_sessions(house.viewer(), membership=row_of(house, "Ben"), reason="Lost")
    assert not turn(house, near)
    assert turn(house, replace(near, session=None))
    mine = row_of(house, "Ben")
    members.move(house.viewer(), membership=mine, role=Role.AUDITOR, locations=None, reason=WHY)
    assert not turn(house, replace(near, session=None))


def test_what_was_raised_for_a_while_has_to_stand(house: House) -> None:
    row, _ = elevations.ask(
        house.viewer("Ben"), permissions=["form:publish"], minutes=60, reason=WHY
    )
    raised = replace(house.viewer("Ben"), raised=frozenset({"form:publish"}))
    assert not turn(house, raised), "it is asked for only"
    elevations.approve(house.viewer(), elevation=row.pk, reason=WHY)
    assert turn(house, raised)
    elevations.give_back(house.viewer("Ben"), elevation=row.pk)
    assert not turn(house, raised)
    assert turn(house, house.viewer("Ben"))


def test_a_job_has_the_rights_of_whoever_started_it(house: House) -> None:
    ben = house.viewer("Ben")
    job = replace(ben, kind=ViewerKind.JOB, actor=None, on_behalf_of=ben.actor)
    assert turn(house, job)
    members.end(house.viewer(), membership=row_of(house, "Ben"), reason="Left")
    assert not turn(house, job)


def test_the_console_and_the_system_take_turns_as_ever(house: House) -> None:
    assert turn(house, house.clinic.console)
    system = Viewer(kind=ViewerKind.SYSTEM, organisation=house.clinic.organisation.id)
    assert turn(house, system)
