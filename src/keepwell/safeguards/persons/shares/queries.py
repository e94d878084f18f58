"""With whom reports are shared now, and what a colleague reads by a share."""

from uuid import UUID

from keepwell.safeguards.access.lending import held_by, open_ones
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.models import SharedReport
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def shares_of(viewer: Viewer, report: UUID) -> list[SharedReport]:
    """List with whom a report is shared now, the oldest first."""
    allow(viewer, PersonPermission.REPORT)
    with wall.reading(viewer.organisation):
        return list(open_ones(SharedReport.objects.filter(report=report)).order_by("made", "id"))


def shared_with(viewer: Viewer) -> list[SharedReport]:
    """List what is shared with the viewer now, the newest first."""
    with wall.reading(viewer.organisation):
        return list(held_by(viewer, SharedReport.objects.all()))


def one_shared(viewer: Viewer, share: UUID) -> tuple[SharedReport, reports.Report]:
    """Return a report that is shared with the viewer; reading it is recorded.

    Raises OutOfReach for what is shared with somebody else, withdrawn or past.
    """
    with wall.reading(viewer.organisation):
        row: SharedReport = within_reach(held_by(viewer, SharedReport.objects.all()), pk=share)
    return row, reports.report_behind(viewer, person=row.person, ordered=row.report)
