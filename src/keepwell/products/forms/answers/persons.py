"""Take the facts about the person out of the answers, as the form's author marked them."""

from dataclasses import dataclass

from keepwell.products.forms.compiled.items import CompiledForm, PersonMarks
from keepwell.products.forms.logic import enabled, places
from keepwell.products.forms.values import Answers


@dataclass(frozen=True)
class MarkedPerson:
    """Whom a response is about; empty where nothing was marked or answered."""

    name: str = ""
    born: str = ""
    email: str = ""
    telephone: str = ""


def marked_person(form: CompiledForm, answers: Answers, marks: PersonMarks) -> MarkedPerson:
    """Return the first answers to the marked questions; given and family name are joined."""
    names = (_first(form, answers, link_id) for link_id in marks.name)
    return MarkedPerson(
        name=" ".join(filter(None, names)),
        born=_first(form, answers, marks.born),
        email=_first(form, answers, marks.email),
        telephone=_first(form, answers, marks.telephone),
    )


def _first(form: CompiledForm, answers: Answers, link_id: str) -> str:
    if link_id not in form.by_link_id:
        return ""
    is_open = enabled(form, answers)
    for place in places(form, form.item(link_id), answers):
        values = answers.values.get(place, ())
        if values and place in is_open:
            return " ".join(str(value) for value in values)
    return ""
