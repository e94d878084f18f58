"""Everything kept about one person, for that person (45 CFR 164.524): ordered, then fetched.

The order is an entry on the trail: who wanted it and why. Whoever gave it can fetch the export for
an hour; each time everything in it is opened anew and recorded so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record_once
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.queries import entry_named
from keepwell.safeguards.persons.errors import ExportEnded, ReasonMissing
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import ids_of_whole, whole_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

PERSON = "persons.person"
LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Export:
    """An export that can be fetched: all who were one with the person, oldest first."""

    id: UUID
    persons: tuple[UUID, ...]
    ordered: datetime

    @property
    def ends(self) -> datetime:
        """Return when it can be fetched no more."""
        return self.ordered + LASTS


def order(viewer: Viewer, *, person: UUID, reason: str, once: UUID | None = None) -> UUID:
    """Order an export; return the id of the entry that says so, by which it is fetched.

    The same form sent again (`once`) is the same order: the trail recognises its entry's id.
    Raises OutOfReach, ReasonMissing, TrailUnavailable.
    """
    allow(viewer, PersonPermission.EXPORT)
    if not reason.strip():
        raise ReasonMissing
    ids = tuple(one.pk for one in whole_of(viewer, person))
    return record_once(
        viewer,
        PersonsEvent.EXPORT_ORDER,
        id_from(viewer, once, *ids, viewer.purpose, reason.strip()),
        subjects=(Subject(PERSON, ids, (), ids),),
        reason=reason.strip(),
        detail={},
    )


def export_with(viewer: Viewer, *, person: UUID, order: UUID) -> Export:
    """Return one's own export of a person; OutOfReach for any other id.

    Raises ExportEnded after an hour, and once a join was undone that held these persons together.
    Reading the order from the trail is itself recorded.
    """
    allow(viewer, PersonPermission.EXPORT)
    try:
        entry = entry_named(viewer, order)
    except EntryMissing as error:
        raise OutOfReach from error
    said = entry.payload
    if entry.kind != PersonsEvent.EXPORT_ORDER or said is None or said.actor != viewer.actor:
        raise OutOfReach
    persons = tuple(id_ for subject in said.subjects for id_ in subject.ids)
    if person not in persons:
        raise OutOfReach
    if clock.now() >= entry.moment + LASTS or not _are_one(viewer, persons):
        raise ExportEnded
    return Export(order, persons, entry.moment)


def _are_one(viewer: Viewer, persons: tuple[UUID, ...]) -> bool:
    with wall.reading(viewer.organisation):
        return ids_of_whole(persons[0]).issuperset(persons)
