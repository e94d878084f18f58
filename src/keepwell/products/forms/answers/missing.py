"""Find required answers that are not there, on one page or in the whole form."""

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
    groups = {one.index for index in wanted for one in form.above(index) if one.required}
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
        if item.is_group:
            yield from _empty_group(form, item, place, answers, is_open, setting)
        else:
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
    if not item.required:
        return
    inside = [form.items[index] for index in asked_in(form, item)]
    depth = len(place.rows)
    here = [
        one
        for question in inside
        for one in places(form, question, answers)
        if one in is_open and one.rows[:depth] == place.rows
    ]
    if here and not any(answers.values.get(one) for one in here):
        first = form.item(here[0].link_id)
        target = part(name_of(form, here[0]), part_names(first)[0])
        said = sentence(item, setting.marks, "group_missing")
        yield AnswerError(here[0], "group_missing", said, target)


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
