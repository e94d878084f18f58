"""Finding persons: by id, as a whole, as a possible match, page by page.

Nothing here opens a value: callers open what they show in a disclosure scope; the rows come sealed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.emergencies.reach import everywhere_in_emergency
from keepwell.safeguards.access.queries import allow, may, within_reach
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.queries import Page, page_of_entries
from keepwell.safeguards.persons.errors import NothingToFindBy
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import Person, PersonJoin
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.search import beginning, begun, equal, like
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys

MOST_CANDIDATES = 2000  # of one birth date, number or beginning of a name; the newest
_OPENED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, newest first; `is_part`: there are more, or more would have to be opened."""

    rows: tuple[Person, ...]
    is_part: bool


def person_with(viewer: Viewer, person: UUID) -> Person:
    """Return a person; raise OutOfReach for strangers and unknown ids alike."""
    viewer = _reading(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        found: Person = within_reach(persons_within(viewer), pk=person)
    return found


def persons_of(
    viewer: Viewer, *, before: UUID | None = None, limit: int = 50
) -> tuple[Person, ...]:
    """Return a page of persons, newest first, without those joined into another.

    `before` is the id of the last person of the page above (ids are in order of time).
    """
    viewer = _reading(viewer, PersonPermission.LIST)
    with wall.reading(viewer.organisation):
        reached = persons_within(viewer)
        joins = joins_within(viewer).filter(undone__isnull=True)
        found = reached.exclude(pk__in=joins.values("joined"))
        if before is not None:
            found = found.filter(pk__lt=before)
        return tuple(found.order_by("-pk")[:limit])


@sensitive_variables("name", "born", "telephone")
def persons_found(
    viewer: Viewer,
    *,
    name: str = "",
    born: date | None = None,
    telephone: str = "",
    limit: int = 50,
) -> Found:
    """Return persons of this birth date, telephone number, name; newest first, one of each whole.

    Of all of them that are given. A name fits if it has words that begin like those of `name`; by
    itself it needs four letters of one of them, or a shorter word as a whole (`records.search`).
    Names are opened to be compared: only for whoever opens persons. Who makes reports finds by the
    rest, through the blind index, and opens nothing; that somebody is known here is something to
    learn all the same, so the look-up itself is recorded.
    """
    opens = bool(name) or may(viewer, PersonPermission.OPEN)
    viewer = _reading(viewer, PersonPermission.OPEN if opens else PersonPermission.REPORT)
    if born is None and not telephone and not name:
        raise NothingToFindBy
    with wall.reading(viewer.organisation):
        rows = persons_within(viewer)
        rows = rows if born is None else equal(rows, "born", born)
        rows = equal(rows, "telephone", telephone) if telephone else rows
        rows = rows if born is not None or telephone else begun(rows, "name", name)
        ids = list(rows.order_by("-pk").values_list("pk", flat=True)[: MOST_CANDIDATES + 1])
        wholes: dict[UUID, Person] = {}
        for some in _named(viewer, ids[:MOST_CANDIDATES], name):
            _note_wholes(wholes, some)
            if len(wholes) > limit:
                break
    found = tuple(wholes.values())[:limit]
    if not opens:
        known = tuple(one.pk for one in found)
        subjects = (Subject("persons.person", known, (), known),) if known else ()
        record_now(viewer, PersonsEvent.PERSON_FIND, subjects=subjects)
    return Found(found, len(wholes) > limit or len(ids) > MOST_CANDIDATES)


@sensitive_variables("name")
def _named(viewer: Viewer, ids: Sequence[UUID], name: str) -> Iterator[list[Person]]:
    """Yield those of these persons, some at a time, whose name has words that begin like these."""
    for start in range(0, len(ids), _OPENED_AT_ONCE):
        rows = Person.objects.filter(pk__in=ids[start : start + _OPENED_AT_ONCE])
        some = list(rows.order_by("-pk"))
        if name:
            keys.load(viewer.organisation, {one.key_id for one in some})
            some = beginning(some, "name", name)
        yield some


def whole_of(viewer: Viewer, person: UUID) -> tuple[Person, ...]:
    """Return all persons who are one human being with this one, itself included, oldest first."""
    viewer = _reading(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        reached = persons_within(viewer)
        within_reach(reached, pk=person)
        return tuple(reached.filter(pk__in=ids_of_whole(person)).order_by("pk"))


def joins_of(viewer: Viewer, persons: Collection[UUID]) -> tuple[PersonJoin, ...]:
    """Return the joins that hold these persons together and the viewer may undo, oldest first."""
    allow(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        joins = joins_within(viewer).filter(undone__isnull=True, joined__in=persons)
        return tuple(joins.order_by("pk"))


def possible_matches(viewer: Viewer, person: Person, *, limit: int = 20) -> tuple[Person, ...]:
    """Return persons of equal name and birth date who are not joined with this one yet.

    Only both together offer a match; an e-mail address or telephone number never does, because
    families share them. It is an offer: a colleague decides.
    """
    allow(viewer, PersonPermission.OPEN)
    if person.match_token is None:
        return ()
    with wall.reading(viewer.organisation):
        found = like(person, "match_token").filter(reached_by(viewer))
        return tuple(found.exclude(pk__in=ids_of_whole(person.pk)).order_by("-pk")[:limit])


@sensitive_variables("name", "born")
def persons_alike(
    viewer: Viewer, *, name: str | None, born: date | None, limit: int = 20
) -> tuple[Person, ...]:
    """Return persons of this name and birth date, one of each whole, newest first.

    As for `possible_matches`, it takes both.
    """
    allow(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        wholes: dict[UUID, Person] = {}
        _note_wholes(wholes, alike_within(viewer, name, born).order_by("-pk")[:limit])
    return tuple(wholes.values())


def _note_wholes(wholes: dict[UUID, Person], persons: Collection[Person]) -> None:
    """Keep the first of these persons for each whole that has none yet, by the whole's root."""
    roots = roots_of({one.pk for one in persons})
    for one in persons:
        wholes.setdefault(roots[one.pk], one)


@sensitive_variables("name", "born")
def alike_within(viewer: Viewer, name: str | None, born: date | None) -> QuerySet[Person]:
    """Return the persons of a name and birth date whom a viewer reaches. Inside the wall."""
    return equal(persons_within(viewer), "match_token", name, born)


def entries_about_whole(
    viewer: Viewer,
    person: UUID,
    *,
    kinds: Collection[str] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """Return what the trail says of all who are one human being with this person; newest first.

    Who opened, kept, joined. Reading the trail is itself recorded, before any of it is shown.
    """
    viewer = _reading(viewer, PersonPermission.LIST)
    with wall.reading(viewer.organisation):
        reached = persons_within(viewer)
        within_reach(reached, pk=person)
        ids = ids_of_whole(person)
        if viewer.locations is not None:
            ids = frozenset(reached.filter(pk__in=ids).values_list("pk", flat=True))
    return page_of_entries(viewer, about=ids, kinds=kinds, before=before, limit=limit)


def persons_among(viewer: Viewer, ids: Collection[UUID]) -> tuple[Person, ...]:
    """Return those of these persons who are kept now, oldest first."""
    viewer = _reading(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        return tuple(persons_within(viewer).filter(pk__in=ids).order_by("pk"))


def ids_one_with(viewer: Viewer, person: UUID) -> frozenset[UUID]:
    """Return the ids of all who are one with a person; none at all when nobody such is kept."""
    allow(viewer, PersonPermission.REPORT)
    with wall.reading(viewer.organisation):
        is_here = Person.objects.filter(pk=person).exists()
        return ids_of_whole(person) if is_here else frozenset()


def join_with(viewer: Viewer, join: UUID) -> PersonJoin:
    """Return a join; OutOfReach for any other id."""
    allow(viewer, PersonPermission.JOIN)
    with wall.reading(viewer.organisation):
        made: PersonJoin = within_reach(joins_within(viewer), pk=join)
    return made


def persons_within(viewer: Viewer) -> QuerySet[Person]:
    """Return the persons whom a viewer reaches. Inside the caller's wall."""
    rows: QuerySet[Person] = Person.objects.filter(reached_by(viewer))
    return rows


def reached_by(viewer: Viewer) -> Q:
    """Return the condition on persons: a record of theirs is within reach of the viewer.

    Each row by itself, joined or not: who is one human being elsewhere is shown here only as far
    as this location knows. Whoever belongs to all locations reaches everybody.
    """
    return Q() if viewer.locations is None else registry.person_reach(viewer)


def _reading(viewer: Viewer, permission: PersonPermission) -> Viewer:
    """Let only who holds a permission read, in an emergency at every location."""
    allow(viewer, permission)
    return everywhere_in_emergency(viewer, permission)


def persons_reached(viewer: Viewer, ids: Collection[UUID]) -> Collection[UUID]:
    """Return those of these persons whom the viewer's locations reach."""
    with wall.reading(viewer.organisation):
        return list(persons_within(viewer).filter(pk__in=ids).values_list("pk", flat=True))


def root_of(person: UUID) -> UUID:
    """Return whom a person is joined into in the end. Inside the caller's wall."""
    return roots_of({person})[person]


def roots_of(persons: Collection[UUID]) -> dict[UUID, UUID]:
    """Return whom each of these persons is joined into in the end. Inside the caller's wall."""
    into: dict[UUID, UUID] = {}
    new = set(persons)
    while new:
        joins = _present_joins().filter(joined__in=new).values_list("joined_id", "into_id")
        found = dict(joins)
        new = set(found.values()) - into.keys() - new
        into |= found
    return {person: _end_of(person, into) for person in persons}


def _end_of(person: UUID, into: Mapping[UUID, UUID]) -> UUID:
    seen = {person}
    while person in into and into[person] not in seen:
        person = into[person]
        seen.add(person)
    return person


def ids_of_whole(person: UUID) -> frozenset[UUID]:
    """Return the ids of all that are one with this person. Inside the caller's wall."""
    whole = new = {root_of(person)}
    while new:
        joins = _present_joins().filter(into__in=new).values_list("joined_id", flat=True)
        new = set(joins) - whole
        whole = whole | new
    return frozenset(whole)


def joins_within(viewer: Viewer) -> QuerySet[PersonJoin]:
    """Return the joins of which the viewer reaches both persons."""
    rows: QuerySet[PersonJoin] = PersonJoin.objects.all()
    if viewer.locations is None:
        return rows
    reached = persons_within(viewer)
    return rows.filter(joined__in=reached, into__in=reached)


def _present_joins() -> QuerySet[PersonJoin]:
    found: QuerySet[PersonJoin] = PersonJoin.objects.filter(undone__isnull=True)
    return found
