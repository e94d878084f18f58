"""Check a whole response before it is sent, and begin one."""

from collections.abc import Mapping
from decimal import Decimal

from keepwell.products.forms.answers.asking import AnswerError, Raw, Setting
from keepwell.products.forms.answers.missing import missing_in
from keepwell.products.forms.answers.reading import read
from keepwell.products.forms.answers.rows import first_rows
from keepwell.products.forms.compiled.building import option_for
from keepwell.products.forms.compiled.items import CompiledForm, Item, ItemType
from keepwell.products.forms.logic import enabled
from keepwell.products.forms.paging import page_numbered, page_of
from keepwell.products.forms.values import Answers, Coding, Place, Quantity, Value


def check_all(
    form: CompiledForm,
    answers: Answers,
    setting: Setting,
    raws: Mapping[int, Raw] | None = None,
) -> tuple[AnswerError, ...]:
    """Return every error of a response, in the order of its pages.

    `raws` are pages, by number, that were left with errors: an optional answer that was
    mistyped would otherwise be lost without a word.
    """
    is_open = enabled(form, answers)
    found = list(missing_in(form, answers, is_open, setting))
    known = {error.place for error in found}
    for number, raw in (raws or {}).items():
        page = page_numbered(form, number)
        if page is not None:
            again = read(form, page, raw, before=answers, setting=setting).errors
            found += [one for one in again if one.place not in known and one.place in is_open]
    return tuple(sorted(found, key=lambda error: _page_number(form, error)))


def _page_number(form: CompiledForm, error: AnswerError) -> int:
    page = page_of(form, error.place.link_id)
    return page.number if page else 0


def starting_answers(form: CompiledForm) -> Answers:
    """Return what a response begins with: initial values, and rows that must be filled in."""
    values = {}
    for item in form.items:
        given = tuple(value for one in item.initial if (value := _fitting(item, one)) is not None)
        if given and item.is_question and not item.calculated:
            place = Place(item.link_id, (0,) * len(item.groups))
            values[place] = given if item.repeats else given[:1]
    return Answers(values, first_rows(form, None, ()))


def _fitting(item: Item, value: Value) -> Value | None:
    """Return an initial value as the item's type has it, None when it does not fit."""
    if item.is_choice:
        option = option_for(item, value)
        own = value if item.is_open and isinstance(value, str | Coding) else None
        return option.value if option else own
    expected = _KINDS.get(item.type, (str,))
    if isinstance(value, bool) and item.type is not ItemType.BOOLEAN:
        return None
    if item.type is ItemType.DECIMAL and isinstance(value, int):
        return Decimal(value)
    return value if isinstance(value, expected) else None


_KINDS: dict[ItemType, tuple[type, ...]] = {
    ItemType.ATTACHMENT: (),
    ItemType.BOOLEAN: (bool,),
    ItemType.CHOICE: (Coding,),
    ItemType.DECIMAL: (Decimal,),
    ItemType.INTEGER: (int,),
    ItemType.OPEN_CHOICE: (str, Coding),
    ItemType.QUANTITY: (Quantity,),
}
