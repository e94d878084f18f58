"""Which locations there are, and what belongs to each."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count

from keepwell.safeguards.access.locations.placing import (
    MEMBERSHIP,
    Locations,
    placed,
    placed_each,
)
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Location, Placement
from keepwell.safeguards.tenancy.viewer import Viewer


def open_locations(viewer: Viewer) -> list[Location]:
    """List the open locations that the viewer belongs to, by name."""
    with wall.reading(viewer.organisation):
        rows = Location.objects.filter(closed__isnull=True)
        if viewer.locations is not None:
            rows = rows.filter(pk__in=viewer.locations)
        return list(rows.order_by("name", "id"))


def is_divided(viewer: Viewer) -> bool:
    """Tell whether the organisation has more than one open location."""
    with wall.reading(viewer.organisation):
        return Location.objects.filter(closed__isnull=True)[:2].count() > 1


def names_of(viewer: Viewer, locations: Collection[UUID]) -> list[str]:
    """Return the names of some locations, in order."""
    with wall.reading(viewer.organisation):
        rows = Location.objects.filter(pk__in=locations).order_by("name", "id")
        return list(rows.values_list("name", flat=True))


def every_location(viewer: Viewer) -> list[Location]:
    """List all locations, closed ones last."""
    allow(viewer, AccessPermission.LOCATION_CHANGE)
    with wall.reading(viewer.organisation):
        rows = Location.objects.order_by("name", "id")
        return sorted(rows, key=lambda one: one.closed is not None)


def location_with(viewer: Viewer, location: UUID) -> Location:
    """Return a location of the viewer's organisation, closed or not; raise OutOfReach."""
    allow(viewer, AccessPermission.LOCATION_CHANGE)
    with wall.reading(viewer.organisation):
        found: Location = within_reach(Location.objects.all(), pk=location)
        return found


def counts_at(viewer: Viewer) -> dict[UUID, dict[str, int]]:
    """Count what belongs to each location, by the name of its model."""
    allow(viewer, AccessPermission.LOCATION_CHANGE)
    with wall.reading(viewer.organisation):
        rows = Placement.objects.order_by().values("location_id", "model")
        found: dict[UUID, dict[str, int]] = {}
        for row in rows.annotate(count=Count("pk")):
            found.setdefault(row["location_id"], {})[row["model"]] = row["count"]
        return found


def where_is(viewer: Viewer, row: Membership) -> Locations:
    """Return the locations that a member belongs to; None: to all."""
    if row.is_everywhere:
        return None
    with wall.reading(viewer.organisation):
        return placed(MEMBERSHIP, row.pk)


def names_at(viewer: Viewer, model: str, rows: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the locations that each of these rows of a model belongs to, in order."""
    with wall.reading(viewer.organisation):
        places = placed_each(model, rows)
        names = dict(Location.objects.values_list("pk", "name")) if places else {}
    return {one: sorted(names[place] for place in at) for one, at in places.items()}
