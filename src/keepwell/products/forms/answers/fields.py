"""Names of the inputs on a patient's page, made from an item's index and its rows.

`f12` is item 12, `f12_0_3` the same in row 3 of row 0; `f12-month` is a part of it. The names
say nothing about the question, hold no linkId and are the HTML ids of the inputs too.
"""

import re
from dataclasses import dataclass

from keepwell.products.forms.compiled.items import CompiledForm, Item
from keepwell.products.forms.values import Place

OTHER = "other"
REFUSED = "refused"
_FIELD = re.compile(r"f(\d{1,4})((?:_\d{1,6}){0,10})", re.ASCII)
_ACT = re.compile(r"(add|remove):(f[0-9_]{1,90})(?::([0-9a-f]{1,64}))?", re.ASCII)


def name_of(form: CompiledForm, place: Place) -> str:
    """Return the field name of a place."""
    rows = "".join(f"_{row}" for row in place.rows)
    return f"f{form.by_link_id[place.link_id]}{rows}"


def place_named(form: CompiledForm, name: str) -> Place | None:
    """Return the place a field name stands for, None if the form has no such place."""
    found = _FIELD.fullmatch(name)
    if found is None or int(found[1]) >= len(form.items):
        return None
    item = form.items[int(found[1])]
    rows = tuple(int(row) for row in found[2].split("_")[1:])
    return Place(item.link_id, rows) if len(rows) == len(item.groups) else None


def part_names(item: Item) -> tuple[str, ...]:
    """Return the parts an item's input consists of; the empty part is the input itself."""
    if item.type == "date":
        return date_parts(item)
    if item.type == "dateTime":
        return (*date_parts(item), "time")
    if item.type == "quantity":
        return ("", "unit")
    if item.type == "attachment":
        return ("", "kept", REFUSED)
    return ("", OTHER) if item.is_open else ("",)


def date_parts(item: Item) -> tuple[str, ...]:
    """Return the parts of a date that are asked; fewer only where entryFormat says so."""
    form = item.limits.entry_format
    if not form or "d" in form.lower():
        return ("day", "month", "year")
    return ("month", "year") if "M" in form else ("year",)


def part(name: str, suffix: str) -> str:
    """Return the name of one part of a field."""
    return f"{name}-{suffix}" if suffix else name


@dataclass(frozen=True)
class Act:
    """What the pressed button asks: "continue", "show", or "add" or "remove" at a place.

    "show" only asks for the page again, by POST: the way of an embedded form, whose handle
    travels in a field.
    A "continue" whose `which` is "check" goes on to all answers instead of the next page.
    Else `which` is the row id of a repeating group, the position of an answer, or a file's sha256.
    """

    kind: str = "continue"
    place: Place | None = None
    which: str = ""


def act_of(form: CompiledForm, value: str) -> Act:
    """Read the value of the pressed button; whatever is not known means continue."""
    if value == "show":
        return Act("show")
    if value == "check":
        return Act(which="check")
    found = _ACT.fullmatch(value)
    place = place_named(form, found[2]) if found else None
    if found is None or place is None:
        return Act()
    return Act(found[1], place, found[3] or "")
