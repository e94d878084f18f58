"""What belongs to which locations, as conditions in queries and as acts of the rooms that place.

None means all locations, here and in `Viewer.locations`. Everything here runs inside the caller's
wall; who may place what is the caller's to say.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from keepwell.safeguards.access.errors import LocationUnknown
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy.models import Location, Organisation, Placement
from keepwell.safeguards.tenancy.viewer import Viewer

INVITATION = "access.invitation"
LOCATION = "tenancy.location"
MEMBERSHIP = "access.membership"

Locations = frozenset[UUID] | None


def placed(model: str, about: UUID) -> frozenset[UUID]:
    """Return the locations that one row belongs to."""
    rows = Placement.objects.filter(model=model, about=about)
    return frozenset(rows.values_list("location_id", flat=True))


def placed_each(model: str, about: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return the locations of many rows of a model, by row; rows without any are left out."""
    rows = Placement.objects.filter(model=model, about__in=about)
    found: dict[UUID, frozenset[UUID]] = {}
    for one, location in rows.values_list("about", "location_id"):
        found[one] = found.get(one, frozenset()) | {location}
    return found


def within(viewer: Viewer, model: str) -> Q:
    """Return the condition that rows of a model belong to a location of the viewer, or to all.

    For models with `is_everywhere`. It holds for every row when the viewer belongs to all.
    """
    if viewer.locations is None:
        return Q()
    here = Placement.objects.filter(
        model=model, about=OuterRef("pk"), location_id__in=viewer.locations
    )
    return Q(is_everywhere=True) | Q(Exists(here))


def place(organisation: UUID, model: str, about: UUID, locations: Locations) -> None:
    """Let a row belong to these open locations and to no other; to all: no placement is kept.

    Raises LocationUnknown for one that is closed, another organisation's, or none at all. The
    organisation's row is locked, so that no location closes meanwhile.
    """
    Organisation.held(organisation)
    wanted = check_open(locations or ())
    if locations is not None and not wanted:
        raise LocationUnknown
    present = placed(model, about)
    Placement.objects.filter(model=model, about=about, location_id__in=present - wanted).delete()
    Placement.objects.bulk_create(
        [
            Placement(organisation_id=organisation, model=model, about=about, location_id=one)
            for one in sorted(wanted - present)
        ]
    )


def at(locations: Locations) -> tuple[Subject, ...]:
    """Name locations for an entry of the trail; all of them are named by naming none."""
    return (Subject(LOCATION, tuple(sorted(locations))),) if locations else ()


def hand_over(model: str, about: UUID, to_model: str, to: UUID) -> None:
    """Let a new row belong where another one did: an invitation's places become a membership's."""
    rows = Placement.objects.filter(model=model, about=about)
    rows.update(model=to_model, about=to)


def take_away(model: str, about: UUID) -> None:
    """Let a row belong nowhere any more: it has ended and holds no location open."""
    Placement.objects.filter(model=model, about=about).delete()


def check_open(locations: Iterable[UUID]) -> frozenset[UUID]:
    """Return these locations; raise LocationUnknown unless each is open here."""
    wanted = frozenset(locations)
    known = Location.objects.filter(pk__in=wanted, closed__isnull=True)
    if frozenset(known.values_list("pk", flat=True)) != wanted:
        raise LocationUnknown
    return wanted
