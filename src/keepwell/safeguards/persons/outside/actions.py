"""Writing down what was disclosed to others, and taking out what never was."""

from datetime import date
from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import OutsideDisclosure
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import persons_within
from keepwell.safeguards.records.actions import keep, mark
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock


@sensitive_variables()
def note(
    viewer: Viewer, *, person: UUID, made: date, recipient: str, what: str, purpose: str
) -> OutsideDisclosure:
    """Write down what was disclosed; raises OutOfReach for a person who is not reached."""
    allow(viewer, PersonPermission.DISCLOSE)
    with wall.writing(viewer.organisation):
        within_reach(persons_within(viewer), pk=person)
        row = OutsideDisclosure(
            person_id=person,
            made=made,
            recipient=recipient,
            what=what,
            purpose=purpose,
            by=viewer.actor,
        )
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
