"""Turn kept values back into what a person would have typed into the parts of an input."""

from datetime import datetime
from decimal import Decimal

from keepwell.products.forms.answers.choices import NO, YES
from keepwell.products.forms.answers.fields import OTHER
from keepwell.products.forms.compiled.building import option_for
from keepwell.products.forms.compiled.items import Item, ItemType
from keepwell.products.forms.values import Attachment, Coding, Quantity, Value


def typed_parts(item: Item, value: Value) -> dict[str, str]:
    """Return the posted parts that would read as this value."""
    if isinstance(value, Attachment):
        return {"kept": value.sha256}
    if item.is_choice:
        return _chosen(item, value)
    if isinstance(value, Quantity):
        return {"": number_typed(value.value), "unit": value.code or value.unit}
    if item.type is ItemType.DATE:
        return _date(str(value))
    if item.type is ItemType.DATE_TIME:
        return _moment(str(value))
    return {"": _line(item, value)}


def _line(item: Item, value: Value) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int | Decimal):
        return number_typed(value)
    text = value.display if isinstance(value, Coding) else str(value)
    return _clock(text) if item.type is ItemType.TIME else text


def number_typed(value: int | Decimal) -> str:
    """Return a number with digits only, never with an exponent."""
    return str(value) if isinstance(value, int) else format(value, "f")


def _chosen(item: Item, value: Value) -> dict[str, str]:
    option = option_for(item, value)
    if option is not None:
        return {"": option.key}
    own = value.display if isinstance(value, Coding) else str(value)
    return {"": OTHER, OTHER: own}


def _date(text: str) -> dict[str, str]:
    names = ("year", "month", "day")
    return {name: str(int(part)) for name, part in zip(names, text.split("-"), strict=False)}


def _moment(text: str) -> dict[str, str]:
    day, _, clock = text.partition("T")
    return {**_date(day), "time": _clock(clock)} if clock else _date(day)


def _clock(text: str) -> str:
    try:
        found = datetime.strptime(text[:5], "%H:%M")  # noqa: DTZ007  a clock time, no moment
    except ValueError:
        return text
    return f"{found.hour}:{found.minute:02}"
