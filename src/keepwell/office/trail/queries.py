"""The searches of the trail that a member has given a name."""

from keepwell.office.models import SavedView
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

MOST_VIEWS = 30


def views_of(viewer: Viewer) -> list[SavedView]:
    """Return this member's own saved views in this organisation, by name."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.reading(viewer.organisation):
        return list(SavedView.objects.filter(account=viewer.actor).order_by("name"))
