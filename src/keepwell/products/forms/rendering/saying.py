"""Say values and sentences of the pure core in the reader's language."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keepwell.products.forms.answers.files import size_in_words
from keepwell.products.forms.compiled import Item, ItemType, option_for
from keepwell.products.forms.sentences import Sentence
from keepwell.products.forms.values import Attachment, Coding, Quantity, Value


def sentence(said: Sentence) -> str:
    """Say a finding, notice or error."""
    return said.said(_, _parameter, ngettext)


def _parameter(value: object) -> str:
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return number(value) if isinstance(value, Decimal) else str(value)


def number(value: int | Decimal) -> str:
    """Write a number with the decimal sign of the language, all its digits, no grouping."""
    return str(localize(value)) if isinstance(value, int) else _decimal(value)


def _decimal(value: Decimal) -> str:
    sign = str(localize(Decimal("0.5")))[1:2]
    return format(value, "f").replace(".", sign)


def value(item: Item, given: Value) -> str:
    """Say one answer as the patient would."""
    option = option_for(item, given) if item.is_choice else None
    if option is not None:
        return option.label
    if isinstance(given, Coding):
        return given.display or given.code
    if isinstance(given, Attachment):
        return f"{given.name} ({size_in_words(given.size_bytes)})"
    if isinstance(given, str):
        return _moment(item, given)
    return _measured(item, given)


def _measured(item: Item, given: bool | int | Decimal | Quantity) -> str:  # noqa: FBT001  an answer
    if isinstance(given, bool):
        return _("Yes") if given else _("No")
    if isinstance(given, Quantity):
        return f"{number(given.value)} {given.unit}".strip()
    unit = item.units[0].label if len(item.units) == 1 else ""
    return f"{number(given)} {unit}".strip()


def _moment(item: Item, given: str) -> str:
    """Say a date, time or moment; whatever else stays as it is."""
    try:
        if item.type is ItemType.DATE:
            return _date(given)
        if item.type is ItemType.TIME:
            return date_format(datetime.fromisoformat(f"2000-01-01T{given}"), "TIME_FORMAT")
        if item.type is ItemType.DATE_TIME and "T" in given:
            return date_format(datetime.fromisoformat(given), "DATETIME_FORMAT")
    except ValueError:
        return given
    return given


def _date(given: str) -> str:
    if len(given) == len("2000-01"):
        return date_format(date.fromisoformat(f"{given}-01"), "YEAR_MONTH_FORMAT")
    return date_format(date.fromisoformat(given), "DATE_FORMAT") if len(given) > 4 else given
