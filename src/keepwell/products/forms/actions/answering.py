"""A patient answers: begin, keep page by page, clear and leave, or lose it all a week later.

The device holds a random handle; the database holds its hash. Each act locks the draft, opens what
is kept, changes it and seals it again in one transaction, so two windows never lose each other's
answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms import tokens
from keepwell.products.forms.actions.files import settle_files
from keepwell.products.forms.answers import Setting, Upload, read, starting_answers
from keepwell.products.forms.drafting import LeftPage, Progress
from keepwell.products.forms.errors import DraftGone
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Attachment, Draft, FormLink, FormVersion
from keepwell.products.forms.paging import Page
from keepwell.products.forms.versions import compiled_version
from keepwell.safeguards.consent.acknowledgements.saying import Answer
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True)
class Begun:
    """A new draft and the handle that only the patient's device keeps."""

    draft: Draft
    handle: str


@dataclass(frozen=True, slots=True, repr=False)
class Posted:
    """One page as a browser sent it. Its repr shows nothing (it may be logged)."""

    page: Page
    data: Mapping[str, Sequence[str]]
    uploads: Mapping[str, Sequence[Upload]]
    setting: Setting

    def __repr__(self) -> str:
        return "<Posted>"


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """What came of a posted page: how far the draft is now, and whether the page was taken."""

    progress: Progress
    is_taken: bool

    def __repr__(self) -> str:
        return "<Kept>"


def begin_draft(viewer: Viewer, *, link: FormLink, version: FormVersion) -> Begun:
    """Begin to answer a version of a form; the draft's id is the viewer's actor."""
    if viewer.actor is None:
        raise ValueError("A respondent is known by the draft's id.")
    handle = tokens.new_handle()
    answers = starting_answers(compiled_version(version))
    draft = Draft(
        id=viewer.actor,
        version=version,
        link=link,
        handle_hash=tokens.hashed(handle),
        touched=clock.now(),
        answers=Progress(answers).stored(),
    )
    with wall.writing(viewer.organisation):
        keep(viewer, draft, FormsEvent.DRAFT_BEGUN)
    return Begun(draft, handle)


@sensitive_variables()
def answer_page(viewer: Viewer, *, draft: Draft, scope: Scope, posted: Posted) -> Kept:
    """Keep what a page says, sealed, taken or not; raise DraftGone if the draft is gone."""
    with wall.writing(viewer.organisation):
        current = locked_draft(draft)
        scope.open([current], "answers")
        progress = Progress.from_stored(current.answers.open())
        form = compiled_version(current.version)
        said = read(
            form,
            posted.page,
            posted.data,
            before=progress.answers,
            setting=posted.setting,
            uploads=posted.uploads,
        )
        is_taken = said.act.kind == "continue" and not said.errors and not said.revealed
        left = None if is_taken else LeftPage(said.raw, is_checked=said.act.kind == "continue")
        progress = progress.with_page(posted.page.number, said.answers, left)
        settle_files(viewer, draft=current, scope=scope, answers=said.answers, new=said.files)
        current.answers = progress.stored()
        current.touched = clock.now()
        keep(viewer, current, FormsEvent.DRAFT_KEPT)
    return Kept(progress, is_taken)


@sensitive_variables()
def answer_notice(viewer: Viewer, *, draft: Draft, scope: Scope, answer: Answer) -> None:
    """Keep what was said about the notice with the draft, sealed; raise DraftGone."""
    with wall.writing(viewer.organisation):
        current = locked_draft(draft)
        scope.open([current], "answers")
        progress = Progress.from_stored(current.answers.open())
        current.answers = replace(progress, notice=answer).stored()
        current.touched = clock.now()
        keep(viewer, current, FormsEvent.DRAFT_KEPT)


def clear_draft(viewer: Viewer, *, draft: Draft) -> None:
    """Remove a draft and its files, keys too; clearing twice is the same as once."""
    with wall.writing(viewer.organisation):
        current = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
        if current is not None:
            files = list(Attachment.objects.filter(draft_id=draft.pk))
            erase(viewer, [*files, current], FormsEvent.DRAFT_CLEARED, reason="cleared by holder")


def expire_drafts(viewer: Viewer, *, before: datetime) -> int:
    """Erase drafts that nobody touched since then, files too; return how many.

    One transaction for each: a draft touched meanwhile is found touched and stays.
    """
    with wall.reading(viewer.organisation):
        old = list(Draft.objects.filter(touched__lt=before).values_list("pk", flat=True))
    expired = 0
    for pk in old:
        with wall.writing(viewer.organisation):
            rows = Draft.objects.select_for_update(of=("self",))
            draft = rows.filter(pk=pk, touched__lt=before).first()
            if draft is not None:
                files = list(Attachment.objects.filter(draft_id=pk))
                erase(viewer, [*files, draft], FormsEvent.DRAFT_EXPIRED, reason="never sent")
                expired += 1
    return expired


def locked_draft(draft: Draft) -> Draft:
    """Return the draft as it is now, locked, inside the caller's transaction; or DraftGone."""
    rows = Draft.objects.select_for_update(of=("self",)).select_related("version")
    current: Draft | None = rows.filter(pk=draft.pk).first()
    if current is None:
        raise DraftGone
    return current
