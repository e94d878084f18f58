"""Work that a member starts now and that happens later, with the rights the member has then."""

from uuid import UUID

from keepwell.jobs import queue
from keepwell.jobs.arguments import Argument
from keepwell.jobs.declaring import Kind
from keepwell.jobs.errors import NotAdmitted
from keepwell.jobs.work import Work
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.queries import allow, may
from keepwell.safeguards.access.viewers import of_job
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


def start(
    viewer: Viewer, kind: Kind, *, key: tuple[Argument, ...] | None = None, **given: Argument
) -> UUID:
    """Put a job that acts for this viewer, in the caller's transaction; return its id.

    Raises NotPermitted for a kind that this viewer may not start, or that nobody starts. A command
    on the host has no account whose rights the job could have later: it does its work itself.
    """
    person = viewer.on_behalf_of if viewer.kind is ViewerKind.JOB else viewer.actor
    if kind.permission is None or person is None:
        raise NotPermitted
    allow(viewer, kind.permission)
    return queue.put(kind, organisation=viewer.organisation, on_behalf_of=person, key=key, **given)


def judge(work: Work) -> None:
    """Refuse a job whose person may no longer do it: removed, closed, or in another role.

    The refusal is on the trail. Raises NotAdmitted.
    """
    permission = work.kind.permission
    if permission is None:
        return
    if work.organisation is None or work.on_behalf_of is None:
        raise NotAdmitted
    viewer = of_job(work)
    if may(viewer, permission):
        return
    about = Subject(model="jobs.job", ids=(work.id,))
    detail = {"needed": str(permission), "job": work.kind.name}
    record_now(viewer, AccessKind.JOB_REFUSE, subjects=(about,), outcome="refused", detail=detail)
    raise NotAdmitted
