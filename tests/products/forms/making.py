"""Small definitions for tests, made from their items."""

import json
from datetime import UTC, date, timezone
from pathlib import Path
from typing import Any

from keepwell.products.forms.answers import PageAnswers, Setting, Upload, read
from keepwell.products.forms.compiled import CompiledForm, PersonMarks, compile_form
from keepwell.products.forms.definition import parse
from keepwell.products.forms.definition.documents import encode
from keepwell.products.forms.paging import pages
from keepwell.products.forms.values import Answers, Place, Value

SAMPLES = Path(__file__).parents[2] / "samples" / "fhir"
FHIR = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
TODAY = date(2026, 11, 24)


def item(link_id: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    """Return an item with a text."""
    return {"linkId": link_id, "type": kind, "text": link_id.capitalize(), **more}


def group(link_id: str, *inside: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a group."""
    return item(link_id, "group", item=list(inside), **more)


def when(question: str, operator: str = "exists", **answer: Any) -> dict[str, Any]:
    """Return a condition; without an answer it asks whether there is one."""
    return {"question": question, "operator": operator, **(answer or {"answerBoolean": True})}


def extension(name: str, **value: Any) -> dict[str, Any]:
    """Return an extension of FHIR itself."""
    return {"url": FHIR + name, **value}


def document(*items: dict[str, Any], **more: Any) -> bytes:
    """Return the bytes of a Questionnaire."""
    return json.dumps({"resourceType": "Questionnaire", "item": list(items), **more}).encode()


def form_of(*items: dict[str, Any], **more: Any) -> CompiledForm:
    """Return the compiled form with these items."""
    return compile_form(parse(document(*items, **more)))


def sample(name: str) -> CompiledForm:
    """Return a compiled sample."""
    return compile_form(parse((SAMPLES / f"{name}.json").read_bytes()))


def setting(
    form: CompiledForm, *, marks: PersonMarks | None = None, zone: timezone = UTC
) -> Setting:
    """Return the setting of a fixed day."""
    return Setting(TODAY, marks or form.marks, zone)


def answers(**values: Value | tuple[Value, ...]) -> Answers:
    """Return answers outside repeating groups."""
    return Answers(
        {
            Place(link_id): value if isinstance(value, tuple) else (value,)
            for link_id, value in values.items()
        }
    )


def posted(
    form: CompiledForm,
    number: int = 1,
    before: Answers | None = None,
    files: dict[str, list[Upload]] | None = None,
    **data: str | list[str],
) -> PageAnswers:
    """Post a page; a double underscore in a name stands for the hyphen of a part."""
    fields = {
        name.replace("__", "-"): value if isinstance(value, list) else [value]
        for name, value in data.items()
    }
    return read(
        form,
        pages(form)[number - 1],
        fields,
        before=before or Answers(),
        setting=setting(form),
        uploads=files,
    )


def said(result: PageAnswers) -> list[str]:
    """Return the sentences of all errors."""
    return [str(error.sentence) for error in result.errors]


def spelled(value: object) -> str:
    """Return the canonical JSON of a document."""
    return encode(value).decode()
