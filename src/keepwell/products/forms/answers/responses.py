"""Write answers as a FHIR R4 QuestionnaireResponse."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from keepwell.products.forms.compiled.building import option_for
from keepwell.products.forms.compiled.items import CompiledForm, Item, ItemType
from keepwell.products.forms.logic import pruned
from keepwell.products.forms.values import (
    Answers,
    Attachment,
    Coding,
    Place,
    Quantity,
    Value,
)

_ELEMENTS = {
    ItemType.BOOLEAN: "valueBoolean", ItemType.DATE: "valueDate",
    ItemType.DATE_TIME: "valueDateTime", ItemType.DECIMAL: "valueDecimal",
    ItemType.INTEGER: "valueInteger", ItemType.TIME: "valueTime", ItemType.URL: "valueUri",
}  # fmt: skip


def to_response(
    form: CompiledForm,
    answers: Answers,
    *,
    authored: datetime,
    questionnaire: str = "",
    identifier: str = "",
) -> dict[str, Any]:
    """Return the QuestionnaireResponse; numbers with a point are Decimal, never float.

    Answers to disabled items are left out here once more. `questionnaire` is the canonical
    address of the definition where the definition itself has none. Write it as bytes with
    definition.documents.encode.
    """
    kept = pruned(form, answers)
    canonical = f"{form.url}|{form.version}".rstrip("|") if form.url else questionnaire
    items = list(_items(form, form.roots, (), kept))
    response: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical or f"urn:sha256:{form.sha256}",
        "status": "completed",
        "authored": authored.isoformat(timespec="seconds"),
    }
    if identifier:
        response["identifier"] = {"value": identifier}
    if items:
        response["item"] = items
    return response


def _items(
    form: CompiledForm, indexes: tuple[int, ...], rows: tuple[int, ...], answers: Answers
) -> Iterator[dict[str, Any]]:
    for index in indexes:
        item = form.items[index]
        if item.is_repeating_group:
            for row in answers.row_ids(Place(item.link_id, rows)):
                yield from _group(form, item, (*rows, row), answers)
        elif item.is_group:
            yield from _group(form, item, rows, answers)
        elif item.is_question:
            yield from _question(form, item, rows, answers)


def _group(
    form: CompiledForm, item: Item, rows: tuple[int, ...], answers: Answers
) -> Iterator[dict[str, Any]]:
    inside = list(_items(form, item.children, rows, answers))
    if inside:
        yield {**_named(item), "item": inside}


def _question(
    form: CompiledForm, item: Item, rows: tuple[int, ...], answers: Answers
) -> Iterator[dict[str, Any]]:
    given: list[dict[str, Any]] = [
        value_element(item, value) for value in answers.at(item.link_id, rows)
    ]
    inside = list(_items(form, item.children, rows, answers))
    if inside:
        given = given or [{}]
        given[0] = {**given[0], "item": inside}
    if given:
        yield {**_named(item), "answer": given}


def _named(item: Item) -> dict[str, Any]:
    return {"linkId": item.link_id, **({"text": item.text} if item.text else {})}


def value_element(item: Item, value: Value) -> dict[str, Any]:
    """Return a value as the FHIR answer element that its question's type has."""
    match value:
        case Coding():
            parts = {"system": value.system, "code": value.code, "display": value.display}
            return {"valueCoding": _present(parts)}
        case Quantity():
            parts = {"unit": value.unit, "system": value.system, "code": value.code}
            return {"valueQuantity": {"value": value.value, **_present(parts)}}
        case Attachment():
            return {"valueAttachment": _attachment(value)}
        case str() if item.type is ItemType.REFERENCE:
            return {"valueReference": {"display": value}}
    return {_element(item, value): value}


def _element(item: Item, value: Value) -> str:
    if isinstance(value, bool):
        return "valueBoolean"
    option = option_for(item, value)
    if option is not None:
        return option.kind
    return _ELEMENTS.get(item.type, "valueString")


def _present(parts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in parts.items() if text}


def _attachment(value: Attachment) -> dict[str, Any]:
    return {
        "contentType": value.mime,
        "size": value.size_bytes,
        "title": value.name,
        "url": f"urn:keepwell:file:{value.sha256}",
    }
