"""A patient answers: begin, keep page by page, send once, or clear and leave.

The device holds a random handle; the database holds its hash. Whatever happens to the connection,
the process or the patient's patience, one handle becomes at most one submission: by constraint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from keepwell.products.forms import tokens
from keepwell.products.forms.arriving import Arriving
from keepwell.products.forms.errors import DraftGone
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Attachment, Draft, FormLink, FormVersion, Submission
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.records.actions import erase, keep, mark
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

_TRIES_FOR_A_REFERENCE = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """A new draft and the handle that only the patient's device keeps."""

    draft: Draft
    handle: str


def begin_draft(viewer: Viewer, *, link: FormLink, version: FormVersion) -> Begun:
    """Begin to answer a version of a form; the draft's id is the viewer's actor."""
    if viewer.actor is None:
        raise ValueError("A respondent is known by the draft's id.")
    handle = tokens.new_handle()
    draft = Draft(
        id=viewer.actor,
        version=version,
        link=link,
        handle_hash=tokens.hashed(handle),
        touched=clock.now(),
        answers={},
    )
    with wall.writing(viewer.organisation):
        keep(viewer, draft, FormsEvent.DRAFT_BEGUN)
    return Begun(draft, handle)


def keep_answers(viewer: Viewer, *, draft: Draft, answers: Mapping[str, Any]) -> None:
    """Keep the answers of a draft so far, sealed; raise DraftGone if it was sent or cleared."""
    with wall.writing(viewer.organisation):
        current = _locked(draft)
        current.answers = dict(answers)
        current.touched = clock.now()
        keep(viewer, current, FormsEvent.DRAFT_KEPT)


def clear_draft(viewer: Viewer, *, draft: Draft) -> None:
    """Remove a draft and its files, keys first to go; clearing twice is the same as once."""
    with wall.writing(viewer.organisation):
        current = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
        if current is not None:
            files = list(Attachment.objects.filter(draft_id=draft.pk))
            erase(viewer, [*files, current], FormsEvent.DRAFT_CLEARED, reason="cleared by holder")


def send(viewer: Viewer, *, draft: Draft, arriving: Arriving) -> Submission:
    """Turn a draft into a submission with a person of its own; return the one there is.

    Twenty parallel sends, the same send an hour later, back and send again: the first makes the
    submission, every other one finds it (unique handle_hash and draft_id).
    """
    for _attempt in range(_TRIES_FOR_A_REFERENCE):
        try:
            with wall.writing(viewer.organisation):
                return _send_once(viewer, draft, arriving)
        except IntegrityError:
            with wall.reading(viewer.organisation):
                found = sent_from(draft.handle_hash)
            if found is not None:
                return found
    raise DraftGone


def sent_from(handle_hash: str) -> Submission | None:
    """Return what was sent with this handle, inside the caller's wall."""
    return Submission.objects.filter(handle_hash=handle_hash).first()


def _send_once(viewer: Viewer, draft: Draft, arriving: Arriving) -> Submission:
    found = sent_from(draft.handle_hash)
    if found is not None:
        return found
    current = _locked(draft)
    person = create_person(viewer, **arriving.person)
    submission = Submission(
        form_id=current.version.form_id,
        version=current.version,
        person=person,
        draft_id=current.pk,
        handle_hash=current.handle_hash,
        reference=tokens.new_reference(),
        arrived=clock.now(),
        answers=arriving.answers,
        brief=arriving.brief,
    )
    keep(viewer, submission, FormsEvent.SUBMISSION_ARRIVED)
    files = Attachment.objects.filter(draft_id=current.pk)
    mark(viewer, files, FormsEvent.ATTACHMENT_SENT, person_id=person.pk)
    erase(viewer, [current], FormsEvent.DRAFT_SENT, reason="sent")
    return submission


def _locked(draft: Draft) -> Draft:
    rows = Draft.objects.select_for_update(of=("self",)).select_related("version")
    current = rows.filter(pk=draft.pk).first()
    if current is None:
        raise DraftGone
    return current
