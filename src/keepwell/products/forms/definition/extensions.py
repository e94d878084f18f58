"""Account for every extension of a definition: acted upon, kept without effect, or refused.

Nothing is lost silently: what the pages do not do becomes a notice for the author.
"""

from collections.abc import Iterator
from typing import Any

from keepwell.products.forms.definition.conditions import has_extension
from keepwell.products.forms.definition.findings import Finding, Notice, finding, notice
from keepwell.products.forms.definition.structure import OTHER_RELEASES, Found

FHIR = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
CALCULATED = SDC + "sdc-questionnaire-calculatedExpression"
INITIAL_EXPRESSION = SDC + "sdc-questionnaire-initialExpression"

ACTED_UPON = frozenset(
    FHIR + name
    for name in (
        "questionnaire-itemControl", "questionnaire-hidden", "questionnaire-unit",
        "questionnaire-unitOption", "questionnaire-optionExclusive",
        "questionnaire-optionPrefix", "questionnaire-minOccurs", "questionnaire-maxOccurs",
        "entryFormat", "minValue", "maxValue", "minLength", "maxDecimalPlaces", "regex",
        "mimeType", "maxSize",
    )
) | frozenset(
    {
        SDC + "sdc-questionnaire-openLabel",
        SDC + "sdc-questionnaire-shortText",
        FHIR + "questionnaire-shortText",
    }
)  # fmt: skip
_APPEARANCE = frozenset(
    {
        "rendering-style", "rendering-xhtml", "rendering-markdown", "rendering-styleSensitive",
        "questionnaire-choiceOrientation", "questionnaire-sliderStepValue",
        "questionnaire-displayCategory", "questionnaire-supportLink",
        "sdc-questionnaire-choiceColumn", "sdc-questionnaire-collapsible",
        "sdc-questionnaire-width", "sdc-questionnaire-columnCount",
        "sdc-questionnaire-optionalDisplay", "sdc-questionnaire-itemMedia",
        "sdc-questionnaire-keyboard", "itemWeight", "ordinalValue", "translation",
    }
)  # fmt: skip
_UNDERSTOOD = frozenset(
    {
        "variable", "cqf-expression", "cqf-library", "cqf-calculatedValue", "targetConstraint",
        "questionnaire-constraint", "questionnaire-signatureRequired",
        "questionnaire-referenceResource", "questionnaire-referenceProfile",
        "questionnaire-usageMode", "questionnaire-baseType", "questionnaire-fhirType",
        "questionnaire-unitValueSet", "artifact-versionAlgorithm",
    }
)  # fmt: skip
_R4_ITEM = frozenset(
    {
        "answerOption", "answerValueSet", "code", "definition", "enableBehavior", "enableWhen",
        "extension", "id", "initial", "item", "linkId", "maxLength", "modifierExtension",
        "prefix", "readOnly", "repeats", "required", "text", "type",
    }
)  # fmt: skip


def modifier_findings(document: dict[str, Any]) -> Iterator[Finding]:
    """Refuse every modifier extension: none is known, and each may turn a meaning around."""
    for link_id, holder in _holders(document):
        for extension in _objects(holder.get("modifierExtension")):
            url = extension.get("url")
            yield finding(link_id, "modifier_unknown", url=str(url)[:120])


def initial_findings(items: list[Found]) -> Iterator[Finding]:
    """Refuse an item whose first value is both written down and to be calculated."""
    for found in items:
        if found.item.get("initial") and has_extension(found.item, INITIAL_EXPRESSION):
            yield finding(found.link_id, "initial_twice")


def extension_notices(document: dict[str, Any]) -> list[Notice]:
    """Name what is kept without effect, each once, with the items that carry it."""
    carried: dict[tuple[str, str], list[str]] = {}
    for link_id, holder in _holders(document):
        for code, name in _without_effect(holder):
            links = carried.setdefault((code, name), [])
            if link_id and link_id not in links[-1:]:
                links.append(link_id)
    return [
        notice(code, tuple(dict.fromkeys(links)), name=name)
        for (code, name), links in sorted(carried.items())
    ]


def _without_effect(holder: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for extension in _objects(holder.get("extension")):
        url = str(extension.get("url", ""))
        if url not in ACTED_UPON and url != CALCULATED:
            yield _class_of(url), url.rpartition("/")[2][:80] or url[:80]
    if "linkId" in holder:
        known = _R4_ITEM | OTHER_RELEASES.keys()
        for element in sorted(holder.keys() - known):
            if element.lstrip("_") not in _R4_ITEM:
                yield "element_unknown", element[:80]


def _class_of(url: str) -> str:
    name = url.rpartition("/")[2]
    if name in _APPEARANCE:
        return "appearance"
    is_known_family = name.startswith(("sdc-questionnaire-", "questionnaire-", "cqf-"))
    return "expression" if name in _UNDERSTOOD or is_known_family else "extension_unknown"


def contained_notices(document: dict[str, Any]) -> list[Notice]:
    """Name the contained resources that no question uses."""
    used = {
        str(found.get("answerValueSet", "")).removeprefix("#") for _, found in _holders(document)
    }
    names = [
        f"{one.get('resourceType', '?')}/{one.get('id', '?')}"[:80]
        for one in _objects(document.get("contained"))
        if one.get("id") not in used
    ]
    return [notice("contained_unused", (), name=name) for name in names]


def _objects(value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, dict)]


def _holders(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object that may carry extensions, with the linkId it belongs to.

    The inside of an extension and of contained resources is data, not definition.
    """
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        link_id, one = waiting.pop()
        if isinstance(one, list):
            waiting += [(link_id, part) for part in reversed(one)]
        elif isinstance(one, dict):
            own = one.get("linkId")
            link_id = own if isinstance(own, str) else link_id
            yield link_id, one
            inside = {key: part for key, part in one.items() if key not in _OPAQUE}
            waiting += [(link_id, part) for part in reversed(inside.values())]


_OPAQUE = frozenset({"extension", "modifierExtension", "contained"})
