"""With whom reports are shared now, and what a colleague reads by a share."""

from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.models import SharedReport
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet


def shares_of(viewer: Viewer, report: UUID) -> list[SharedReport]:
    """List with whom a report is shared now, the oldest first."""
    allow(viewer, PersonPermission.REPORT)
    with wall.reading(viewer.organisation):
        return list(shares_within(viewer).filter(report=report).order_by("made", "id"))


def shared_with(viewer: Viewer) -> list[SharedReport]:
    """List what is shared with the viewer now, the newest first."""
    if viewer.kind is not ViewerKind.MEMBER or viewer.actor is None:
        return []
    with wall.reading(viewer.organisation):
        return list(shares_within(viewer).filter(colleague=viewer.actor).order_by("-made", "-id"))


def one_shared(viewer: Viewer, share: UUID) -> tuple[SharedReport, reports.Report]:
    """Return a report that is shared with the viewer; reading it is recorded.

    Raises OutOfReach for what is shared with somebody else, withdrawn or past.
    """
    if viewer.kind is not ViewerKind.MEMBER or viewer.actor is None:
        raise OutOfReach
    with wall.reading(viewer.organisation):
        row: SharedReport = within_reach(
            shares_within(viewer).filter(colleague=viewer.actor), pk=share
        )
    return row, reports.report_behind(viewer, person=row.person, ordered=row.report)


def shares_within(viewer: Viewer) -> "QuerySet[SharedReport]":
    """Return the shares that can be read now. Inside the caller's wall."""
    rows = SharedReport.objects.filter(organisation=viewer.organisation)
    return rows.filter(ended__isnull=True, expires__gt=clock.now())
