"""Emergency accesses: the one that is on, those that wait for a review, all that were."""

from uuid import UUID

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.models import EmergencyAccess
from keepwell.safeguards.access.paging import Part, part_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, grants_of, within_reach
from keepwell.safeguards.access.reserving import is_kept_from
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer


def mine(viewer: Viewer) -> EmergencyAccess | None:
    """Return the emergency access that the viewer has in this session, if any is on."""
    if viewer.emergency is None:
        return None
    with wall.reading(viewer.organisation):
        found: EmergencyAccess | None = EmergencyAccess.objects.filter(pk=viewer.emergency).first()
        return found


def opens_more(viewer: Viewer) -> bool:
    """Tell whether breaking the glass would open anything to this viewer.

    To a role that does not hold it all, at the locations that are not the viewer's, or of what is
    kept for others.
    """
    if viewer.locations is not None:
        return True
    if not grants_of(viewer.role) >= registry.emergency_permissions():
        return True
    with wall.reading(viewer.organisation):
        return is_kept_from(viewer)


def minutes_of(viewer: Viewer) -> int:
    """Return how many minutes an emergency access lasts in the viewer's organisation."""
    with wall.reading(viewer.organisation):
        own = Organisation.objects.filter(pk=viewer.organisation)
        return int(own.values_list("emergency_minutes", flat=True)[0])


def reviewed_in(viewer: Viewer, *, after: UUID | None = None) -> Part[EmergencyAccess]:
    """Return a page of the emergency accesses that an officer has judged, the newest first."""
    allow(viewer, AccessPermission.OFFICER_SERVE)
    with wall.reading(viewer.organisation):
        rows = EmergencyAccess.objects.filter(reviewed__isnull=False)
        whose = rows.select_related("membership__user")
        return part_of(whose, EmergencyAccess.objects.all(), "-begun", after)


def unreviewed(viewer: Viewer) -> list[EmergencyAccess]:
    """List all emergency accesses that an officer has yet to judge, the oldest first."""
    allow(viewer, AccessPermission.OFFICER_SERVE)
    with wall.reading(viewer.organisation):
        rows = EmergencyAccess.objects.filter(reviewed__isnull=True)
        return list(rows.select_related("membership__user").order_by("begun", "id"))


def one(viewer: Viewer, emergency: UUID) -> EmergencyAccess:
    """Return one emergency access of the viewer's organisation; raise OutOfReach."""
    allow(viewer, AccessPermission.OFFICER_SERVE)
    with wall.reading(viewer.organisation):
        rows = EmergencyAccess.objects.select_related("membership__user")
        found: EmergencyAccess = within_reach(rows, pk=emergency)
        return found
