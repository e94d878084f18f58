"""Keeping what a patient said about the notice, with the version, the language and the moment."""

from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.consent.acknowledgements.saying import Answer
from keepwell.safeguards.consent.events import ConsentEvent
from keepwell.safeguards.consent.models import Acknowledgement, Notice
from keepwell.safeguards.consent.notices.actions import MODEL
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


@sensitive_variables()
def acknowledge(
    viewer: Viewer, *, person: UUID, source: UUID, answer: Answer
) -> Acknowledgement | None:
    """Keep an answer about a published version; `source` is what was sent together with it.

    No permission is asked: whoever answers a form says it, and the act of sending has been let
    through. None where nothing was said, or about a version that never was.
    """
    with wall.writing(viewer.organisation):
        notice = Notice.objects.filter(number=answer.number).first()
        if notice is None or not answer.is_given:
            return None
        row = Acknowledgement(
            notice=notice,
            person_id=person,
            source=source,
            language=answer.language,
            is_received=answer.is_received,
            why=None if answer.is_received else {"said": answer.said, "words": answer.words},
        )
        kind = (
            ConsentEvent.NOTICE_ACKNOWLEDGE if answer.is_received else ConsentEvent.NOTICE_DECLINE
        )
        keep(viewer, row, kind, subjects=(Subject(MODEL, (notice.pk,)),))
    return row
