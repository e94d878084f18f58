"""Who said that the notice was received: beside what was sent, and for a person."""

from collections.abc import Sequence
from uuid import UUID

from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.consent.models import Acknowledgement
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def sent_with(viewer: Viewer, source: UUID) -> Acknowledgement | None:
    """Return what was said together with a submission that is already within reach, sealed."""
    with wall.reading(viewer.organisation):
        rows = Acknowledgement.objects.select_related("notice")
        found: Acknowledgement | None = rows.filter(source=source).first()
    return found


def said_by(viewer: Viewer, persons: Sequence[UUID]) -> list[Acknowledgement]:
    """List what persons within reach said, newest first, sealed."""
    allow(viewer, PersonPermission.OPEN)
    with wall.reading(viewer.organisation):
        rows = Acknowledgement.objects.select_related("notice").filter(person_id__in=persons)
        return list(rows.order_by("-moment", "-id"))
