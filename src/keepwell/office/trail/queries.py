"""Searches of the trail that have a name, and parts of it that are in a colleague's hands."""

from uuid import UUID

from keepwell.office.models import SavedView, SharedExtract
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.lending import held_by, open_ones
from keepwell.safeguards.access.queries import allow, may, within_reach
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

MOST_VIEWS = 30


def views_of(viewer: Viewer) -> list[SavedView]:
    """Return this member's own saved views in this organisation, by name."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.reading(viewer.organisation):
        return list(SavedView.objects.filter(account=viewer.actor).order_by("name"))


def may_share(viewer: Viewer) -> bool:
    """Tell whether the viewer may share parts of the trail: by the own role, not for a while."""
    by_role = viewer.role in registry.roles_holding(OfficePermission.TRAIL_READ)
    return may(viewer, OfficePermission.TRAIL_READ) and (
        by_role or viewer.kind is not ViewerKind.MEMBER
    )


def extracts_now(viewer: Viewer) -> list[SharedExtract]:
    """List the parts of the trail that are in a colleague's hands now, the newest first."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.reading(viewer.organisation):
        return list(open_ones(SharedExtract.objects.all()).order_by("-made", "-id"))


def has_extracts_now(viewer: Viewer) -> bool:
    """Tell whether any part of the trail is in a colleague's hands now."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.reading(viewer.organisation):
        return bool(open_ones(SharedExtract.objects.all()).exists())


def shared_with(viewer: Viewer) -> list[SharedExtract]:
    """List what of the trail is shared with the viewer now, the newest first."""
    with wall.reading(viewer.organisation):
        return list(held_by(viewer, SharedExtract.objects.all()))


def one_shared(viewer: Viewer, extract: UUID) -> SharedExtract:
    """Return what is shared with the viewer; OutOfReach for others', withdrawn and past ones."""
    with wall.reading(viewer.organisation):
        row: SharedExtract = within_reach(held_by(viewer, SharedExtract.objects.all()), pk=extract)
    return row
