"""What arrived: pages of the inbox, one submission, its files.

Rows come sealed; views open what they show in the request's disclosure scope.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from keepwell.products.forms.models import Attachment, Form, Submission
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.reach import (
    FORM,
    forms_read_by,
    forms_within,
    submissions_within,
)
from keepwell.safeguards.access.emergencies.reach import everywhere_in_emergency
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.reserving import kept_from
from keepwell.safeguards.audit import stream
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

PAGE_ROWS = 25
MOST_COUNTED = 500
"""Of what nobody has opened: so many of the newest are looked at."""
LOOKS_BACK = timedelta(days=30)
_WITH = ("form", "version")  # not joined: PostgreSQL would join and sort all that arrived


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some submissions, newest first, where the next page begins, what it can be narrowed to."""

    rows: list[Submission]
    older: UUID | None
    forms: list[Form]  # with answers, and the one that was asked for


def page_of_inbox(
    viewer: Viewer,
    *,
    form_id: UUID | None = None,
    reference: str = "",
    before: UUID | None = None,
    limit: int = PAGE_ROWS,
) -> InboxPage:
    """Return a page of the inbox; `before` is the last id of the page above (ids follow time).

    Keyset paging: the hundredth page costs what the first one costs.
    """
    viewer = _reading(viewer, FormsPermission.SUBMISSION_LIST)
    with wall.reading(viewer.organisation):
        found = submissions_within(viewer).prefetch_related("version").order_by("-pk")
        if form_id is not None:
            found = found.filter(form_id=form_id)
        if reference:
            found = found.filter(reference=reference)
        if before is not None:
            found = found.filter(pk__lt=before)
        rows = list(found[: limit + 1])
        forms = _forms_with_answers(viewer, form_id)
    older = rows[limit - 1].pk if len(rows) > limit else None
    of_form = {form.pk: form for form in forms}
    # A form that was moved or kept for others between the two questions is not shown any more.
    shown = [row for row in rows[:limit] if row.form_id in of_form]
    for row in shown:
        row.form = of_form[row.form_id]
    return InboxPage(shown, older, forms)


def _forms_with_answers(viewer: Viewer, asked: UUID | None) -> list[Form]:
    has_answers = Exists(Submission.objects.filter(form=OuterRef("pk")))
    # Told of each form, not asked as a condition: PostgreSQL would read every submission.
    forms = forms_read_by(viewer).annotate(has_answers=has_answers).order_by("title", "pk")
    return [form for form in forms if form.has_answers or form.pk == asked]


def arrived_since(viewer: Viewer, moment: datetime) -> dict[str, int]:
    """Count what arrived since a moment, by the title of its form; most first."""
    viewer = _reading(viewer, FormsPermission.SUBMISSION_LIST)
    with wall.reading(viewer.organisation):
        recent = submissions_within(viewer).filter(arrived__gte=moment)
        rows = recent.order_by().values("form__title")
        counted = rows.annotate(count=Count("pk")).order_by("-count", "form__title")
        return {row["form__title"]: row["count"] for row in counted}


def count_unopened(viewer: Viewer) -> int:
    """Count what arrived in the last 30 days and whose answers nobody has opened; 500 at most.

    The trail knows who opened what. To see a name in the inbox is not to open the answers.
    """
    allow(viewer, FormsPermission.SUBMISSION_OPEN)
    with wall.reading(viewer.organisation):
        recent = submissions_within(viewer).filter(arrived__gte=clock.now() - LOOKS_BACK)
        newest = list(recent.order_by("-pk").values_list("pk", flat=True)[:MOST_COUNTED])
    seen = stream.read_of(
        viewer.organisation,
        newest,
        RecordsEvent.FIELDS_OPEN,
        model=Submission._meta.label_lower,
        field="answers",
    )
    return len(newest) - len(seen)


def submission_with(viewer: Viewer, submission_id: UUID) -> Submission:
    """Return one submission, sealed; OutOfReach for any other id."""
    viewer = _reading(viewer, FormsPermission.SUBMISSION_OPEN)
    with wall.reading(viewer.organisation):
        rows = submissions_within(viewer).select_related("form", "version", "person")
        found: Submission = within_reach(rows, pk=submission_id)
    return found


def neighbours_of(viewer: Viewer, row: Submission) -> tuple[UUID | None, UUID | None]:
    """Return which submission arrived next after and next before a row (ids follow time)."""
    viewer = _reading(viewer, FormsPermission.SUBMISSION_OPEN)
    with wall.reading(viewer.organisation):
        ids = submissions_within(viewer).values_list("pk", flat=True)
        newer = ids.filter(pk__gt=row.pk).order_by("pk").first()
        older = ids.filter(pk__lt=row.pk).order_by("-pk").first()
    return newer, older


def submissions_about(
    viewer: Viewer, persons: tuple[UUID, ...], *, limit: int | None = 100
) -> list[Submission]:
    """Return what persons sent, newest first: as much as their page shows, or all (None)."""
    viewer = _reading(viewer, FormsPermission.SUBMISSION_LIST)
    with wall.reading(viewer.organisation):
        rows = submissions_within(viewer).prefetch_related(*_WITH)
        return list(rows.filter(person_id__in=persons).order_by("-pk")[:limit])


def kept_about(viewer: Viewer, persons: tuple[UUID, ...]) -> list[Submission]:
    """Return what persons sent that is kept for other colleagues; nothing of it is to be opened."""
    allow(viewer, FormsPermission.SUBMISSION_OPEN)
    with wall.reading(viewer.organisation):
        kept = forms_within(viewer).filter(kept_from(viewer, FORM))
        rows = Submission.objects.filter(form__in=kept, person_id__in=persons)
        return list(rows.order_by("pk"))


def files_of(viewer: Viewer, submission: Submission) -> list[Attachment]:
    """Return the files sent with a submission, names sealed."""
    viewer = _reading(viewer, FormsPermission.SUBMISSION_OPEN)
    with wall.reading(viewer.organisation):
        return list(Attachment.objects.filter(draft_id=submission.draft_id).order_by("pk"))


def file_with(viewer: Viewer, submission_id: UUID, file_id: UUID) -> Attachment:
    """Return one file of one submission; OutOfReach for any other pair of ids."""
    submission = submission_with(viewer, submission_id)
    with wall.reading(viewer.organisation):
        rows = Attachment.objects.filter(draft_id=submission.draft_id)
        found: Attachment = within_reach(rows, pk=file_id)
    return found


def submissions_reached(viewer: Viewer, ids: Collection[UUID]) -> Collection[UUID]:
    """Return those of these submissions that the viewer reaches."""
    with wall.reading(viewer.organisation):
        return list(submissions_within(viewer).filter(pk__in=ids).values_list("pk", flat=True))


def files_reached(viewer: Viewer, ids: Collection[UUID]) -> Collection[UUID]:
    """Return those of these files that came with what the viewer reaches."""
    with wall.reading(viewer.organisation):
        drafts = submissions_within(viewer).values("draft_id")
        rows = Attachment.objects.filter(pk__in=ids, draft_id__in=drafts)
        return list(rows.values_list("pk", flat=True))


def _reading(viewer: Viewer, permission: FormsPermission) -> Viewer:
    """Let only who holds a permission read, in an emergency at every location."""
    allow(viewer, permission)
    return everywhere_in_emergency(viewer, permission)
