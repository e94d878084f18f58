"""The rows of repeating groups and the lines of repeating questions: kept, added, removed.

Everything works by POST: the page says which rows it shows, the pressed button what to change.
"""

from collections.abc import Iterator, Mapping, Sequence

from keepwell.products.forms.answers.asking import Raw
from keepwell.products.forms.answers.fields import Act, name_of, part, part_names
from keepwell.products.forms.compiled.items import CompiledForm, Item
from keepwell.products.forms.definition.limits import MOST_OCCURS
from keepwell.products.forms.logic import places
from keepwell.products.forms.paging import Page
from keepwell.products.forms.values import Answers, Attachment, Place

MAX_ROWS = MOST_OCCURS
ROWS = "rows"


def first_rows(
    form: CompiledForm, holder: Item | None, rows: tuple[int, ...]
) -> dict[Place, tuple[int, ...]]:
    """Return the rows that groups begin with, below a new row or (None) in a new response.

    As many as must be filled in: nobody has to find "Add another" to answer what is required.
    """
    below = form.items if holder is None else tuple(form.below(holder.index))
    return {
        Place(one.link_id, (*rows, *(0,) * len(one.groups))[: len(one.groups)]): tuple(
            range(one.limits.min_occurs)
        )
        for one in below
        if one.is_repeating_group and one.limits.min_occurs > 1
    }


def repeating_groups(form: CompiledForm, page: Page) -> tuple[Item, ...]:
    """Return the repeating groups on a page, outer ones first."""
    found: dict[int, None] = {}
    for index in page.questions:
        found.update(dict.fromkeys(form.items[index].groups))
    return tuple(form.items[index] for index in sorted(found))


def posted_rows(
    form: CompiledForm, page: Page, data: Mapping[str, Sequence[str]], before: Answers
) -> dict[Place, tuple[int, ...]]:
    """Return the rows that a posted page showed; a page that names none keeps what was."""
    rows: dict[Place, tuple[int, ...]] = {}
    now = before
    for group in repeating_groups(form, page):
        for place in places(form, group, now):
            listed = data.get(part(name_of(form, place), ROWS))
            ids = tuple(_row_ids(listed)) if listed else before.row_ids(place)
            rows[place] = ids[:MAX_ROWS]
        now = before.changed(rows=rows)
    return rows


def _row_ids(listed: Sequence[str]) -> Iterator[int]:
    for text in dict.fromkeys(listed):
        if text.isascii() and text.isdecimal() and len(text) <= 6:
            yield int(text)


def with_act(form: CompiledForm, act: Act, answers: Answers, raw: Raw) -> tuple[Answers, Raw]:
    """Return answers and page after adding or removing a row, a line or a file."""
    if act.place is None:
        return answers, raw
    item = form.item(act.place.link_id)
    if item.is_repeating_group:
        return _with_rows(form, item, act, answers), raw
    if item.type == "attachment":
        return _without_file(act.place, act.which, answers), raw
    return _with_lines(form, item, act, answers, raw)


def _with_rows(form: CompiledForm, item: Item, act: Act, answers: Answers) -> Answers:
    place = act.place or Place(item.link_id)
    ids = answers.row_ids(place)
    if act.kind == "add":
        most = min(item.limits.max_occurs or MAX_ROWS, MAX_ROWS)
        row = max(ids, default=-1) + 1
        begun = first_rows(form, item, (*place.rows, row))
        return answers.changed(rows={**begun, place: (*ids, row)[:most]})
    if not act.which.isdecimal():
        return answers
    gone = int(act.which)
    inside = {one.link_id for one in form.below(item.index)}
    prefix = (*place.rows, gone)
    dropped = [
        one for one in answers.values if one.link_id in inside and one.rows[: len(prefix)] == prefix
    ]
    left = tuple(row for row in ids if row != gone) or (gone + 1,)
    return answers.without(dropped).changed(rows={place: left})


def _without_file(place: Place, sha256: str, answers: Answers) -> Answers:
    values = answers.values.get(place, ())
    left = tuple(
        one for one in values if not (isinstance(one, Attachment) and one.sha256 == sha256)
    )
    return answers.changed(values={place: left})


def _with_lines(
    form: CompiledForm, item: Item, act: Act, answers: Answers, raw: Raw
) -> tuple[Answers, Raw]:
    """Add an empty line to a repeating question, or take one away; the typed rest stays."""
    place = act.place or Place(item.link_id)
    name = name_of(form, place)
    names = [part(name, one) for one in part_names(item)]
    longest = max((len(raw.get(one, [])) for one in names), default=0)
    changed = {one: [*raw.get(one, []), *[""] * longest][:longest] for one in names}
    if act.kind == "add":
        changed = {one: [*lines, ""] if lines else ["", ""] for one, lines in changed.items()}
        return answers, {**raw, **changed}
    if not act.which.isdecimal() or int(act.which) >= longest:
        return answers, raw
    at = int(act.which)
    left = {one: [*lines[:at], *lines[at + 1 :]] for one, lines in changed.items()}
    return answers, {**raw, **left}
