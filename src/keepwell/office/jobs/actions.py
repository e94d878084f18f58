"""Deciding about a job: that it goes no further, or that it is tried again. Both on the trail."""

from uuid import UUID

from keepwell.jobs import queue
from keepwell.office.events import OfficeEvent
from keepwell.office.jobs.queries import job_of
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def cancel_job(viewer: Viewer, *, job: UUID, reason: str = "") -> bool:
    """Cancel a job that waits, ask one that runs to stop; return whether there was one to."""
    allow(viewer, OfficePermission.JOB_MANAGE)
    facts = job_of(viewer, job)
    with wall.writing(viewer.organisation):
        is_changed = queue.cancel(facts.id)
        if is_changed:
            _record(viewer, OfficeEvent.JOB_CANCEL, facts, reason)
    return is_changed


def retry_job(viewer: Viewer, *, job: UUID, reason: str = "") -> bool:
    """Let a job that failed or was cancelled begin its tries anew; return whether it does."""
    allow(viewer, OfficePermission.JOB_MANAGE)
    facts = job_of(viewer, job)
    with wall.writing(viewer.organisation):
        is_changed = queue.retry(facts.id)
        if is_changed:
            _record(viewer, OfficeEvent.JOB_RETRY, facts, reason)
    return is_changed


def _record(viewer: Viewer, kind: OfficeEvent, facts: queue.Facts, reason: str) -> None:
    about = Subject(model="jobs.job", ids=(facts.id,))
    record(viewer, kind, subjects=(about,), reason=reason, detail={"job": facts.name})
