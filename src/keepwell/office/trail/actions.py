"""Giving what one narrows the trail by a name, and taking it away. Each member has their own."""

from uuid import UUID

from keepwell.office.events import OfficeEvent
from keepwell.office.models import SavedView
from keepwell.office.permissions import OfficePermission
from keepwell.office.trail.errors import TooManyViews
from keepwell.office.trail.queries import MOST_VIEWS, views_of
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def save_view(viewer: Viewer, *, name: str, asked: str) -> SavedView:
    """Keep a search under a name; a name that is there already means this search from now on."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.writing(viewer.organisation):
        own = views_of(viewer)
        if len(own) >= MOST_VIEWS and name not in {view.name for view in own}:
            raise TooManyViews
        view, _is_new = SavedView.objects.update_or_create(
            organisation_id=viewer.organisation,
            account=viewer.actor,
            name=name,
            defaults={"asked": asked},
        )
        _record(viewer, OfficeEvent.VIEW_SAVE, view.pk)
    kept: SavedView = view
    return kept


def remove_view(viewer: Viewer, *, view: UUID) -> None:
    """Take a saved search away; OutOfReach for those of others, here or elsewhere."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.writing(viewer.organisation):
        gone, _rows = SavedView.objects.filter(pk=view, account=viewer.actor).delete()
        if not gone:
            raise OutOfReach
        _record(viewer, OfficeEvent.VIEW_REMOVE, view)


def _record(viewer: Viewer, kind: OfficeEvent, view: UUID) -> None:
    record(viewer, kind, subjects=(Subject("office.savedview", (view,)),))
