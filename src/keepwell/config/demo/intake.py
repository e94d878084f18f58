"""The demonstration's form: published by its author, answered by made-up patients."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from keepwell.config.demo.patients import PATIENTS, Answer
from keepwell.products.forms import definition
from keepwell.products.forms.actions import answering, authoring
from keepwell.products.forms.answers.persons import marked_person
from keepwell.products.forms.arriving import Arriving
from keepwell.products.forms.compiled import CompiledForm, compile_form
from keepwell.products.forms.models import FormLink, FormVersion
from keepwell.products.forms.queries.authoring import form_with
from keepwell.products.forms.values import Answers, Coding, Place, Value, to_stored
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7

COLUMNS = ("reason", "since")


@dataclass(frozen=True, slots=True)
class Published:
    """A form that patients can open."""

    form: CompiledForm
    version: FormVersion
    link: FormLink
    path: str

    @property
    def title(self) -> str:
        """Return what the form is called."""
        return self.version.title

    @property
    def number(self) -> int:
        """Return which version this is."""
        return self.version.number


def publish(author: Viewer, raw: bytes) -> Published:
    """Upload the definition and publish it as its author would."""
    form = compile_form(definition.parse(raw))
    uploaded = authoring.upload(author, raw=raw)
    marks = {
        "name": form.marks.name,
        "born": (form.marks.born,),
        "email": (form.marks.email,),
        "telephone": (form.marks.telephone,),
    }
    version = authoring.publish(author, form_id=uploaded.pk, marks=marks, columns=COLUMNS)
    line = form_with(author, uploaded.pk).links[0]
    return Published(form, version, line.link, reverse("forms:start", args=[line.token]))


def answer(organisation: Organisation, published: Published) -> None:
    """Send the form once for each made-up patient, as their devices would."""
    for patient in PATIENTS:
        viewer = Viewer(
            kind=ViewerKind.RESPONDENT,
            organisation=organisation.id,
            actor=uuid7(),
            purpose="care",
            address="127.0.0.1",
        )
        begun = answering.begin_draft(viewer, link=published.link, version=published.version)
        arriving = _arriving(published.form, patient)
        answering.send(viewer, draft=begun.draft, arriving=arriving)


def _arriving(form: CompiledForm, patient: Mapping[str, Answer]) -> Arriving:
    answers = Answers({_place(form, name): _values(form, name, patient[name]) for name in patient})
    person = marked_person(form, answers, form.marks)
    return Arriving(
        answers=to_stored(answers),
        brief={name: _words(answers.at(name)) for name in COLUMNS},
        person={
            "name": person.name or None,
            "born": date.fromisoformat(person.born) if person.born else None,
            "email": person.email or None,
            "telephone": person.telephone or None,
        },
    )


def _place(form: CompiledForm, name: str) -> Place:
    return form.place_of(form.item(name), (0,))


def _values(form: CompiledForm, name: str, given: Answer) -> tuple[Value, ...]:
    options = {
        option.value.code: option.value
        for option in form.item(name).options
        if isinstance(option.value, Coding)
    }
    each = given if isinstance(given, tuple) else (given,)
    return tuple(options.get(one, one) if isinstance(one, str) else one for one in each)


def _words(values: tuple[Value, ...]) -> str:
    return ", ".join(one.display if isinstance(one, Coding) else str(one) for one in values)
