"""Lay out the page on which answers are checked before they are sent."""

from collections.abc import Iterator

from keepwell.products.forms.answers import AnswerError
from keepwell.products.forms.answers.fields import name_of, part, part_names
from keepwell.products.forms.answers.missing import is_in_spare_row
from keepwell.products.forms.compiled import CompiledForm, Item
from keepwell.products.forms.logic import enabled
from keepwell.products.forms.paging import Page, visible_pages
from keepwell.products.forms.rendering import saying
from keepwell.products.forms.rendering.views import CheckRow, CheckSection, CheckView
from keepwell.products.forms.values import Answers, Place


def check_view(
    form: CompiledForm, answers: Answers, errors: tuple[AnswerError, ...] = ()
) -> CheckView:
    """Return every question that is asked with its answer, by sections, in reading order."""
    listed = visible_pages(form, answers)
    open_places = enabled(form, answers)
    wrong = {error.place for error in errors}
    sections: list[CheckSection] = []
    for number, pages in enumerate(_by_section(listed), 1):
        rows = tuple(
            row for page in pages for row in _rows_of(form, page, answers, open_places, wrong)
        )
        section = pages[0].section
        heading = form.items[section].text if section is not None else ""
        if rows:
            sections.append(CheckSection(f"section{number}", heading, rows))
    back = listed[-1].number if listed else None
    summary = tuple(_summary(form, errors, sections))
    return CheckView(tuple(sections), back, form.language, summary)


def _summary(
    form: CompiledForm, errors: tuple[AnswerError, ...], sections: list[CheckSection]
) -> Iterator[tuple[str, str]]:
    """Yield each error with the row it leads to."""
    ids = {row.id for section in sections for row in section.rows}
    for error in errors:
        item = form.item(error.place.link_id)
        row = f"check-{part(name_of(form, error.place), part_names(item)[0])}"
        yield row if row in ids else "", saying.sentence(error.sentence)


def _by_section(listed: tuple[Page, ...]) -> list[list[Page]]:
    """Put neighbouring pages of one section together; pages outside sections form one too."""
    runs: list[list[Page]] = []
    for page in listed:
        if runs and runs[-1][-1].section == page.section:
            runs[-1].append(page)
        else:
            runs.append([page])
    return runs


def _rows_of(
    form: CompiledForm,
    page: Page,
    answers: Answers,
    open_places: frozenset[Place],
    wrong: set[Place],
) -> Iterator[CheckRow]:
    """Yield a page's answers, row by row of repeating groups."""
    for place in _in_reading_order(form, page, answers):
        item = form.item(place.link_id)
        given = answers.values.get(place, ())
        if place not in open_places:
            continue
        is_spare = _is_silent(item) or is_in_spare_row(form, item, place, answers)
        if is_spare and not given and place not in wrong:
            continue
        yield CheckRow(
            label=_label(form, item, place, answers),
            values=tuple(saying.value(item, one) for one in given),
            page=page.number,
            anchor=part(name_of(form, place), part_names(item)[0]),
            is_wrong=place in wrong,
        )


def _is_silent(item: Item) -> bool:
    """Tell whether no answer says nothing: a single box that was not ticked."""
    return len(item.options) == 1 and not item.required


def _in_reading_order(form: CompiledForm, page: Page, answers: Answers) -> Iterator[Place]:
    for index in page.entries:
        item = form.items[index]
        if item.is_repeating_group:
            yield from _rows(form, item, (), answers)
        elif item.is_question:
            yield Place(item.link_id)


def _rows(
    form: CompiledForm, group: Item, rows: tuple[int, ...], answers: Answers
) -> Iterator[Place]:
    for row in answers.row_ids(form.place_of(group, rows)):
        yield from _inside(form, group, (*rows, row), answers)


def _inside(
    form: CompiledForm, holder: Item, rows: tuple[int, ...], answers: Answers
) -> Iterator[Place]:
    for child in holder.children:
        item = form.items[child]
        if child not in form.asked:
            continue
        if item.is_repeating_group:
            yield from _rows(form, item, rows, answers)
            continue
        if item.is_question:
            yield form.place_of(item, rows)
        yield from _inside(form, item, rows, answers)


def _label(form: CompiledForm, item: Item, place: Place, answers: Answers) -> str:
    """Return a question's label; inside rows, with the group and the number of the row."""
    label = item.label
    if not item.groups:
        return label
    group = form.items[item.groups[-1]]
    ids = answers.row_ids(form.place_of(group, place.rows[:-1]))
    number = ids.index(place.rows[-1]) + 1 if place.rows[-1] in ids else 1
    return f"{group.label} {number}: {label}" if len(ids) > 1 else f"{group.label}: {label}"
