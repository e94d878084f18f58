"""An author uploads a definition and publishes it as an immutable version."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from keepwell.products.forms import definition
from keepwell.products.forms.actions.links import ensure_link
from keepwell.products.forms.errors import NothingToPublish
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import Form, FormVersion
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.reach import FORM, forms_within, need_all_of
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.locations.placing import Locations, at, place, placed
from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock


def upload(
    viewer: Viewer, *, raw: bytes, form_id: UUID | None = None, once: UUID | None = None
) -> Form:
    """Keep a definition as the working copy of a new form, or of an existing one.

    The same page sent again (`once`) finds the form that is there.
    Raises DefinitionRefused with every finding; then nothing is stored.
    """
    allow(viewer, FormsPermission.FORM_PUBLISH)
    parsed = definition.parse(raw)
    new_id = id_from(viewer, once, parsed.sha256)
    with wall.writing(viewer.organisation):
        if not form_id:
            take_turn(viewer)  # two clicks take turns
            there: Form | None = Form.objects.filter(pk=new_id).first()
            if there is not None:
                return there
        form = _own_form(viewer, form_id) if form_id else _new_form(viewer, new_id)
        form.title = parsed.title[:300]
        form.working = parsed.canonical.decode()
        form.save()
        if not form_id:
            place(viewer.organisation, FORM, form.pk, viewer.locations)
        detail = {"sha256": parsed.sha256}
        record(viewer, FormsEvent.FORM_UPLOADED, subjects=[_subject(form)], detail=detail)
    return form


def publish(
    viewer: Viewer,
    *,
    form_id: UUID,
    marks: Mapping[str, Sequence[str]],
    columns: Sequence[str],
) -> FormVersion:
    """Publish the working copy as the next version, and make the form's first link.

    `marks` says which questions are the person's name, born, email and telephone; `columns` which
    answers the inbox shows. Raises NothingToPublish when nothing differs from the last version.
    """
    allow(viewer, FormsPermission.FORM_PUBLISH)
    with wall.writing(viewer.organisation):
        form = _own_form(viewer, form_id)
        last = FormVersion.objects.filter(form=form).order_by("-number").first()
        version = _next_version(viewer, form, last, marks, columns)
        version.save()
        detail = {"sha256": version.sha256, "number": str(version.number)}
        record(viewer, FormsEvent.FORM_PUBLISHED, subjects=[_subject(form)], detail=detail)
        ensure_link(viewer, form)
    return version


def move(viewer: Viewer, *, form_id: UUID, locations: Locations) -> Form:
    """Let a form, and with it what arrived through it, belong to these locations; None: to all.

    Whoever belongs to some locations moves between those, and keeps where else the form belongs.
    Raises LocationUnknown.
    """
    allow(viewer, FormsPermission.FORM_PUBLISH)
    with wall.writing(viewer.organisation):
        form: Form = within_reach(forms_within(viewer).select_for_update(), id=form_id)
        before = None if form.is_everywhere else placed(FORM, form.pk)
        if viewer.locations is not None:
            if before is None or locations is None or not locations <= viewer.locations:
                raise NotPermitted
            locations |= before - viewer.locations
        if before == locations:
            return form
        form.is_everywhere = locations is None
        form.save(update_fields=["is_everywhere"])
        place(viewer.organisation, FORM, form.pk, locations)
        record(viewer, FormsEvent.FORM_MOVED, subjects=[_subject(form), *at(locations)])
    return form


def ask_for_notice(viewer: Viewer, *, form_id: UUID, is_asked: bool) -> bool:
    """Let a form ask, or not ask, whether the notice was received; tell whether that is new."""
    allow(viewer, FormsPermission.FORM_PUBLISH)
    with wall.writing(viewer.organisation):
        form = _own_form(viewer, form_id)
        if form.asks_notice is is_asked:
            return False
        form.asks_notice = is_asked
        form.save(update_fields=["asks_notice"])
        detail = {"asks": "yes" if is_asked else "no"}
        record(viewer, FormsEvent.FORM_ASKED, subjects=[_subject(form)], detail=detail)
    return True


def _own_form(viewer: Viewer, form_id: UUID) -> Form:
    form: Form = within_reach(forms_within(viewer).select_for_update(), id=form_id)
    need_all_of(viewer, form)
    return form


def _new_form(viewer: Viewer, new_id: UUID) -> Form:
    if viewer.actor is None:
        raise ValueError("A form has an author.")
    return Form(
        id=new_id,
        organisation_id=viewer.organisation,
        created=clock.now(),
        created_by=viewer.actor,
        is_everywhere=viewer.locations is None,
    )


def _next_version(
    viewer: Viewer,
    form: Form,
    last: FormVersion | None,
    marks: Mapping[str, Sequence[str]],
    columns: Sequence[str],
) -> FormVersion:
    parsed = definition.parse(form.working.encode())
    kept_marks = {name: list(link_ids) for name, link_ids in marks.items()}
    if last and (last.sha256, last.marks, last.columns) == (
        parsed.sha256,
        kept_marks,
        list(columns),
    ):
        raise NothingToPublish
    return FormVersion(
        organisation_id=viewer.organisation,
        form=form,
        number=last.number + 1 if last else 1,
        title=form.title,
        definition=form.working,
        sha256=parsed.sha256,
        marks=kept_marks,
        columns=list(columns),
        published=clock.now(),
        published_by=viewer.actor or form.created_by,
    )


def _subject(form: Form) -> Subject:
    return Subject("forms.form", (form.pk,))
