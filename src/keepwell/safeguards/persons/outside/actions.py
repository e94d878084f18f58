"""Writing down what was disclosed to others, and taking out what never was."""

from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import OutsideDisclosure
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import persons_within
from keepwell.safeguards.records.actions import keep, mark
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock


class Told(TypedDict):
    """What an accounting says of a disclosure (45 CFR 164.528(b)(2))."""

    made: date
    recipient: str
    what: str
    purpose: str


@sensitive_variables()
def note(
    viewer: Viewer, *, person: UUID, once: UUID | None = None, **told: Unpack[Told]
) -> OutsideDisclosure:
    """Write down what was disclosed; raises OutOfReach for a person who is not reached.

    The same form sent again (`once`) finds the note that is there: an accounting that says twice
    what happened once is wrong.
    """
    allow(viewer, PersonPermission.DISCLOSE)
    row_id = id_from(viewer, once, person, *told.values())
    with wall.writing(viewer.organisation):
        take_turn(viewer)  # two clicks take turns
        within_reach(persons_within(viewer), pk=person)
        there: OutsideDisclosure | None = OutsideDisclosure.objects.filter(pk=row_id).first()
        if there is not None:
            return there
        row = OutsideDisclosure(id=row_id, person_id=person, by=viewer.actor, **told)
        keep(viewer, row, PersonsEvent.DISCLOSURE_NOTE)
    return row


def find_mistaken(viewer: Viewer, *, disclosure: UUID, reason: str) -> OutsideDisclosure:
    """Mark a note of something that never happened: it leaves the accounting and stays kept.

    Raises OutOfReach, ReasonMissing. Twice changes nothing more.
    """
    allow(viewer, PersonPermission.DISCLOSE)
    if not reason.strip():
        raise ReasonMissing
    with wall.writing(viewer.organisation):
        rows = OutsideDisclosure.objects.filter(pk=disclosure)
        row: OutsideDisclosure = within_reach(rows, pk=disclosure)
        within_reach(persons_within(viewer), pk=row.person_id)
        counting = rows.filter(mistaken__isnull=True)
        kind = PersonsEvent.DISCLOSURE_MISTAKE
        mark(viewer, counting, kind, reason=reason.strip(), mistaken=clock.now())
    return row
