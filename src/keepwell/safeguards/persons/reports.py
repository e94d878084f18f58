"""Who opened one person's data from one day to another: a report ordered, and proven, by the trail.

The order is an entry: who wanted it, when, for what span and why. The report is whatever the log
holds of that span before the order, so that it says the same whenever it is looked at again. It
answers for what was opened in Keepwell; it is no accounting of disclosures that were made outside
(45 CFR 164.528), only the part of one that a machine can know.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final, TypedDict, Unpack
from uuid import UUID

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record_once
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.proofs import Proof, Standing, proofs_of
from keepwell.safeguards.audit.queries import (
    TrailEntry,
    entry_named,
    everything,
    page_of_entries,
)
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import ids_one_with
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy.viewer import Viewer

PERSON = "persons.person"
MOST_OPENINGS = 2000  # in one report; it says where it ends
OPENED = frozenset({str(RecordsEvent.FIELDS_OPEN)})
SINCE: Final = "since"
UNTIL: Final = "until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the trail says of a report: for whom, of which span, by whom and why."""

    entry: TrailEntry
    said: Payload
    persons: tuple[UUID, ...]  # all who were one with the person when it was ordered
    since: datetime
    until: datetime  # not itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One entry, cut to what it says of this person, and its proof."""

    entry: TrailEntry
    others: int  # persons beside this one whose data the same act opened, as a list does
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Openings of one person's data, newest first."""

    order: Order
    openings: tuple[Opening, ...]
    is_cut: bool  # there are more than a report holds, older than the last one
    proof: Proof  # of the order, against the head that proves the openings too

    @property
    def standing(self) -> Standing:
        """Return how the weakest entry stands in the signed tree."""
        found = {self.proof.standing, *(one.proof.standing for one in self.openings)}
        weakest = (Standing.BROKEN, Standing.WAITING)
        return next((one for one in weakest if one in found), Standing.PROVEN)


def is_known(viewer: Viewer, person: UUID) -> bool:
    """Tell whether the person is kept now; raise OutOfReach for ids that were never ours.

    One who was erased is not kept and still can be asked about: the trail names who opened what.
    """
    is_here = bool(ids_one_with(viewer, person))
    if not is_here:
        _need_erasure(viewer, person)
    return is_here


class Span(TypedDict):
    """Between which moments; `until` is not part of it."""

    since: datetime
    until: datetime


def order(
    viewer: Viewer, *, person: UUID, reason: str, once: UUID | None = None, **span: Unpack[Span]
) -> UUID:
    """Order a report; return the id of the entry that says so, by which the report is found.

    The same form sent again (`once`) is the same order: the trail recognises its entry's id.
    Raises OutOfReach, ReasonMissing, TrailUnavailable.
    """
    allow(viewer, PersonPermission.REPORT)
    why = reason.strip()
    if not why:
        raise ReasonMissing
    persons = _ids(viewer, person)
    said = {name: span[name].isoformat() for name in (SINCE, UNTIL)}
    return record_once(
        viewer,
        PersonsEvent.REPORT_ORDER,
        id_from(viewer, once, *persons, *said.values(), viewer.purpose, why),
        subjects=(Subject(PERSON, persons),),
        reason=why,
        detail=said,
    )


def report_of(viewer: Viewer, *, person: UUID, ordered: UUID) -> Report:
    """Return the report that an entry ordered about this person; that it is read is on the trail.

    Raises OutOfReach for every id that is no such order of this organisation.
    """
    allow(viewer, PersonPermission.REPORT)
    return report_behind(viewer, person=person, ordered=ordered)


def order_of(viewer: Viewer, *, person: UUID, ordered: UUID) -> Order:
    """Return what the trail says of a report, which is recorded; raises OutOfReach."""
    allow(viewer, PersonPermission.REPORT)
    return _order(viewer, person, ordered)


def report_behind(viewer: Viewer, *, person: UUID, ordered: UUID) -> Report:
    """Return a report to somebody who was found to hold it, by permission or by a share."""
    asked = _order(viewer, person, ordered)
    span = Search(about=asked.persons, kinds=OPENED, since=asked.since, until=asked.until)
    found = everything(viewer, span, before=asked.entry.index, most=MOST_OPENINGS + 1)
    shown = found[:MOST_OPENINGS]
    indexes = [asked.entry.index, *(entry.index for entry in shown)]
    proof, *proofs = proofs_of(viewer.organisation, indexes)
    persons = frozenset(asked.persons)
    return Report(
        order=asked,
        openings=tuple(map(partial(_opening, persons), shown, proofs)),
        is_cut=len(found) > MOST_OPENINGS,
        proof=proof,
    )


def _ids(viewer: Viewer, person: UUID) -> tuple[UUID, ...]:
    """Return all who are one with a person; of one who was erased, the id alone."""
    found = ids_one_with(viewer, person)
    if not found:
        _need_erasure(viewer, person)
    return tuple(sorted(found)) or (person,)


def _need_erasure(viewer: Viewer, person: UUID) -> None:
    """Raise OutOfReach unless the trail says that this person was erased here."""
    found = page_of_entries(viewer, about=person, kinds=[PersonsEvent.PERSON_ERASE])
    said = (entry.payload for entry in found.entries if entry.payload is not None)
    if not any(person in one.ids for payload in said for one in payload.subjects):
        raise OutOfReach


def _order(viewer: Viewer, person: UUID, ordered: UUID) -> Order:
    try:
        entry = entry_named(viewer, ordered)
    except EntryMissing as error:
        raise OutOfReach from error
    said = entry.payload
    if entry.kind != PersonsEvent.REPORT_ORDER or said is None:
        raise OutOfReach
    persons = tuple(id_ for subject in said.subjects for id_ in subject.ids)
    if person not in persons:
        raise OutOfReach
    since, until = (datetime.fromisoformat(said.detail[name]) for name in (SINCE, UNTIL))
    return Order(entry=entry, said=said, persons=persons, since=since, until=until)


def _opening(persons: frozenset[UUID], entry: TrailEntry, proof: Proof) -> Opening:
    """Leave out what an entry says of others, but not how many they are."""
    if entry.payload is None:
        return Opening(entry=entry, others=0, proof=proof)
    subjects = entry.payload.subjects
    named = {id_ for one in subjects for id_ in (*one.persons, *_persons_in(one))}
    own = tuple(filter(None, (_part(subject, persons) for subject in subjects)))
    cut = replace(entry, payload=replace(entry.payload, subjects=own))
    return Opening(entry=cut, others=len(named - persons), proof=proof)


def _persons_in(subject: Subject) -> tuple[UUID, ...]:
    return subject.ids if subject.model == PERSON else ()


def _part(subject: Subject, persons: frozenset[UUID]) -> Subject | None:
    """Return what a subject says of these persons, None when it says nothing of them.

    The trail names rows and persons of one opening, not which belongs to whom. Rows that belong to
    several persons are therefore counted together, without naming anybody else.
    """
    own = tuple(id_ for id_ in subject.ids if id_ in persons)
    if own:
        return Subject(subject.model, own, subject.fields, own)
    named = tuple(id_ for id_ in subject.persons if id_ in persons)
    return Subject(subject.model, subject.ids, subject.fields, named) if named else None
