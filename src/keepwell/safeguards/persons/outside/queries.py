"""What was disclosed about a person, sealed: whoever opens it leaves out what was not asked for."""

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.persons.models import OutsideDisclosure
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import persons_within, whole_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from django.db.models import QuerySet

FIELDS = ("made", "recipient", "what", "purpose")


def one(viewer: Viewer, disclosure: UUID) -> OutsideDisclosure:
    """Return a note that counts, sealed; raise OutOfReach."""
    allow(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        row: OutsideDisclosure = within_reach(_counting(), pk=disclosure)
        within_reach(persons_within(viewer), pk=row.person_id)
    return row


def of_person(viewer: Viewer, person: UUID) -> tuple[OutsideDisclosure, ...]:
    """Return what was disclosed about a person and all joined ones, sealed, newest note first.

    Days are sealed: whoever opens them leaves out what is older than was asked for.
    """
    return about(viewer, tuple(row.pk for row in whole_of(viewer, person)))


def about(viewer: Viewer, persons: Collection[UUID]) -> tuple[OutsideDisclosure, ...]:
    """Return what was disclosed about these persons, whom the viewer was found to reach."""
    allow(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        return tuple(_counting().filter(person__in=persons).order_by("-pk"))


def count_to_lose(viewer: Viewer, person: UUID) -> int:
    """Count what an accounting would lose with this person; their days are sealed and stay so."""
    allow(viewer, PersonPermission.ERASE)
    with wall.reading(viewer.organisation):
        within_reach(persons_within(viewer), pk=person)
        return int(_counting().filter(person=person).count())


def _counting() -> "QuerySet[OutsideDisclosure]":
    return OutsideDisclosure.objects.filter(mistaken__isnull=True)
