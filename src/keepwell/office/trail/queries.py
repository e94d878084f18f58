"""Searches of the trail that have a name, and parts of it that are in a colleague's hands."""

from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.office.models import SavedView, SharedExtract
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.queries import allow, may, within_reach
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
        return list(extracts_within(viewer).order_by("-made", "-id"))


def shared_with(viewer: Viewer) -> list[SharedExtract]:
    """List what of the trail is shared with the viewer now, the newest first."""
    if viewer.kind is not ViewerKind.MEMBER or viewer.actor is None:
        return []
    with wall.reading(viewer.organisation):
        found = extracts_within(viewer).filter(colleague=viewer.actor)
        return list(found.order_by("-made", "-id"))


def one_shared(viewer: Viewer, extract: UUID) -> SharedExtract:
    """Return what is shared with the viewer; OutOfReach for others', withdrawn and past ones."""
    if viewer.kind is not ViewerKind.MEMBER or viewer.actor is None:
        raise OutOfReach
    with wall.reading(viewer.organisation):
        mine = extracts_within(viewer).filter(colleague=viewer.actor)
        row: SharedExtract = within_reach(mine, pk=extract)
    return row


def extracts_within(viewer: Viewer) -> "QuerySet[SharedExtract]":
    """Return the parts that can be read now. Inside the caller's wall."""
    rows = SharedExtract.objects.filter(organisation=viewer.organisation)
    return rows.filter(ended__isnull=True, expires__gt=clock.now())
