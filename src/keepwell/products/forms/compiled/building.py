"""Compile a checked definition into the flat, frozen form that pages and checks work with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from keepwell.products.forms.compiled.items import (
    CompiledForm,
    Condition,
    Item,
    ItemType,
    Option,
)
from keepwell.products.forms.compiled.limits import limits_of, units_of
from keepwell.products.forms.compiled.marks import guess_marks
from keepwell.products.forms.compiled.options import coding_of, option_value, options_of
from keepwell.products.forms.compiled.texts import short, words
from keepwell.products.forms.definition.conditions import has_extension
from keepwell.products.forms.definition.extensions import CALCULATED, FHIR, SDC
from keepwell.products.forms.definition.findings import Notice, notice
from keepwell.products.forms.definition.limits import extension_values
from keepwell.products.forms.definition.parsing import Definition
from keepwell.products.forms.definition.structure import Found, all_items, controls
from keepwell.products.forms.values import Coding, Quantity, Value

# Where several controls are given, the first of these counts.
CONTROLS = (
    "drop-down", "autocomplete", "radio-button", "check-box", "text-box", "slider", "spinner",
    "help", "flyover", "prompt", "unit", "legal", "lower", "upper", "page", "header", "footer",
    "list", "table", "htable", "gtable", "atable", "tab", "grid", "inline",
)  # fmt: skip


@dataclass
class _Draft:
    """What is known of all items before any Item can be made."""

    found: list[Found]
    indexes: dict[str, int]
    contained: dict[str, dict[str, Any]]
    children: dict[str, list[int]] = field(default_factory=dict)


def compile_form(definition: Definition) -> CompiledForm:
    """Return the compiled form of a definition that passed its checks."""
    document = definition.document
    draft = _draft(document)
    items = tuple(_item(draft, found) for found in draft.found)
    asked = frozenset(_asked(items))
    notices = (*definition.notices, *_notices(items, asked, draft))
    return CompiledForm(
        title=definition.title,
        description=str(document.get("description", "")),
        language=str(document.get("language", "")),
        url=str(document.get("url", "")),
        version=str(document.get("version", "")),
        sha256=definition.sha256,
        items=items,
        roots=tuple(one.index for one in items if one.parent is None),
        order=_order(items),
        asked=asked,
        notices=notices,
        marks=guess_marks(items),
        by_link_id=draft.indexes,
    )


def _draft(document: dict[str, Any]) -> _Draft:
    found = list(all_items(document))
    contained = document.get("contained", [])
    draft = _Draft(
        found,
        {one.link_id: index for index, one in enumerate(found)},
        {str(one.get("id", "")): one for one in contained if isinstance(one, dict)},
    )
    for index, one in enumerate(found):
        if one.parents:
            draft.children.setdefault(one.parents[-1], []).append(index)
    return draft


def _item(draft: _Draft, found: Found) -> Item:
    raw = found.item
    text, hint = words(raw)
    kind = ItemType(raw["type"])
    return Item(
        index=draft.indexes[found.link_id],
        link_id=found.link_id,
        type=kind,
        text=text,
        label=short(_short_text(raw) or text or found.link_id),
        hint=hint,
        prefix=str(raw.get("prefix", "")),
        parent=draft.indexes[found.parents[-1]] if found.parents else None,
        children=tuple(draft.children.get(found.link_id, ())),
        groups=_repeating_groups(draft, found),
        depth=found.depth,
        required=raw.get("required") is True,
        repeats=raw.get("repeats") is True,
        hidden=_is_true(raw, FHIR + "questionnaire-hidden"),
        read_only=raw.get("readOnly") is True,
        calculated=has_extension(raw, CALCULATED),
        control=next((one for one in CONTROLS if one in controls(raw)), ""),
        options=options_of(raw, draft.contained) if kind is not ItemType.GROUP else (),
        open_label=_text(raw, SDC + "sdc-questionnaire-openLabel"),
        units=units_of(raw),
        limits=limits_of(raw),
        conditions=tuple(_conditions(draft, raw)),
        needs_all=raw.get("enableBehavior") != "any",
        initial=tuple(_initial(raw)),
        codes=tuple(coding_of(one) for one in raw.get("code", ())),
        definition=str(raw.get("definition", "")),
    )


def _repeating_groups(draft: _Draft, found: Found) -> tuple[int, ...]:
    indexes = (draft.indexes[parent] for parent in found.parents)
    raws = ((index, draft.found[index].item) for index in indexes)
    return tuple(
        index for index, raw in raws if raw.get("type") == "group" and raw.get("repeats") is True
    )


def _text(raw: dict[str, Any], url: str) -> str:
    return next((value for _, value in extension_values(raw, url) if isinstance(value, str)), "")


def _short_text(raw: dict[str, Any]) -> str:
    holder = raw.get("_text") if isinstance(raw.get("_text"), dict) else {}
    urls = (SDC + "sdc-questionnaire-shortText", FHIR + "questionnaire-shortText")
    found = (_text(one or {}, url) for one in (raw, holder) for url in urls)
    return next(filter(None, found), "")


def _is_true(raw: dict[str, Any], url: str) -> bool:
    return any(value is True for _, value in extension_values(raw, url))


def _conditions(draft: _Draft, raw: dict[str, Any]) -> Iterator[Condition]:
    for one in raw.get("enableWhen", ()):
        key = next(name for name in one if name.startswith("answer"))
        answer = value_of("value" + key.removeprefix("answer"), one[key])
        yield Condition(draft.indexes[one["question"]], one["operator"], answer)


def value_of(kind: str, value: Any) -> Value:
    """Turn a FHIR value element into a value."""
    if kind == "valueQuantity":
        unit, system, code = (str(value.get(name, "")) for name in ("unit", "system", "code"))
        return Quantity(value.get("value", 0), unit, system, code)
    return option_value(kind, value)


def _initial(raw: dict[str, Any]) -> Iterator[Value]:
    for one in raw.get("initial", ()):
        for kind, value in one.items():
            if kind in _INITIAL and isinstance(value, dict | str | int | Decimal):
                yield value_of(kind, value)
    for option in raw.get("answerOption", ()):
        if option.get("initialSelected") is True:
            kind = next(key for key in option if key.startswith("value"))
            yield option_value(kind, option[kind])


_INITIAL = frozenset(
    {"valueBoolean", "valueInteger", "valueDate", "valueDateTime", "valueTime", "valueString"}
    | {"valueUri", "valueCoding", "valueReference", "valueDecimal", "valueQuantity"}
)


def _asked(items: tuple[Item, ...]) -> Iterator[int]:
    """Yield the items patients see: not hidden, not read-only, not inside such an item."""
    seen: set[int] = set()
    for item in items:
        is_open = item.parent is None or item.parent in seen
        if is_open and not item.hidden and not (item.read_only and item.is_question):
            seen.add(item.index)
            yield item.index


def _order(items: tuple[Item, ...]) -> tuple[int, ...]:
    """Sort so that every item comes after its parent and the questions of its conditions."""
    done: dict[int, None] = {}
    for item in items:
        todo = [(item.index, False)]
        while todo:
            index, is_ready = todo.pop()
            if index in done:
                continue
            if is_ready:
                done[index] = None
                continue
            one = items[index]
            needs = [condition.question for condition in one.conditions]
            needs += [] if one.parent is None else [one.parent]
            todo.append((index, True))
            todo += [(need, False) for need in needs if need not in done]
    return tuple(done)


def _notices(items: tuple[Item, ...], asked: frozenset[int], draft: _Draft) -> Iterator[Notice]:
    left_out = [one for one in items if one.index not in asked and one.is_question]
    groups = {
        "calculated_left_out": [one for one in left_out if one.calculated],
        "calculated_asked": [one for one in items if one.calculated and one.index in asked],
        "hidden_left_out": [one for one in items if one.hidden and not one.calculated],
        "read_only_left_out": [one for one in left_out if one.read_only and not one.calculated],
        "empty_group": [one for one in items if one.is_group and not one.children],
    }
    for code, concerned in groups.items():
        if concerned:
            yield notice(code, tuple(one.link_id for one in concerned))
    for item in items:
        yield from _item_notices(item, draft.found[item.index].item)


def _item_notices(item: Item, raw: dict[str, Any]) -> Iterator[Notice]:
    is_listless = item.type in (ItemType.CHOICE, ItemType.OPEN_CHOICE) and not item.options
    address = str(raw.get("answerValueSet", ""))
    if is_listless and address:
        yield notice("value_set_elsewhere", (item.link_id,), name=address[:120])
    elif is_listless:
        yield notice("no_options", (item.link_id,))
    pattern = _text(raw, FHIR + "regex")
    if pattern and item.limits.pattern is None:
        yield notice("pattern_ignored", (item.link_id,), pattern=pattern[:80])


def option_for(item: Item, value: Value) -> Option | None:
    """Return the option of an item that stands for a value."""
    for option in item.options:
        if isinstance(value, Coding) and isinstance(option.value, Coding):
            if value.same_as(option.value):
                return option
        elif type(value) is type(option.value) and value == option.value:
            return option
    return None
