"""Read the limits and units of a question from its extensions."""

from decimal import Decimal
from typing import Any

from keepwell.products.forms.compiled.items import Limits, Unit
from keepwell.products.forms.compiled.options import coding_of
from keepwell.products.forms.definition.extensions import FHIR
from keepwell.products.forms.definition.limits import extension_values, is_day
from keepwell.products.forms.patterns import Pattern, PatternRefused


def limits_of(raw: dict[str, Any]) -> Limits:
    """Return the limits of an item; what cannot be read is no limit."""
    return Limits(
        low=_bound(raw, "minValue"),
        high=_bound(raw, "maxValue"),
        min_length=_whole(raw, "minLength") or 0,
        max_length=raw.get("maxLength"),
        max_decimals=_whole(raw, "maxDecimalPlaces"),
        pattern=_pattern(_first_text(raw, "regex")),
        entry_format=_first_text(raw, "entryFormat"),
        mimes=tuple(
            value for _, value in extension_values(raw, FHIR + "mimeType") if isinstance(value, str)
        ),
        max_bytes=_size(raw),
        min_occurs=_whole(raw, "questionnaire-minOccurs") or 0,
        max_occurs=_whole(raw, "questionnaire-maxOccurs"),
    )


def units_of(raw: dict[str, Any]) -> tuple[Unit, ...]:
    """Return the unit, or the units to choose from, of a number or quantity."""
    found = [
        coding_of(value)
        for name in ("questionnaire-unit", "questionnaire-unitOption")
        for _, value in extension_values(raw, FHIR + name)
    ]
    units = (Unit(one.display or one.code, one.system, one.code) for one in found)
    return tuple(dict.fromkeys(unit for unit in units if unit.label))


def _bound(raw: dict[str, Any], name: str) -> Decimal | str | None:
    for kind, value in extension_values(raw, FHIR + name):
        if kind in ("valueInteger", "valueDecimal") and isinstance(value, int | Decimal):
            return Decimal(value)
        if kind in ("valueDate", "valueDateTime") and is_day(value):
            return str(value)
        if kind == "valueTime" and isinstance(value, str):
            return value
    return None


def _whole(raw: dict[str, Any], name: str) -> int | None:
    values = (value for _, value in extension_values(raw, FHIR + name))
    return next((one for one in values if isinstance(one, int)), None)


def _size(raw: dict[str, Any]) -> int | None:
    values = (value for _, value in extension_values(raw, FHIR + "maxSize"))
    return next((int(one) for one in values if isinstance(one, int | Decimal)), None)


def _first_text(raw: dict[str, Any], name: str) -> str:
    values = (value for _, value in extension_values(raw, FHIR + name))
    return next((one for one in values if isinstance(one, str)), "")


def _pattern(source: str) -> Pattern | None:
    try:
        return Pattern(source) if source else None
    except PatternRefused:
        return None
