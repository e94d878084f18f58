"""Who may be who: the sources of one person, joins that hold them, and offers to join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.persons import queries
from keepwell.safeguards.persons.models import Person, PersonJoin
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Source:
    """One person of those who are one human being, and the join that says so."""

    person: Person
    join: UUID | None
    joined: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Match:
    """A person of equal name and birth date, and whom that person is joined into already."""

    person: Person
    root: UUID


def sources_of(viewer: Viewer, whole: Sequence[Person]) -> list[Source]:
    """Return the persons of a whole with the join that put each there; the first has none."""
    joins = {made.joined_id: made for made in queries.joins_of(viewer, [one.pk for one in whole])}
    names = names_of({made.by for made in joins.values() if made.by})
    return [_source(person, joins.get(person.pk), names) for person in whole]


def _source(person: Person, made: PersonJoin | None, names: dict[UUID, str]) -> Source:
    if made is None:
        return Source(person, None, None, "")
    return Source(person, made.pk, made.moment, names.get(made.by, "") if made.by else "")


def matches_of(viewer: Viewer, person: Person) -> list[Match]:
    """Return who could be the same human being: one offer for each whole, newest first.

    Joining is the finding of somebody who sees both: what a match is joined into already may be
    kept at another location, and so may this person, whom an emergency shows. Neither is offered.
    """
    found = queries.possible_matches(viewer, person)
    with wall.reading(viewer.organisation):
        roots = queries.roots_of({one.pk for one in found})
    near = frozenset(queries.persons_reached(viewer, {person.pk, *roots.values()}))
    offered: dict[UUID, Match] = {}
    for one in found:
        if near.issuperset((person.pk, roots[one.pk])):
            offered.setdefault(roots[one.pk], Match(one, roots[one.pk]))
    return list(offered.values())


def match_with(viewer: Viewer, person: Person, other: UUID) -> Match:
    """Return one of the offers; OutOfReach for whoever is not offered, strangers too."""
    found = [match for match in matches_of(viewer, person) if match.person.pk == other]
    if not found:
        raise OutOfReach
    return found[0]
