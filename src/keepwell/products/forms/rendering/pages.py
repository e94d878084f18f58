"""Lay out one page of questions."""

from collections.abc import Iterator

from keepwell.products.forms.answers import AnswerError, Raw, Setting, raw_of
from keepwell.products.forms.answers.fields import date_parts, name_of, part
from keepwell.products.forms.answers.missing import least_rows, missing_in
from keepwell.products.forms.answers.rows import MAX_ROWS
from keepwell.products.forms.compiled import CompiledForm, Item, ItemType
from keepwell.products.forms.logic import enabled
from keepwell.products.forms.paging import Page, page_before, visible_pages
from keepwell.products.forms.rendering import saying
from keepwell.products.forms.rendering.inputs import Shown, question_view, says_itself
from keepwell.products.forms.rendering.views import (
    Node,
    PageView,
    RowsView,
    RowView,
    TextView,
)
from keepwell.products.forms.values import Answers
from keepwell.shell import moments


def page_view(
    form: CompiledForm,
    page: Page,
    answers: Answers,
    *,
    setting: Setting,
    raw: Raw | None = None,
    errors: tuple[AnswerError, ...] = (),
) -> PageView:
    """Return what a page shows; without `raw`, inputs hold the answers that are kept."""
    typed = raw_of(form, page, answers) if raw is None else raw
    here = tuple(one for one in errors if form.by_link_id[one.place.link_id] in page.questions)
    shown = Shown(form, answers, typed, here, enabled(form, answers), setting)
    group = _group_of(form, page)
    only = _only_question(shown, page, group)
    numbers = [one.number for one in visible_pages(form, answers)]
    back = page_before(form, answers, page.number)
    section = form.items[page.section].text if page.section is not None else ""
    heading = only.text if only else group.text if group else form.title
    return PageView(
        number=page.number,
        position=numbers.index(page.number) + 1 if page.number in numbers else 1,
        count=max(len(numbers), 1),
        heading=heading,
        section="" if section == heading else section,
        hints=tuple(group.hint.split("\n")) if group and group.hint and not only else (),
        nodes=tuple(_nodes(shown, page, group, only)),
        summary=tuple((_target(form, one), saying.sentence(one.sentence)) for one in here),
        is_heading_a_question=only is not None,
        has_files=any(form.items[one].type is ItemType.ATTACHMENT for one in page.questions),
        back=back.number if back else None,
        may_check=_may_check(shown, page),
        language=form.language,
    )


def _may_check(shown: Shown, page: Page) -> bool:
    """Tell whether somebody came back to change one page: the rest is answered to its end."""
    form, answers = shown.form, shown.answers
    later = [one for one in visible_pages(form, answers) if one.number > page.number]
    beyond = {form.items[index].link_id for one in later for index in one.questions}
    was_beyond = any(place.link_id in beyond for place in answers.values)
    here = {form.items[index].link_id for index in page.questions}
    missing = missing_in(form, answers, shown.open_places, shown.setting)
    return was_beyond and all(error.place.link_id in here for error in missing)


def _group_of(form: CompiledForm, page: Page) -> Item | None:
    """Return the innermost group that holds the whole page; its text is the heading."""
    first, *others = (
        [one.index for one in form.above(index) if one.is_group]
        for index in (page.questions or page.entries)
    )
    return next(
        (form.items[index] for index in first if all(index in other for other in others)), None
    )


def _only_question(shown: Shown, page: Page, group: Item | None) -> Item | None:
    """Return the question that is alone on its page: its words are the page's heading.

    A single box whose words are the question's stays below the heading of its group.
    """
    form = shown.form
    items = (form.items[index] for index in page.questions)
    asked = [one for one in items if form.place_of(one) in shown.open_places or one.groups]
    if len(asked) != 1 or asked[0].groups:
        return None
    return None if group and says_itself(asked[0]) else asked[0]


def _nodes(shown: Shown, page: Page, group: Item | None, only: Item | None) -> Iterator[Node]:
    """Yield the page's entries; the name of a group below the heading's comes before its first."""
    form = shown.form
    headed = {group.index, *(one.index for one in form.above(group.index))} if group else set()
    now: Item | None = None
    for index in page.entries:
        item = form.items[index]
        if form.place_of(item) not in shown.open_places:
            continue
        above = next((one for one in form.above(index) if one.is_group), None)
        if above is not None and above is not now and above.index not in headed:
            yield Node(text=TextView((above.text,), 2, _lines(above.hint)))
        now = above
        yield from _node(shown, item, (), is_heading=item is only)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _node(
    shown: Shown, item: Item, rows: tuple[int, ...], *, is_heading: bool = False
) -> Iterator[Node]:
    if shown.form.place_of(item, rows) not in shown.open_places:
        return
    if item.is_repeating_group:
        yield Node(rows=_rows_view(shown, item, rows))
    elif item.is_display:
        yield Node(text=TextView((item.text, *_lines(item.hint))))
    elif item.is_question:
        yield Node(question=question_view(shown, item, rows, is_heading=is_heading))


def _rows_view(shown: Shown, group: Item, rows: tuple[int, ...]) -> RowsView:
    place = shown.form.place_of(group, rows)
    name = name_of(shown.form, place)
    ids = shown.answers.row_ids(place)
    most = min(group.limits.max_occurs or MAX_ROWS, MAX_ROWS)
    return RowsView(
        name=name,
        label=group.label,
        rows=tuple(
            RowView(
                row,
                number,
                tuple(_row_nodes(shown, group, (*rows, row))),
                f"remove:{name}:{row}" if len(ids) > max(1, least_rows(group)) else "",
            )
            for number, row in enumerate(ids, 1)
        ),
        add=f"add:{name}" if len(ids) < most else "",
    )


def _row_nodes(shown: Shown, holder: Item, rows: tuple[int, ...]) -> Iterator[Node]:
    for child in holder.children:
        item = shown.form.items[child]
        if child not in shown.form.asked or (item.is_display and holder.is_question):
            continue
        if item.is_group and not item.repeats:
            if shown.form.place_of(item, rows) in shown.open_places:
                yield Node(text=TextView((item.text,), 3, _lines(item.hint)))
        else:
            yield from _node(shown, item, rows)
        if not item.is_repeating_group:
            yield from _row_nodes(shown, item, rows)


def _target(form: CompiledForm, error: AnswerError) -> str:
    """Return the input an error leads to; for a whole date, its first box in this language."""
    item = form.item(error.place.link_id)
    is_dated = item.type in (ItemType.DATE, ItemType.DATE_TIME)
    if not (is_dated and error.code.endswith("_missing") and error.code != "date_part_missing"):
        return error.target
    if error.code == "time_missing":
        return error.target
    asked = date_parts(item)
    first = next(one["code"] for one in moments.date_parts() if one["code"] in asked)
    return part(name_of(form, error.place), first)
