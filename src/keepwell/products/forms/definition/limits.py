"""Check that the limits of a question can be met at all."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from keepwell.products.forms.definition.findings import Finding, finding
from keepwell.products.forms.definition.structure import Found

FHIR = "http://hl7.org/fhir/StructureDefinition/"
MOST_OCCURS = 50  # answers to one question, rows of one group
_NUMBER_KINDS = ("valueInteger", "valueDecimal")
_DATE_KINDS = ("valueDate", "valueDateTime")


def limit_findings(items: list[Found]) -> Iterator[Finding]:
    """Refuse limits of the wrong kind and a smallest value above the largest."""
    for found in items:
        lows = _limits(found, "minValue")
        highs = _limits(found, "maxValue")
        for low, high in zip(lows, highs, strict=False):
            if _is_crossed(low, high):
                yield finding(found.link_id, "limits_crossed")
        yield from _counts(found)
        yield from _occurs(found)


def _is_crossed(low: Any, high: Any) -> bool:
    numbers = (int, Decimal)
    if isinstance(low, numbers) and isinstance(high, numbers):
        return low > high
    return isinstance(low, str) and isinstance(high, str) and low > high


def _limits(found: Found, name: str) -> list[Any]:
    return [
        value for kind, value in extension_values(found.item, FHIR + name)
        if kind in _NUMBER_KINDS or (kind in _DATE_KINDS and is_day(value))
    ]  # fmt: skip


def _counts(found: Found) -> Iterator[Finding]:
    for name in ("minLength", "maxDecimalPlaces", "questionnaire-minOccurs"):
        yield from _count(found, name, 0)
    yield from _count(found, "questionnaire-maxOccurs", 1)


def _occurs(found: Found) -> Iterator[Finding]:
    """Refuse what nobody could send: more answers wanted than there may be or are offered."""
    least = _whole(found, "questionnaire-minOccurs")
    most = _whole(found, "questionnaire-maxOccurs") or MOST_OCCURS
    options = found.item.get("answerOption")
    if isinstance(options, list) and options and found.item.get("type") == "choice":
        most = min(most, len(options))
    if least > min(most, MOST_OCCURS):
        yield finding(found.link_id, "occurs_unreachable", least=least, most=min(most, MOST_OCCURS))


def _whole(found: Found, name: str) -> int:
    values = (value for _, value in extension_values(found.item, FHIR + name))
    return next((one for one in values if type(one) is int), 0)


def _count(found: Found, name: str, least: int) -> Iterator[Finding]:
    for _, value in extension_values(found.item, FHIR + name):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            expected = f"a whole number, {least} or more"
            yield finding(found.link_id, "wrong_kind", element=name, expected=expected)


def extension_values(holder: dict[str, Any], url: str) -> list[tuple[str, Any]]:
    """Return the value[x] of each extension with this address, as (element name, value)."""
    extensions = holder.get("extension")
    listed = extensions if isinstance(extensions, list) else []
    return [
        (key, value)
        for one in listed
        if isinstance(one, dict) and one.get("url") == url
        for key, value in one.items()
        if key.startswith("value")
    ]


def is_day(text: Any) -> bool:
    """Tell whether text begins with a real calendar date."""
    if not isinstance(text, str) or not re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True
