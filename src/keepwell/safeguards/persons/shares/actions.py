"""Sharing a report with a colleague for some days, and taking it back."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from keepwell.safeguards.access import lending
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.lending import MOST_DAYS, open_ones
from keepwell.safeguards.access.manifest import Held
from keepwell.safeguards.access.queries import allow, role_of, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import SharedReport
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

MODEL = "persons.sharedreport"
ACCOUNT = "identity.user"


def share(
    viewer: Viewer, *, person: UUID, report: UUID, colleague: UUID, days: int, reason: str
) -> tuple[SharedReport, bool]:
    """Share a report with a member for some days; return it and whether it is new.

    What is shared with that colleague already stays as it is: withdraw it to share it for longer.
    Raises OutOfReach for a report or a colleague that is not of this organisation, ReasonMissing.
    """
    allow(viewer, PersonPermission.REPORT)
    if not reason.strip():
        raise ReasonMissing
    order = reports.order_of(viewer, person=person, ordered=report)
    days = max(1, min(days, MOST_DAYS))
    with wall.writing(viewer.organisation):
        # One after another: two clicks share once, and nobody leaves meanwhile.
        take_turn(viewer)
        if colleague == viewer.actor or role_of(colleague, viewer.organisation) is None:
            raise OutOfReach
        for already in open_ones(SharedReport.objects.filter(report=report, colleague=colleague)):
            return already, False
        row = SharedReport.objects.create(
            organisation_id=viewer.organisation,
            report=report,
            person=person,
            colleague=colleague,
            by=viewer.actor,
            expires=clock.now() + timedelta(days=days),
        )
        subjects = (
            Subject(MODEL, (row.pk,), (), order.persons),
            Subject(ACCOUNT, (colleague,)),
        )
        record(
            viewer,
            PersonsEvent.REPORT_SHARE,
            subjects=subjects,
            reason=reason.strip(),
            detail={"report": str(report), "days": str(days)},
        )
    return row, True


def take_from(viewer: Viewer, account: UUID) -> Iterator[Held]:
    """End what is shared with somebody who leaves. Inside the caller's wall."""
    return lending.take_from(viewer, account, SharedReport.objects.all(), MODEL)


def withdraw(viewer: Viewer, *, share: UUID) -> SharedReport:
    """Take a shared report back at once; once it is over, nothing changes. Raises OutOfReach."""
    allow(viewer, PersonPermission.REPORT)
    with wall.writing(viewer.organisation):
        rows = SharedReport.objects.select_for_update(no_key=True)
        row: SharedReport = within_reach(rows, pk=share)
        if row.is_open:
            row.end()
            subjects = (Subject(MODEL, (row.pk,)), Subject(ACCOUNT, (row.colleague,)))
            record(viewer, PersonsEvent.REPORT_WITHDRAW, subjects=subjects)
    return row
