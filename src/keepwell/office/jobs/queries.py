"""Which jobs a viewer reaches: the organisation's own; those of the installation if it is alone."""

from uuid import UUID

from keepwell.jobs import queue, schedules
from keepwell.jobs.models import State
from keepwell.jobs.queue import Facts
from keepwell.jobs.schedules import Planned
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer

MOST = 50
MOST_ENDED = 25
_STANDING = (State.DEAD, State.RUNNING, State.WAITING)


def jobs_of(viewer: Viewer) -> list[Facts]:
    """List the newest jobs within reach: what failed, what runs, what waits, then what ended.

    None of them pushes off another. What is done by the clock and went well stands with its
    schedule: some of it is every minute.
    """
    allow(viewer, OfficePermission.JOB_MANAGE)
    by_clock = [kind.name for kind in schedules.scheduled()]
    reach, ended = _reach(viewer), [one for one in State if one not in _STANDING]
    standing = [queue.newest(organisations=reach, states=[one], limit=MOST) for one in _STANDING]
    over = queue.newest(organisations=reach, states=ended, limit=MOST_ENDED, without_done=by_clock)
    return [facts for some in (*standing, over) for facts in some]


def schedules_of(viewer: Viewer) -> list[Planned]:
    """List what is done by the clock; it is the same for every organisation."""
    allow(viewer, OfficePermission.JOB_MANAGE)
    return schedules.planned()


def job_of(viewer: Viewer, job: UUID) -> Facts:
    """Return a job within reach, or raise OutOfReach."""
    allow(viewer, OfficePermission.JOB_MANAGE)
    facts = queue.find(job)
    if facts is None or facts.organisation not in _reach(viewer):
        raise OutOfReach
    return facts


def _reach(viewer: Viewer) -> set[UUID | None]:
    """Return whose jobs these are; another organisation's administrator decides nothing for all."""
    alone = organisation_ids() == [viewer.organisation]
    return {viewer.organisation, None} if alone else {viewer.organisation}
