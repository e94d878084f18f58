"""Work that a member starts has the rights the member has when it is done (ASVS 8.3.3)."""

from collections.abc import Callable
from contextlib import nullcontext
from enum import StrEnum
from uuid import UUID

import pytest

from keepwell.jobs import queue
from keepwell.jobs.declaring import job
from keepwell.jobs.errors import NotAdmitted
from keepwell.jobs.models import State
from keepwell.jobs.work import Work
from keepwell.safeguards.access import acting, viewers
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from tests.entries import newest_entry
from tests.jobs.doing import do_all
from tests.jobs.labour import effects_of, leave, leave_effect
from tests.people import Clinic, Person, make_clinic
from tests.stores.session import Stores

SEEN: list[Viewer] = []
BETWEEN: list[Callable[[], None]] = []


@job("tests:members:count", title="Count", permission=AccessPermission.MEMBER_LIST)
def count(work: Work) -> None:
    """Remember who acts."""
    SEEN.append(viewers.of_job(work))


@job("tests:members:tally", title="Tally", permission=AccessPermission.MEMBER_LIST)
def tally(work: Work, is_in_wall: int) -> None:
    """Leave two effects; something happens between them."""
    assert work.organisation
    for _ in range(work.done, 2):
        with wall.writing(work.organisation) if is_in_wall else nullcontext(), work.step(of=2):
            leave_effect(work.id)
        happen()


@job("tests:members:pause", title="Pause", permission=AccessPermission.MEMBER_LIST)
def pause(work: Work) -> None:
    """Stop twice where stopping does no harm; something happens between."""
    work.checkpoint()
    happen()
    work.checkpoint()


def happen() -> None:
    """Do once what a test has planned."""
    if BETWEEN:
        BETWEEN.pop()()


@pytest.fixture
def clinic(stores: Stores) -> Clinic:
    SEEN.clear()
    return make_clinic("Ashgrove Clinic", "Ada")


def viewer_of(clinic: Clinic, person: Person, role: Role) -> Viewer:
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=clinic.organisation.id,
        actor=person.user.pk,
        role=role,
    )


def started(clinic: Clinic, name: str = "Ben", role: Role = Role.AUDITOR) -> tuple[Person, UUID]:
    person = clinic.add(name, role)
    with wall.writing(clinic.organisation.id):
        return person, acting.start(viewer_of(clinic, person, role), count)


def change(clinic: Clinic, person: Person, **columns: object) -> None:
    with wall.writing(clinic.organisation.id):
        assert Membership.objects.filter(user=person.user).update(**columns) == 1


def end_of(job: UUID) -> tuple[StrEnum, str]:
    do_all()
    facts = queue.find(job)
    assert facts
    return facts.state, facts.error


def test_a_job_acts_for_whoever_started_it(clinic: Clinic) -> None:
    ben, job = started(clinic)
    assert end_of(job) == (State.DONE, "")
    [viewer] = SEEN
    assert (viewer.kind, viewer.actor, viewer.on_behalf_of) == (ViewerKind.JOB, None, ben.user.pk)
    assert (viewer.role, viewer.request) == (Role.AUDITOR, job)
    assert viewer.organisation == clinic.organisation.id


def test_who_may_not_do_it_may_not_start_it(clinic: Clinic) -> None:
    with pytest.raises(NotPermitted):
        started(clinic, role=Role.MEMBER)
    assert queue.newest() == []


def test_nobody_starts_keepwells_own_work_or_work_without_an_account(clinic: Clinic) -> None:
    with pytest.raises(NotPermitted):
        acting.start(viewer_of(clinic, clinic.owner, Role.OWNER), leave)
    with pytest.raises(NotPermitted):
        acting.start(viewers.console(clinic.organisation.id, account="root"), count)


def removed(clinic: Clinic, person: Person) -> None:
    change(clinic, person, ended=clock.now())


def given_another_role(clinic: Clinic, person: Person) -> None:
    change(clinic, person, role=Role.MEMBER)


def given_some_locations(clinic: Clinic, person: Person) -> None:
    change(clinic, person, is_everywhere=False)


def closed(clinic: Clinic, person: Person) -> None:
    User.objects.filter(pk=person.user.pk).update(is_active=False)


@pytest.mark.parametrize("happening", [removed, given_another_role, given_some_locations, closed])
def test_the_job_of_somebody_who_lost_the_right_is_refused_on_the_trail(
    clinic: Clinic, happening: object
) -> None:
    ben, job = started(clinic)
    assert callable(happening)
    happening(clinic, ben)
    assert end_of(job) == (State.DEAD, NotAdmitted.code)
    assert SEEN == []
    entry = newest_entry(clinic)
    assert entry.kind == "access:job:refuse"
    assert entry.payload
    assert entry.payload.on_behalf_of == ben.user.pk
    assert entry.payload.detail == {"needed": "member:list", "job": "tests:members:count"}


@pytest.mark.parametrize("is_in_wall", [False, True])
def test_a_running_job_ends_at_the_step_after_the_right_was_lost(
    clinic: Clinic, *, is_in_wall: bool
) -> None:
    ben = clinic.add("Ben", Role.AUDITOR)
    BETWEEN[:] = [lambda: change(clinic, ben, role=Role.MEMBER)]
    viewer = viewer_of(clinic, ben, Role.AUDITOR)
    with wall.writing(clinic.organisation.id):
        job = acting.start(viewer, tally, is_in_wall=int(is_in_wall))
    assert end_of(job) == (State.DEAD, NotAdmitted.code)
    assert effects_of(job) == 1
    assert newest_entry(clinic).kind == "access:job:refuse"


def test_a_running_job_ends_at_its_next_checkpoint_too(clinic: Clinic) -> None:
    ben = clinic.add("Ben", Role.AUDITOR)
    BETWEEN[:] = [lambda: change(clinic, ben, role=Role.MEMBER)]
    with wall.writing(clinic.organisation.id):
        job = acting.start(viewer_of(clinic, ben, Role.AUDITOR), pause)
    assert end_of(job) == (State.DEAD, NotAdmitted.code)


def test_another_organisations_job_has_no_rights_here(clinic: Clinic) -> None:
    cedar = make_clinic("Cedar Practice", "Cy")
    job = queue.put(count, organisation=clinic.organisation.id, on_behalf_of=cedar.owner.user.pk)
    assert end_of(job) == (State.DEAD, NotAdmitted.code)
    assert SEEN == []
