"""Trying whether mail arrives."""

from uuid import UUID

from keepwell.jobs import queue
from keepwell.office.events import OfficeEvent
from keepwell.office.permissions import OfficePermission
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.office.tasks import write_about_account
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def send_test(viewer: Viewer) -> UUID:
    """Put a test letter to the viewer's own address; return the job's id."""
    allow(viewer, OfficePermission.MAIL_MANAGE)
    if viewer.actor is None:
        raise NotPermitted
    with wall.writing(viewer.organisation):
        job = queue.put(
            write_about_account,
            organisation=viewer.organisation,
            account=viewer.actor,
            letter=AccountLetter.TEST,
        )
        about = Subject(model="jobs.job", ids=(job,))
        record(viewer, OfficeEvent.MAIL_TEST, subjects=(about,))
    return job
