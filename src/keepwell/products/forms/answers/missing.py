"""Find answers that are not there, too few or too many, on one page or in the whole form.

`required` and minOccurs of a repeating group count its rows that hold an answer. A row after the
first that holds nothing asks nothing: somebody pressed "Add another" once too often.
"""

from collections.abc import Iterator

from keepwell.products.forms.answers.asking import AnswerError, Setting
from keepwell.products.forms.answers.fields import name_of, part, part_names
from keepwell.products.forms.answers.wording import missing_code, sentence
from keepwell.products.forms.compiled.items import CompiledForm, Item
from keepwell.products.forms.logic import places
from keepwell.products.forms.paging import Page
from keepwell.products.forms.values import Answers, Place


def missing_on(
    form: CompiledForm,
    answers: Answers,
    is_open: frozenset[Place],
    page: Page,
    setting: Setting,
) -> Iterator[AnswerError]:
    """Yield what is missing on a page: its questions, and groups that lie on it as a whole."""
    wanted = set(page.questions)
    groups = {one.index for index in wanted for one in form.above(index) if _is_counted(one)}
    for index in sorted(wanted | groups):
        item = form.items[index]
        inside = asked_in(form, item)
        if item.is_question or set(inside) <= wanted:
            yield from _missing(form, item, answers, is_open, setting)


def missing_in(
    form: CompiledForm, answers: Answers, is_open: frozenset[Place], setting: Setting
) -> Iterator[AnswerError]:
    """Yield what is missing in the whole form."""
    for item in form.items:
        if item.index in form.asked and not item.is_display:
            yield from _missing(form, item, answers, is_open, setting)


def asked_in(form: CompiledForm, item: Item) -> tuple[int, ...]:
    """Return the questions below an item that patients see."""
    below = (one for one in form.below(item.index) if one.is_question)
    return tuple(one.index for one in below if one.index in form.asked)


def _missing(
    form: CompiledForm,
    item: Item,
    answers: Answers,
    is_open: frozenset[Place],
    setting: Setting,
) -> Iterator[AnswerError]:
    for place in places(form, item, answers):
        if place not in is_open:
            continue
        if item.is_repeating_group:
            yield from _row_count(form, item, place, answers, is_open, setting)
        elif item.is_group:
            yield from _empty_group(form, item, place, answers, is_open, setting)
        elif not is_in_spare_row(form, item, place, answers):
            yield from _count(form, item, place, answers, setting)


def _count(
    form: CompiledForm, item: Item, place: Place, answers: Answers, setting: Setting
) -> Iterator[AnswerError]:
    count = len(answers.values.get(place, ()))
    if count == 0:
        if item.required or item.limits.min_occurs:
            yield _error(form, item, place, missing_code(item, setting.marks), setting)
    elif item.is_many and count < item.limits.min_occurs:
        yield _error(form, item, place, "too_few", setting, limit=item.limits.min_occurs)
    elif item.is_many and item.limits.max_occurs and count > item.limits.max_occurs:
        yield _error(form, item, place, "too_many", setting, limit=item.limits.max_occurs)


def _empty_group(
    form: CompiledForm,
    item: Item,
    place: Place,
    answers: Answers,
    is_open: frozenset[Place],
    setting: Setting,
) -> Iterator[AnswerError]:
    if not least_rows(item):
        return
    here = _open_in(form, item, place.rows, answers, is_open)
    if here and not _holds_any(answers, here):
        yield _group_error(form, item, here[0], "group_missing", setting)


def _row_count(
    form: CompiledForm,
    item: Item,
    place: Place,
    answers: Answers,
    is_open: frozenset[Place],
    setting: Setting,
) -> Iterator[AnswerError]:
    """Yield an error at the row to fill in next, or at the first row beyond the most."""
    least, most = least_rows(item), item.limits.max_occurs
    rows = (_open_in(form, item, (*place.rows, row), answers, is_open)
            for row in answers.row_ids(place))  # fmt: skip
    shown = [here for here in rows if here]
    filled = [here for here in shown if _holds_any(answers, here)]
    if shown and len(filled) < least:
        at = next((here for here in reversed(shown[:least]) if here not in filled), shown[0])
        code = "group_missing" if least == 1 else "rows_few"
        yield _group_error(form, item, at[0], code, setting, limit=least, count=len(filled))
    elif most and len(filled) > most:
        limits = {"limit": most, "count": len(filled)}
        yield _group_error(form, item, filled[most][0], "rows_many", setting, **limits)


def least_rows(item: Item) -> int:
    """Return how many rows of a group must hold an answer."""
    return max(item.limits.min_occurs if item.repeats else min(item.limits.min_occurs, 1),
               int(item.required))  # fmt: skip


def _is_counted(item: Item) -> bool:
    return bool(least_rows(item) or (item.is_repeating_group and item.limits.max_occurs))


def _open_in(
    form: CompiledForm,
    group: Item,
    rows: tuple[int, ...],
    answers: Answers,
    is_open: frozenset[Place],
) -> list[Place]:
    """Return the open questions of a group under some rows, in reading order."""
    return [
        one
        for index in asked_in(form, group)
        for one in places(form, form.items[index], answers)
        if one in is_open and one.rows[: len(rows)] == rows
    ]


def _holds_any(answers: Answers, listed: list[Place]) -> bool:
    return any(answers.values.get(one) for one in listed)


def is_in_spare_row(form: CompiledForm, item: Item, place: Place, answers: Answers) -> bool:
    """Tell whether a row around a place is one after the first that holds nothing at all."""
    for depth, index in enumerate(item.groups):
        group = form.items[index]
        rows = place.rows[: depth + 1]
        if answers.row_ids(Place(group.link_id, rows[:-1]))[:1] == rows[-1:]:
            continue
        below = {one.link_id for one in form.below(index)}
        held = (one for one in answers.values if one.link_id in below)
        if not any(one.rows[: depth + 1] == rows for one in held):
            return True
    return False


def _group_error(
    form: CompiledForm,
    group: Item,
    place: Place,
    code: str,
    setting: Setting,
    **parameters: object,
) -> AnswerError:
    """Return an error of a group, told at one of its questions."""
    target = part(name_of(form, place), part_names(form.item(place.link_id))[0])
    return AnswerError(place, code, sentence(group, setting.marks, code, **parameters), target)


def _error(
    form: CompiledForm,
    item: Item,
    place: Place,
    code: str,
    setting: Setting,
    **parameters: object,
) -> AnswerError:
    said = sentence(item, setting.marks, code, **parameters)
    return AnswerError(place, code, said, part(name_of(form, place), part_names(item)[0]))
