"""Read numbers, quantities, dates, moments and times."""

from datetime import datetime, time
from decimal import Decimal

from keepwell.products.forms.answers.asking import Asked, Unfit
from keepwell.products.forms.answers.fields import date_parts
from keepwell.products.forms.answers.numbers import NumberUnclear, read_number
from keepwell.products.forms.answers.wording import PARTS, kind_of_mark
from keepwell.products.forms.compiled.items import Item
from keepwell.products.forms.sentences import Sentence
from keepwell.products.forms.values import Quantity, Value
from keepwell.toolkit import days

Texts = dict[str, str]


def read_decimal(asked: Asked, texts: Texts) -> Value | None:
    """Return one decimal answer."""
    return _number(asked.item, texts.get("", ""), is_whole=False)


def read_integer(asked: Asked, texts: Texts) -> Value | None:
    """Return one whole number."""
    value = _number(asked.item, texts.get("", ""), is_whole=True)
    return None if value is None else int(value)


def _number(item: Item, text: str, *, is_whole: bool) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = read_number(text, is_whole=is_whole)
    except NumberUnclear as unclear:
        if unclear.readings:
            first, second = unclear.readings
            raise Unfit("number_ambiguous", first=first, second=second) from None
        raise Unfit("whole_shape" if is_whole else "number_shape") from None
    if is_whole and value != value.to_integral_value():
        raise Unfit("whole_shape")
    _check_number(item, value)
    return value


def _check_number(item: Item, value: Decimal) -> None:
    limits = item.limits
    if isinstance(limits.low, Decimal) and value < limits.low:
        raise Unfit("number_small", limit=limits.low)
    if isinstance(limits.high, Decimal) and value > limits.high:
        raise Unfit("number_large", limit=limits.high)
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if limits.max_decimals is not None and decimals > limits.max_decimals:
        raise Unfit("number_precise", limit=limits.max_decimals)


def read_quantity(asked: Asked, texts: Texts) -> Value | None:
    """Return a number with its unit: the only one, or the chosen one."""
    item = asked.item
    value = _number(item, texts.get("", ""), is_whole=False)
    if value is None:
        return None
    if not item.units:
        return Quantity(value, unit=" ".join(texts.get("unit", "").split())[:40])
    chosen = texts.get("unit", "") if len(item.units) > 1 else item.units[0].key
    unit = next((one for one in item.units if one.key == chosen), None)
    if unit is None:
        raise Unfit("unit_missing", "unit")
    return Quantity(value, unit.label, unit.system, unit.code)


def read_date(asked: Asked, texts: Texts) -> Value | None:
    """Return a FHIR date; a part may be left out only where the form asks for fewer."""
    parts = date_parts(asked.item)
    typed = {part: texts.get(part, "").strip() for part in parts}
    if not any(typed.values()):
        return None
    absent = [part for part in parts if not typed[part]]
    if absent:
        words = Sentence(PARTS[" ".join(absent)])
        raise Unfit("date_part_missing", absent[0], parts=words)
    value = _real(typed)
    _check_date(asked, value)
    return value


def _real(typed: Texts) -> str:
    year = days.read_year(typed["year"])
    if year is None:
        raise Unfit("year_shape", "year")
    month = days.read_month(typed["month"]) if "month" in typed else 1
    day = days.read_day(typed["day"]) if "day" in typed else 1
    if month is None or not 1 <= month <= 12:
        raise Unfit("date_unreal", "month")
    found = days.real_date(year, month, day) if day is not None else None
    if found is None:
        raise Unfit("date_unreal", "day")
    return found.isoformat()[: {1: 4, 2: 7, 3: 10}[len(typed)]]


def _check_date(asked: Asked, value: str) -> None:
    limits = asked.item.limits
    today = asked.setting.today.isoformat()
    is_born = kind_of_mark(asked.item.link_id, asked.setting.marks) == "born"
    if is_born and value > today[: len(value)]:
        raise Unfit("born_future", "year")
    if isinstance(limits.low, str) and value < limits.low[: len(value)]:
        raise Unfit("date_early", limit=_day(limits.low))
    if isinstance(limits.high, str) and value > limits.high[: len(value)]:
        raise Unfit("date_late", limit=_day(limits.high))


def _day(text: str) -> object:
    return datetime.fromisoformat(text[:10]).date()


def read_moment(asked: Asked, texts: Texts) -> Value | None:
    """Return a FHIR dateTime with the offset of the place's time zone."""
    typed = texts.get("time", "").strip()
    day = read_date(asked, texts)
    if day is None and not typed:
        return None
    if day is None:
        raise Unfit("date_missing")
    if not typed:
        raise Unfit("time_missing", "time")
    clock = _time(typed, "time")
    moment = datetime.combine(datetime.fromisoformat(str(day)), clock, asked.setting.zone)
    return moment.isoformat()


def read_clock(asked: Asked, texts: Texts) -> Value | None:
    """Return a FHIR time."""
    typed = texts.get("", "").strip()
    return _time(typed, "").isoformat() if typed else None


def _time(typed: str, part: str) -> time:
    found = days.read_time(typed)
    if found is None:
        raise Unfit("time_unreal", part)
    return found
