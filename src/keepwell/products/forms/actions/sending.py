"""A patient sends, once: whatever is pressed how often, one handle becomes one submission.

Twenty parallel sends, the same send an hour later, send and back and send: the first makes the
submission and every other one finds it, by the unique `handle_hash` and `draft_id`.
"""

from dataclasses import replace
from datetime import date

from django.db import IntegrityError
from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms import tokens
from keepwell.products.forms.actions.answering import locked_draft
from keepwell.products.forms.actions.files import settle_files
from keepwell.products.forms.answers import (
    AnswerError,
    MarkedPerson,
    Setting,
    check_all,
    marked_person,
)
from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.drafting import Progress
from keepwell.products.forms.errors import DraftGone
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.logic import places, pruned
from keepwell.products.forms.models import Attachment, Draft, Submission
from keepwell.products.forms.queries.noticing import is_owed
from keepwell.products.forms.rendering import saying
from keepwell.products.forms.values import Answers, to_stored
from keepwell.products.forms.versions import compiled_version, marks_of
from keepwell.safeguards.consent.acknowledgements.actions import acknowledge
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import erase, keep, mark
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

_TRIES_FOR_A_REFERENCE = 5


class NotReady(ValueError):  # noqa: N818  names the fact
    """Answers are missing or wrong; the check page shows which. Holds no values."""

    def __init__(self, errors: tuple[AnswerError, ...]) -> None:
        super().__init__(len(errors))
        self.errors = errors


class NoticeUnanswered(ValueError):  # noqa: N818  names the fact
    """The form asks whether the notice was received, and nothing was said yet."""


def send(viewer: Viewer, *, draft: Draft, scope: Scope, setting: Setting) -> Submission:
    """Turn a draft into a submission with a person of its own; return the one there is.

    Raises NotReady when answers are missing or wrong, NoticeUnanswered, and DraftGone when it was
    cleared.
    """
    for _attempt in range(_TRIES_FOR_A_REFERENCE):
        try:
            with wall.writing(viewer.organisation):
                return _send_once(viewer, draft, scope, setting)
        except IntegrityError:  # somebody was faster, or the reference is taken: look again
            continue
    raise DraftGone


def _send_once(viewer: Viewer, draft: Draft, scope: Scope, setting: Setting) -> Submission:
    try:
        current = locked_draft(draft)
    except DraftGone:  # sent by somebody faster, or cleared
        return _sent_from(draft)
    form = compiled_version(current.version)
    progress = _checked(viewer, current, form, scope, setting)
    answers = progress.answers
    person = _person(viewer, marked_person(form, answers, marks_of(current.version)))
    submission = _submission(current, person, form, answers)
    keep(viewer, submission, FormsEvent.SUBMISSION_ARRIVED)
    if progress.notice is not None:
        acknowledge(viewer, person=person.pk, source=submission.pk, answer=progress.notice)
    settle_files(viewer, draft=current, scope=scope, answers=answers, new={})
    files = Attachment.objects.filter(draft_id=current.pk)
    mark(viewer, files, FormsEvent.ATTACHMENT_SENT, person_id=person.pk)
    erase(viewer, [current], FormsEvent.DRAFT_SENT, reason="sent")
    return submission


def _sent_from(draft: Draft) -> Submission:
    found: Submission | None = Submission.objects.filter(handle_hash=draft.handle_hash).first()
    if found is None:
        raise DraftGone
    return found


@sensitive_variables()
def _checked(
    viewer: Viewer, draft: Draft, form: CompiledForm, scope: Scope, setting: Setting
) -> Progress:
    """Open the draft, without answers to disabled items; raise NotReady, NoticeUnanswered."""
    scope.open([draft], "answers")
    progress = Progress.from_stored(draft.answers.open())
    errors = check_all(form, progress.answers, setting, progress.raws())
    if errors:
        raise NotReady(errors)
    if is_owed(viewer, draft, progress):
        raise NoticeUnanswered
    return replace(progress, answers=pruned(form, progress.answers))


@sensitive_variables()
def _submission(draft: Draft, person: Person, form: CompiledForm, answers: Answers) -> Submission:
    columns = [[one, _words(form, answers, one)] for one in draft.version.columns]
    return Submission(
        form_id=draft.version.form_id,
        version=draft.version,
        person=person,
        draft_id=draft.pk,
        handle_hash=draft.handle_hash,
        reference=tokens.new_reference(),
        arrived=clock.now(),
        answers=to_stored(answers),
        brief={"columns": columns},
    )


@sensitive_variables()
def _person(viewer: Viewer, marked: MarkedPerson) -> Person:
    return create_person(
        viewer,
        name=marked.name or None,
        born=_whole_date(marked.born),
        email=marked.email or None,
        telephone=marked.telephone or None,
    )


def _words(form: CompiledForm, answers: Answers, link_id: str) -> str:
    """Say every answer to one question, for its column in the inbox."""
    item = form.item(link_id)
    given = (value for place in places(form, item, answers) for value in answers.at(*place))
    return ", ".join(saying.value(item, value) for value in given)


def _whole_date(text: str) -> date | None:
    """Return a birth date; a year or month alone identifies nobody and stays in the answers."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
