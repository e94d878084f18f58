"""What people do with persons: create, add, correct, join, undo a join, erase."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.persons.errors import (
    AlreadyJoined,
    FactsChanged,
    JoinUndone,
    KnownAlready,
    ReasonMissing,
)
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import Person, PersonJoin
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import (
    alike_within,
    joins_within,
    persons_within,
    root_of,
)
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.comparing import differing
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

PERSON = "persons.person"


class Facts(TypedDict):
    """What a colleague writes down of a person, or puts right; None: not known."""

    name: str | None
    born: date | None
    email: str | None
    telephone: str | None


@sensitive_variables()
def create_person(
    viewer: Viewer,
    *,
    name: str | None = None,
    born: date | None = None,
    email: str | None = None,
    telephone: str | None = None,
) -> Person:
    """Keep a new person, whoever's act makes one: a patient who answers, a colleague who types.

    No permission is asked: the action that needs a person has asked for its own.
    """
    with wall.writing(viewer.organisation):
        person = Person(name=name, born=born, email=email, telephone=telephone)
        keep(viewer, person, PersonsEvent.PERSON_CREATE)
    return person


@sensitive_variables()
def add_person(
    viewer: Viewer, *, is_another: bool = False, once: UUID | None = None, **facts: Unpack[Facts]
) -> Person:
    """Keep somebody whom a colleague writes down, before anything was sent.

    Raises KnownAlready for a name and birth date that are here, unless it is another person. The
    same form sent again (`once`) finds the person that it made.
    """
    allow(viewer, PersonPermission.ADD)
    allow(viewer, PersonPermission.OPEN)  # that somebody is known here says who is
    row_id = id_from(viewer, once, *facts.values())
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        there: Person | None = Person.objects.filter(pk=row_id).first()
        if there is not None:
            return there
        if not is_another and alike_within(viewer, facts["name"], facts["born"]).exists():
            raise KnownAlready
        person = Person(id=row_id, added_by=viewer.actor, **facts)
        keep(viewer, person, PersonsEvent.PERSON_CREATE)
    return person


@sensitive_variables()
def correct_person(
    viewer: Viewer,
    *,
    person: UUID,
    seen: UUID | None,
    reason: str,
    once: UUID | None = None,
    **facts: Unpack[Facts],
) -> bool:
    """Put right what differs of one person's facts; tell whether anything did (45 CFR 164.526).

    What the person sent stays as it was sent. `seen` is the `entry_id` of the row that was looked
    at: a change since then raises FactsChanged, unless it was this very form (`once`). Raises
    OutOfReach and ReasonMissing.
    """
    allow(viewer, PersonPermission.CHANGE)
    allow(viewer, PersonPermission.OPEN)  # that nothing differs says what is kept
    _need(reason)
    form = id_from(viewer, once, person, seen, reason, *facts.values())
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        found: Person = within_reach(persons_within(viewer), pk=person)
        if found.corrected_by_form == form:
            return True
        if found.entry_id != seen:  # nor does a guess learn anything without looking
            raise FactsChanged
        wrong = differing(found, facts)
        if wrong:
            _put_right(found, {name: value for name, value in facts.items() if name in wrong})
            found.corrected_by_form = form
            keep(viewer, found, PersonsEvent.PERSON_CHANGE, reason=reason.strip())
    return bool(wrong)


@sensitive_variables()
def _put_right(person: Person, facts: Mapping[str, object]) -> None:
    for name, value in facts.items():
        setattr(person, name, value)
    person.corrected = clock.now()


def join(viewer: Viewer, *, person: UUID, into: UUID, reason: str) -> PersonJoin:
    """Say that two persons are one human being. Neither's keys nor rows are touched.

    Raises AlreadyJoined, which also refuses loops, and ReasonMissing.
    """
    allow(viewer, PersonPermission.JOIN)
    _need(reason)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        for which in (person, into):
            within_reach(persons_within(viewer), pk=which)
        if root_of(person) != person or root_of(into) == person:
            raise AlreadyJoined
        entry = record(
            viewer, PersonsEvent.JOIN_BEGIN, subjects=(_subject(person, into),), reason=reason
        )
        made: PersonJoin = PersonJoin.objects.create(
            organisation_id=viewer.organisation,
            joined_id=person,
            into_id=into,
            by=viewer.actor,
            entry_id=entry,
        )
    return made


def undo_join(viewer: Viewer, *, join: UUID, reason: str) -> PersonJoin:
    """Part two persons again; whatever was joined into the first stays joined with it."""
    allow(viewer, PersonPermission.JOIN)
    _need(reason)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        found: PersonJoin = within_reach(joins_within(viewer), pk=join)
        if found.undone is not None:
            raise JoinUndone
        subject = _subject(found.joined_id, found.into_id)
        found.undone_entry_id = record(
            viewer, PersonsEvent.JOIN_UNDO, subjects=(subject,), reason=reason
        )
        found.undone, found.undone_by = clock.now(), viewer.actor
        found.save(update_fields=["undone", "undone_by", "undone_entry_id"])
    return found


def erase_person(viewer: Viewer, *, person: UUID, reason: str) -> UUID:
    """Erase one person and every record about that person; return the id of the last trail entry.

    Keys are shredded together. Persons joined with this one lose the join and nothing else.
    """
    allow(viewer, PersonPermission.ERASE)
    _need(reason)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        found = within_reach(persons_within(viewer), pk=person)
        for side in ("joined", "into"):
            PersonJoin.objects.filter(**{side: person}).delete()
        rows = [*_records_about(person), found]
        entry = erase(viewer, rows, PersonsEvent.PERSON_ERASE, reason=reason)
    return entry if entry is not None else found.entry_id


def _records_about(person: UUID) -> Sequence[SealedRecord]:
    """Return every sealed record that refers to this person."""
    return [
        row
        for model in sealed_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
        for row in model.objects.filter(**{field.attname: person})
    ]


def _subject(*persons: UUID) -> Subject:
    return Subject(PERSON, persons, (), persons)


def _need(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
