"""Check the skeleton of a Questionnaire: resource, items, types, ids, sizes.

Every finding is reported, not only the first. Rules: FHIR R4 Questionnaire and its invariants
que-1, que-2, que-4; limits of ours protect the pages and the evaluation of conditions.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keepwell.products.forms.definition.findings import Finding, finding

MAX_ITEMS = 2000
MAX_DEPTH = 10
MAX_OPTIONS = 500
MAX_LINK_ID = 255

R4_TYPES = frozenset(
    {
        "attachment", "boolean", "choice", "date", "dateTime", "decimal", "display", "group",
        "integer", "open-choice", "quantity", "reference", "string", "text", "time", "url",
    }
)  # fmt: skip
R5_TYPES = frozenset({"coding", "question"})
ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"

_NEWER = dict.fromkeys(("answerConstraint", "disabledDisplay"), "R5")
_OLDER = dict.fromkeys(("option", "options"), "STU3")
OTHER_RELEASES = {**_NEWER, **_OLDER}
_ROOT_OTHER_RELEASES = dict.fromkeys(
    ("versionAlgorithmString", "versionAlgorithmCoding", "copyrightLabel"), "R5"
)

_TEXT, _FLAG, _LIST, _COUNT = "text", "true or false", "a list", "a whole number, 0 or more"
_ITEM_KINDS = {
    "text": _TEXT, "prefix": _TEXT, "answerValueSet": _TEXT, "definition": _TEXT,
    "required": _FLAG, "repeats": _FLAG, "readOnly": _FLAG, "maxLength": _COUNT,
    "item": _LIST, "enableWhen": _LIST, "answerOption": _LIST, "initial": _LIST, "code": _LIST,
    "extension": _LIST, "modifierExtension": _LIST,
}  # fmt: skip
_ROOT_KINDS = {
    "title": _TEXT, "description": _TEXT, "url": _TEXT, "version": _TEXT, "language": _TEXT,
    "item": _LIST, "contained": _LIST, "extension": _LIST, "modifierExtension": _LIST,
}  # fmt: skip
OBJECT_LISTS = frozenset(
    {"item", "enableWhen", "answerOption", "initial", "code", "extension", "modifierExtension"}
    | {"contained"}
)


@dataclass(frozen=True)
class Found:
    """One item of the document with the way to it."""

    item: dict[str, Any]
    link_id: str
    position: str
    depth: int
    parents: tuple[str, ...]


def all_items(document: dict[str, Any]) -> Iterator[Found]:
    """Yield every item in reading order; what is not an object is passed over."""
    waiting = _children(document, "", 1, ())
    while waiting:
        found = waiting.pop()
        yield found
        parents = (*found.parents, found.link_id)
        waiting += _children(found.item, found.position, found.depth + 1, parents)


def _children(
    holder: dict[str, Any], position: str, depth: int, parents: tuple[str, ...]
) -> list[Found]:
    items = holder.get("item")
    if not isinstance(items, list):
        return []
    children = [
        Found(item, _link_id(item), f"{position}.{number}".lstrip("."), depth, parents)
        for number, item in enumerate(items, 1)
        if isinstance(item, dict)
    ]
    return children[::-1]


def _link_id(item: dict[str, Any]) -> str:
    value = item.get("linkId")
    return value if isinstance(value, str) else ""


def root_findings(document: Any) -> Iterator[Finding]:
    """Say why a document is not a Questionnaire at all."""
    if not isinstance(document, dict):
        yield finding("", "not_an_object")
        return
    if document.get("resourceType") != "Questionnaire":
        found = document.get("resourceType")
        name = found[:60] if isinstance(found, str) else "?"
        yield finding("", "not_a_questionnaire", found=name)
        return
    yield from _kinds("", document, _ROOT_KINDS)
    for element in sorted(_ROOT_OTHER_RELEASES.keys() & document.keys()):
        yield finding("", "not_r4", element=element, version=_ROOT_OTHER_RELEASES[element])
    if not document.get("item"):
        yield finding("", "no_items")


def item_findings(items: list[Found]) -> Iterator[Finding]:
    """Say what is wrong with the items: their number, depth, ids, types and parts."""
    if len(items) > MAX_ITEMS:
        yield finding("", "too_many_items", count=len(items), limit=MAX_ITEMS)
    counts = Counter(found.link_id for found in items if found.link_id)
    yield from (
        finding(link_id, "duplicate_link_id", count=count)
        for link_id, count in counts.items()
        if count > 1
    )
    for found in items:
        yield from _identity(found)
        yield from _type(found)
        yield from _kinds(found.link_id, found.item, _ITEM_KINDS)
        yield from _releases(found)
        yield from _parts(found)


def _identity(found: Found) -> Iterator[Finding]:
    if "linkId" in found.item and not isinstance(found.item["linkId"], str):
        yield finding("", "wrong_kind", element="linkId", expected=_TEXT)
    elif not found.link_id.strip():
        yield finding("", "link_id_missing", position=found.position)
    elif len(found.link_id) > MAX_LINK_ID:
        yield finding(found.link_id[:60], "link_id_too_long", limit=MAX_LINK_ID)
    if found.depth == MAX_DEPTH + 1:
        yield finding(found.link_id, "too_deep", limit=MAX_DEPTH)


def _type(found: Found) -> Iterator[Finding]:
    kind = found.item.get("type")
    if kind is None:
        yield finding(found.link_id, "type_missing")
    elif not isinstance(kind, str):
        yield finding(found.link_id, "wrong_kind", element="type", expected=_TEXT)
    elif kind in R5_TYPES:
        yield finding(found.link_id, "type_r5", type=kind)
    elif kind not in R4_TYPES:
        yield finding(found.link_id, "type_unknown", type=kind[:60])


def _releases(found: Found) -> Iterator[Finding]:
    for element in sorted(OTHER_RELEASES.keys() & found.item.keys()):
        version = OTHER_RELEASES[element]
        yield finding(found.link_id, "not_r4", element=element, version=version)


def _parts(found: Found) -> Iterator[Finding]:
    item, link_id = found.item, found.link_id
    if item.get("type") == "display" and item.get("item"):
        yield finding(link_id, "display_with_items")
    if item.get("answerOption") and item.get("answerValueSet"):
        yield finding(link_id, "options_twice")
    if found.depth > 1 and "page" in controls(item):
        yield finding(link_id, "page_not_at_root")
    yield from _options(link_id, item.get("answerOption"))


def _options(link_id: str, options: Any) -> Iterator[Finding]:
    if not isinstance(options, list):
        return
    if len(options) > MAX_OPTIONS:
        yield finding(link_id, "too_many_options", count=len(options), limit=MAX_OPTIONS)
    for position, option in enumerate(options, 1):
        if isinstance(option, dict) and not _is_option(option):
            yield finding(link_id, "option_value_missing", position=position)


def _is_option(option: dict[str, Any]) -> bool:
    values = [key for key in option if key.startswith("value")]
    if len(values) != 1:
        return False
    return isinstance(option[values[0]], OPTION_KINDS.get(values[0], ()))


OPTION_KINDS: dict[str, type | tuple[type, ...]] = {
    "valueCoding": dict, "valueString": str, "valueInteger": int, "valueDate": str,
    "valueTime": str, "valueReference": dict,
}  # fmt: skip


def controls(item: dict[str, Any]) -> set[str]:
    """Return the itemControl codes of an item, whatever system they come from."""
    extensions = item.get("extension")
    codes: set[str] = set()
    for extension in extensions if isinstance(extensions, list) else []:
        if isinstance(extension, dict) and extension.get("url") == ITEM_CONTROL:
            concept = extension.get("valueCodeableConcept")
            codings = concept.get("coding") if isinstance(concept, dict) else None
            for coding in codings if isinstance(codings, list) else []:
                if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                    codes.add(coding["code"])
    return codes


def _kinds(link_id: str, holder: dict[str, Any], kinds: dict[str, str]) -> Iterator[Finding]:
    for element, expected in kinds.items():
        if element not in holder:
            continue
        value = holder[element]
        if not _is_kind(value, expected):
            yield finding(link_id, "wrong_kind", element=element, expected=expected)
        elif element in OBJECT_LISTS and not all(isinstance(one, dict) for one in value):
            yield finding(link_id, "wrong_kind", element=element, expected="a list of objects")


def _is_kind(value: Any, expected: str) -> bool:
    if expected == _TEXT:
        return isinstance(value, str)
    if expected == _FLAG:
        return isinstance(value, bool)
    if expected == _LIST:
        return isinstance(value, list)
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
