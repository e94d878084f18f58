"""Read chosen answers: yes or no, one or several of a list, and an answer in own words."""

from keepwell.products.forms.answers.asking import Asked, Reading, Unfit
from keepwell.products.forms.answers.fields import OTHER
from keepwell.products.forms.answers.texts import read_text
from keepwell.products.forms.compiled.items import Option
from keepwell.products.forms.values import Value

YES, NO = "yes", "no"


def read_boolean(asked: Asked) -> Reading:
    """Return yes or no."""
    chosen = [text for text in asked.texts() if text]
    if not chosen:
        return Reading()
    if chosen[-1] not in (YES, NO):
        return Reading(unfit=(Unfit("choice_unknown"),))
    return Reading.of(chosen[-1] == YES)


def read_choice(asked: Asked) -> Reading:
    """Return the chosen options; an own answer comes last."""
    item = asked.item
    keys = list(dict.fromkeys(text for text in asked.texts() if text))
    keys = keys if item.is_many else keys[-1:]
    by_key = {option.key: option for option in item.options}
    try:
        own = _own_answer(asked, keys)
        options = [_option(by_key, key) for key in keys if not (item.is_open and key == OTHER)]
        _check_exclusive(options, own)
    except Unfit as unfit:
        return Reading(unfit=(unfit,))
    values = tuple(option.value for option in options)
    return Reading(values if own is None else (*values, own))


def _option(by_key: dict[str, Option], key: str) -> Option:
    option = by_key.get(key)
    if option is None:
        raise Unfit("choice_unknown")
    return option


def _own_answer(asked: Asked, keys: list[str]) -> Value | None:
    if not asked.item.is_open:
        return None
    typed = next((text for text in asked.texts(OTHER) if text.strip()), "")
    is_meant = OTHER in keys or (bool(typed) and (asked.item.is_many or not keys))
    if not is_meant:
        return None
    try:
        own = read_text(asked, typed)
    except Unfit as unfit:
        raise Unfit(unfit.code, OTHER, **unfit.parameters) from None
    if own is None:
        raise Unfit("other_missing", OTHER)
    return own


def _check_exclusive(options: list[Option], own: Value | None) -> None:
    alone = next((option for option in options if option.is_exclusive), None)
    if alone is not None and (len(options) > 1 or own is not None):
        raise Unfit("exclusive_choice", option=alone.label)
