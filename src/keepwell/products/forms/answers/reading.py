"""Read a posted page: typed answers, everything as it was typed, and every error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from keepwell.products.forms.answers import choices, files, simple, texts
from keepwell.products.forms.answers.asking import (
    AnswerError,
    Asked,
    PageAnswers,
    Raw,
    Reading,
    Setting,
    Unfit,
    Upload,
)
from keepwell.products.forms.answers.fields import (
    REFUSED,
    act_of,
    name_of,
    part,
    part_names,
)
from keepwell.products.forms.answers.missing import missing_on
from keepwell.products.forms.answers.rows import posted_rows, with_act
from keepwell.products.forms.answers.typed import typed_parts
from keepwell.products.forms.answers.wording import sentence
from keepwell.products.forms.compiled.items import CompiledForm, Item, ItemType
from keepwell.products.forms.definition.limits import MOST_OCCURS
from keepwell.products.forms.logic import TooManyRows, enabled, places
from keepwell.products.forms.paging import Page, revealed
from keepwell.products.forms.values import Answers, Attachment, Place, Value

MAX_ANSWERS = MOST_OCCURS
Data = Mapping[str, Sequence[str]]
Uploads = Mapping[str, Sequence[Upload]]
_Single = Callable[[Asked, dict[str, str]], Value | None]


@dataclass(frozen=True)
class _Posted:
    """A request for one page."""

    form: CompiledForm
    page: Page
    data: Data
    uploads: Uploads
    setting: Setting


def read(
    form: CompiledForm,
    page: Page,
    data: Data,
    *,
    before: Answers,
    setting: Setting,
    uploads: Uploads | None = None,
) -> PageAnswers:
    """Read what was posted for a page; `before` are all answers kept so far.

    Keep `answers` in any case. Show the page again when there are errors, when something is
    revealed, or when the act is not "continue"; then `raw` is what to show.
    """
    posted = _Posted(form, page, data, uploads or {}, setting)
    act = act_of(form, next(iter(data.get("act", ())), ""))
    here, was_open = _before(posted, before)
    readings = {place: _reading(posted, place, before) for place in _places(form, page, here)}
    after = here.changed(
        values={
            place: one.values for place, one in readings.items() if place in was_open or one.values
        }
    )
    raw = _raw(form, data, readings)
    new_files = {key: up for one in readings.values() for key, up in one.files.items()}
    if act.kind != "continue":
        after, raw = with_act(form, act, after, raw)
        return PageAnswers(after, raw, (), act, new_files)
    opened = revealed(form, page, here, after)
    errors = tuple(_errors(posted, readings, was_open, after, opened))
    return PageAnswers(after, raw, errors, act, new_files, opened)


def _before(posted: _Posted, before: Answers) -> tuple[Answers, frozenset[Place]]:
    """Return the answers with the rows the page showed, and the places open under them."""
    try:
        rows = posted_rows(posted.form, posted.page, posted.data, before)
        here = before.changed(rows=rows)
        return here, enabled(posted.form, here)
    except TooManyRows:  # only a forged page can ask for that many
        return before, enabled(posted.form, before)


def _places(form: CompiledForm, page: Page, answers: Answers) -> Iterator[Place]:
    for index in page.questions:
        yield from places(form, form.items[index], answers)


def _reading(posted: _Posted, place: Place, before: Answers) -> Reading:
    item = posted.form.item(place.link_id)
    name = name_of(posted.form, place)
    parts = {
        one: tuple(posted.data.get(part(name, one), ()))[: MAX_ANSWERS + 1]
        for one in part_names(item)
    }
    kept = tuple(one for one in before.values.get(place, ()) if isinstance(one, Attachment))
    uploads = tuple(posted.uploads.get(name, ()))
    return read_asked(Asked(item, parts, posted.setting, uploads, kept))


def read_asked(asked: Asked) -> Reading:
    """Read one question as it was posted."""
    item = asked.item
    if item.type is ItemType.ATTACHMENT:
        return files.read_files(asked)
    if item.is_choice:
        return choices.read_choice(asked)
    if item.type is ItemType.BOOLEAN:
        return choices.read_boolean(asked)
    return _each(asked, _SINGLE.get(item.type, _text))


def _text(asked: Asked, typed: dict[str, str]) -> Value | None:
    return texts.read_text(asked, typed.get("", ""))


_SINGLE: dict[ItemType, _Single] = {
    ItemType.DATE: simple.read_date,
    ItemType.DATE_TIME: simple.read_moment,
    ItemType.DECIMAL: simple.read_decimal,
    ItemType.INTEGER: simple.read_integer,
    ItemType.QUANTITY: simple.read_quantity,
    ItemType.TIME: simple.read_clock,
}


def _each(asked: Asked, single: _Single) -> Reading:
    """Read every answer of a question that may have several, line by line."""
    count = max((len(listed) for listed in asked.parts.values()), default=0)
    count = min(count, MAX_ANSWERS) if asked.item.is_many else min(count, 1)
    values: list[Value] = []
    unfit: list[Unfit] = []
    for number in range(count):
        typed = {one: listed[number] for one, listed in asked.parts.items() if number < len(listed)}
        try:
            value = single(asked, typed)
        except Unfit as one:
            unfit.append(one)
            continue
        values += [] if value is None else [value]
    return Reading(tuple(values), tuple(unfit))


def _raw(form: CompiledForm, data: Data, readings: dict[Place, Reading]) -> Raw:
    raw: Raw = {}
    for place, reading in readings.items():
        name, item = name_of(form, place), form.item(place.link_id)
        for one in part_names(item):
            listed = data.get(part(name, one))
            if listed is not None:
                raw[part(name, one)] = list(listed)[: MAX_ANSWERS + 1]
        if item.type is ItemType.ATTACHMENT:
            raw |= _raw_files(name, reading)
    return raw


def _raw_files(name: str, reading: Reading) -> Raw:
    """Return what stands for files when the page is read again without their bytes."""
    kept = [one.sha256 for one in reading.values if isinstance(one, Attachment)]
    raw = {part(name, "kept"): kept, part(name, REFUSED): files.refusals(reading)}
    return {key: listed for key, listed in raw.items() if listed}


def _errors(
    posted: _Posted,
    readings: dict[Place, Reading],
    was_open: frozenset[Place],
    after: Answers,
    opened: frozenset[Place],
) -> Iterator[AnswerError]:
    form, setting = posted.form, posted.setting
    is_open = enabled(form, after)
    missing = {
        error.place: error
        for error in missing_on(form, after, is_open - opened, posted.page, setting)
    }
    for place, reading in readings.items():
        item = form.item(place.link_id)
        if place in is_open:
            yield from _unfit(form, item, place, reading, setting)
            if place in missing and not reading.unfit:
                yield missing.pop(place)
        elif (reading.values or reading.unfit) and place not in was_open:
            said = sentence(item, setting.marks, "not_asked")
            yield AnswerError(place, "not_asked", said, name_of(form, place))
    shown = {one for one in missing if one not in readings}
    yield from (missing[place] for place in missing if place in shown)


def _unfit(
    form: CompiledForm, item: Item, place: Place, reading: Reading, setting: Setting
) -> Iterator[AnswerError]:
    for one in reading.unfit:
        said = sentence(item, setting.marks, one.code, **one.parameters)
        target = part(name_of(form, place), one.part or first_part(item))
        yield AnswerError(place, one.code, said, target)


def first_part(item: Item) -> str:
    """Return the part of an item's input that a link to the question goes to."""
    return part_names(item)[0]


def raw_of(form: CompiledForm, page: Page, answers: Answers) -> Raw:
    """Return the page as it would have been typed for the answers that are kept."""
    from_values: Raw = {}
    for place in _places(form, page, answers):
        item = form.item(place.link_id)
        name = name_of(form, place)
        for value in answers.values.get(place, ()):
            for one, typed in typed_parts(item, value).items():
                from_values.setdefault(part(name, one), []).append(typed)
    return from_values
