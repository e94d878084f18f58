"""The demonstration's form: published by its author, answered by made-up patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse

from keepwell.config.demo.patients import PATIENTS, Answer
from keepwell.products.forms.actions import answering, authoring, sending
from keepwell.products.forms.answers import Setting
from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.drafting import Progress
from keepwell.products.forms.events import FormsEvent
from keepwell.products.forms.models import FormLink, FormVersion
from keepwell.products.forms.queries.authoring import form_with
from keepwell.products.forms.values import Answers, Coding, Value
from keepwell.products.forms.versions import (
    compiled_version,
    compiled_working,
    default_columns,
    marks_of,
    marks_stored,
)
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7

MORE_COLUMNS = ("reason",)


@dataclass(frozen=True, slots=True)
class Published:
    """A form that patients can open."""

    version: FormVersion
    link: FormLink
    path: str


def publish(author: Viewer, raw: bytes) -> Published:
    """Upload the definition and publish it as its author would."""
    uploaded = authoring.upload(author, raw=raw)
    marks = compiled_working(uploaded).marks
    version = authoring.publish(
        author,
        form_id=uploaded.pk,
        marks=marks_stored(marks),
        columns=[*default_columns(marks), *MORE_COLUMNS],
    )
    line = form_with(author, uploaded.pk).links[0]
    return Published(version, line.link, reverse("forms_patient:start", args=[line.token]))


def answer(organisation: Organisation, published: Published) -> None:
    """Send the form once for each made-up patient, as their devices would."""
    zone = ZoneInfo(organisation.time_zone)
    setting = Setting(clock.now().astimezone(zone).date(), marks_of(published.version), zone)
    for patient in PATIENTS:
        viewer = Viewer(
            kind=ViewerKind.RESPONDENT,
            organisation=organisation.id,
            actor=uuid7(),
            purpose=Purpose.CARE,
            address="127.0.0.1",
        )
        _send(viewer, published, patient, setting)


def _send(
    viewer: Viewer, published: Published, patient: Mapping[str, Answer], setting: Setting
) -> None:
    answers = _answers(compiled_version(published.version), patient)
    draft = answering.begin_draft(viewer, link=published.link, version=published.version).draft
    with wall.writing(viewer.organisation):
        draft.answers = Progress(answers).stored()
        keep(viewer, draft, FormsEvent.DRAFT_KEPT)
    with disclose(viewer, Purpose.CARE) as scope:
        sending.send(viewer, draft=draft, scope=scope, setting=setting)


def _answers(form: CompiledForm, patient: Mapping[str, Answer]) -> Answers:
    return Answers(
        {
            form.place_of(form.item(name), (0,)): _values(form, name, given)
            for name, given in patient.items()
        }
    )


def _values(form: CompiledForm, name: str, given: Answer) -> tuple[Value, ...]:
    """Return typed answers; a choice is given by its code."""
    options = {
        option.value.code: option.value
        for option in form.item(name).options
        if isinstance(option.value, Coding)
    }
    each = given if isinstance(given, tuple) else (given,)
    return tuple(options.get(one, one) if isinstance(one, str) else one for one in each)
