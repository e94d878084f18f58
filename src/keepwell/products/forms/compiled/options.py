"""The answers a question offers: listed on it, or in a value set the form contains."""

from collections.abc import Iterator
from typing import Any

from keepwell.products.forms.compiled.items import Option
from keepwell.products.forms.definition.limits import extension_values
from keepwell.products.forms.definition.structure import MAX_OPTIONS, OPTION_KINDS
from keepwell.products.forms.values import Coding, Value

FHIR = "http://hl7.org/fhir/StructureDefinition/"
_GENDER = "http://hl7.org/fhir/administrative-gender"
# Value sets that the FHIR R4 specification itself publishes (CC0) and that forms only name.
WELL_KNOWN: dict[str, tuple[Coding, ...]] = {
    "http://hl7.org/fhir/ValueSet/administrative-gender": (
        Coding("male", _GENDER, "Male"),
        Coding("female", _GENDER, "Female"),
        Coding("other", _GENDER, "Other"),
        Coding("unknown", _GENDER, "Unknown"),
    ),
    "http://hl7.org/fhir/ValueSet/yesnodontknow": (
        Coding("Y", "http://terminology.hl7.org/CodeSystem/v2-0136", "Yes"),
        Coding("N", "http://terminology.hl7.org/CodeSystem/v2-0136", "No"),
        Coding("asked-unknown", "http://terminology.hl7.org/CodeSystem/data-absent-reason",
               "Don't know"),
    ),
}  # fmt: skip


def options_of(item: dict[str, Any], contained: dict[str, dict[str, Any]]) -> tuple[Option, ...]:
    """Return the options of an item; none when its value set is not part of the file."""
    listed = item.get("answerOption")
    if isinstance(listed, list) and listed:
        return tuple(_option(number, one) for number, one in enumerate(listed))
    codings = value_set(str(item.get("answerValueSet", "")), contained)
    return tuple(
        Option(str(number), "valueCoding", one, one.display or one.code)
        for number, one in enumerate(codings)
    )


def value_set(address: str, contained: dict[str, dict[str, Any]]) -> tuple[Coding, ...]:
    """Return the codings of a contained or well-known value set."""
    if not address.startswith("#"):
        return WELL_KNOWN.get(address.partition("|")[0], ())
    found = contained.get(address[1:], {})
    codings = tuple(_expanded(found.get("expansion"))) or tuple(_composed(found.get("compose")))
    return codings[:MAX_OPTIONS]


def _expanded(expansion: Any) -> Iterator[Coding]:
    waiting = _objects(expansion, "contains")[::-1]
    while waiting:
        one = waiting.pop()
        if one.get("code") and not one.get("abstract"):
            yield coding_of(one)
        waiting += _objects(one, "contains")[::-1]


def _composed(compose: Any) -> Iterator[Coding]:
    for include in _objects(compose, "include"):
        for concept in _objects(include, "concept"):
            yield coding_of({**concept, "system": include.get("system", "")})


def _objects(holder: Any, name: str) -> list[dict[str, Any]]:
    listed = holder.get(name) if isinstance(holder, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def coding_of(value: Any) -> Coding:
    """Read a FHIR Coding, keeping only text."""
    found = value if isinstance(value, dict) else {}
    parts = (found.get(name, "") for name in ("code", "system", "display"))
    return Coding(*(part if isinstance(part, str) else "" for part in parts))


def _option(number: int, option: dict[str, Any]) -> Option:
    kind = next(key for key in option if key in OPTION_KINDS)
    value = option_value(kind, option[kind])
    exclusive = extension_values(option, FHIR + "questionnaire-optionExclusive")
    return Option(
        str(number),
        kind,
        value,
        label_of(value),
        _prefix(option, kind),
        any(is_true is True for _, is_true in exclusive),
    )


def option_value(kind: str, value: Any) -> Value:
    """Turn an option's or initial value element into a value."""
    if kind == "valueCoding":
        return coding_of(value)
    if kind == "valueReference":
        return str(value.get("display") or value.get("reference") or "")
    return value  # type: ignore[no-any-return]  # the definition's check admits text and numbers


def label_of(value: Value) -> str:
    """Return the words for a value that stands in a list."""
    if isinstance(value, Coding):
        return value.display or value.code
    return str(value)


def _prefix(option: dict[str, Any], kind: str) -> str:
    holders = [option, option[kind]] if isinstance(option[kind], dict) else [option]
    found = [
        value
        for holder in holders
        for _, value in extension_values(holder, FHIR + "questionnaire-optionPrefix")
        if isinstance(value, str)
    ]
    return found[0] if found else ""
