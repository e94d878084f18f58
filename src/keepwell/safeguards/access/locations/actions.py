"""Adding, changing and closing a location. None is deleted: the trail and old pages speak of it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, models, transaction

from keepwell.safeguards.access.errors import LastLocation, LocationInUse, LocationTwice
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.locations.placing import LOCATION
from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Location, Organisation, Placement
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

_PORTION = 900  # rows in one entry of the trail
FIELDS = ("name", "address", "telephone", "hours")


def first_location(organisation: Organisation) -> Location:
    """Make the location that every organisation begins with, named as the organisation is.

    Runs in the transaction that founds the organisation.
    """
    facts = {name: getattr(organisation, name) for name in FIELDS}
    made: Location = Location.objects.create(organisation=organisation, **facts)
    return made


def add(viewer: Viewer, *, values: Mapping[str, str], once: UUID | None = None) -> Location:
    """Open a location. Raises LocationTwice for a name that another open one has.

    The same form sent again (`once`) finds the location that is there.
    """
    allow(viewer, AccessPermission.LOCATION_CHANGE)
    facts = _facts(values)
    row = Location(
        id=id_from(viewer, once, *facts.values()), organisation_id=viewer.organisation, **facts
    )
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        there: Location | None = Location.objects.filter(pk=row.pk).first()
        if there is not None:
            return there
        _save(row)
        record(viewer, AccessKind.LOCATION_ADD, subjects=(_subject(row),))
    return row


def change(viewer: Viewer, *, location: UUID, values: Mapping[str, str]) -> Sequence[str]:
    """Keep what differs; return the names of the fields that changed. Raises LocationTwice."""
    allow(viewer, AccessPermission.LOCATION_CHANGE)
    with wall.writing(viewer.organisation):
        row = _open_one(viewer, location)
        changed = [name for name, value in _facts(values).items() if value != getattr(row, name)]
        for name in changed:
            setattr(row, name, _facts(values)[name])
        if changed:
            _save(row)
            record(viewer, AccessKind.LOCATION_CHANGE, subjects=(_subject(row, *changed),))
    return changed


def close(viewer: Viewer, *, location: UUID, move_to: UUID | None, reason: str) -> Location:
    """Close a location; what belongs to it moves to another in the same step.

    Raises LocationInUse when something belongs to it and no other is named, LastLocation for the
    only open one. Closing a closed one does nothing more.
    """
    allow(viewer, AccessPermission.LOCATION_CHANGE)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Location = within_reach(Location.objects.all(), pk=location)
        if row.closed is not None:
            return row
        if not _others(row).exists():
            raise LastLocation
        target = within_reach(_others(row), pk=move_to) if move_to else None
        moved = _move(row, target)
        row.closed = now()
        row.save(update_fields=["closed"])
        between = (_subject(row), *([_subject(target)] if target else []))
        for portion in moved or [()]:
            record(viewer, AccessKind.LOCATION_CLOSE, subjects=(*between, *portion), reason=reason)
    return row


def _move(row: Location, target: Location | None) -> list[tuple[Subject, ...]]:
    """Let what belongs to one location belong to another.

    Return what that was, in portions that one entry of the trail can name.
    """
    here = list(Placement.objects.filter(location=row).values_list("pk", "model", "about"))
    if here and target is None:
        raise LocationInUse
    there = set(Placement.objects.filter(location=target).values_list("model", "about"))
    twice = [pk for pk, model, about in here if (model, about) in there]
    Placement.objects.filter(pk__in=twice).delete()
    Placement.objects.filter(location=row).update(location=target)
    moved = [(model, about) for _pk, model, about in here]
    return [_named(moved[at : at + _PORTION]) for at in range(0, len(moved), _PORTION)]


def _named(rows: Sequence[tuple[str, UUID]]) -> tuple[Subject, ...]:
    models = sorted({model for model, _ in rows})
    return tuple(
        Subject(model, tuple(about for one, about in rows if one == model)) for model in models
    )


def _open_one(viewer: Viewer, location: UUID) -> Location:
    take_turn(viewer)
    found: Location = within_reach(Location.objects.filter(closed__isnull=True), pk=location)
    return found


def _others(row: Location) -> models.QuerySet[Location]:
    return Location.objects.filter(closed__isnull=True).exclude(pk=row.pk)


def _facts(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name].strip() for name in FIELDS if name in values}


def _save(row: Location) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise LocationTwice from error


def _subject(row: Location, *fields: str) -> Subject:
    return Subject(LOCATION, (row.pk,), fields)
