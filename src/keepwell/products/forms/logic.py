"""Decide which items are asked, given the answers: enableWhen of FHIR R4, pure and terminating.

The server decides, always; a page only shows what was decided. A disabled parent disables its
children, a disabled question counts as unanswered, and each item is decided once, after
everything it waits for (the definition's check has refused circles).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from keepwell.products.forms.compiled.items import CompiledForm, Condition, Item
from keepwell.products.forms.values import (
    Answers,
    Attachment,
    Coding,
    Place,
    Quantity,
    Value,
    Values,
)

# Rows multiply when repeating groups are nested; beyond this many places a form is not decided.
MAX_PLACES = 20_000


class TooManyRows(ValueError):  # noqa: N818  names the fact
    """The rows of nested repeating groups multiply beyond what is decided."""


def enabled(form: CompiledForm, answers: Answers) -> frozenset[Place]:
    """Return the places of all items that the answers so far leave open."""
    found: set[Place] = set()
    count = 0
    for index in form.order:
        item = form.items[index]
        for rows in row_sets(form, item, answers):
            count += 1
            if count > MAX_PLACES:
                raise TooManyRows(form.sha256)
            if _is_enabled(form, item, rows, answers, found):
                found.add(Place(item.link_id, rows))
    return frozenset(found)


def pruned(form: CompiledForm, answers: Answers) -> Answers:
    """Return the answers without those to disabled items and without rows that hold nothing."""
    open_places = enabled(form, answers)
    gone = [place for place in answers.values if place not in open_places]
    return answers.without(gone)


def row_sets(form: CompiledForm, item: Item, answers: Answers) -> Iterable[tuple[int, ...]]:
    """Return the row ids under which an item exists: one empty tuple outside repeating groups."""
    sets: list[tuple[int, ...]] = [()]
    for group in item.groups:
        link_id = form.items[group].link_id
        sets = [(*rows, row) for rows in sets for row in answers.row_ids(Place(link_id, rows))]
        if len(sets) > MAX_PLACES:
            raise TooManyRows(form.sha256)
    return sets


def places(form: CompiledForm, item: Item, answers: Answers) -> Iterator[Place]:
    """Yield every place of an item."""
    for rows in row_sets(form, item, answers):
        yield Place(item.link_id, rows)


def _is_enabled(
    form: CompiledForm, item: Item, rows: tuple[int, ...], answers: Answers, found: set[Place]
) -> bool:
    if item.parent is not None:
        parent = form.items[item.parent]
        if form.place_of(parent, rows) not in found:
            return False
    if not item.conditions:
        return True
    holds = (_holds(form, item, rows, one, answers, found) for one in item.conditions)
    return all(holds) if item.needs_all else any(holds)


def _holds(
    form: CompiledForm,
    item: Item,
    rows: tuple[int, ...],
    condition: Condition,
    answers: Answers,
    found: set[Place],
) -> bool:
    question = form.items[condition.question]
    values = _values_seen_from(form, item, rows, question, answers, found)
    return is_met(condition.operator, values, condition.answer)


def _values_seen_from(
    form: CompiledForm,
    item: Item,
    rows: tuple[int, ...],
    question: Item,
    answers: Answers,
    found: set[Place],
) -> Values:
    """Return a question's answers as seen from an item: the same row first, else every row."""
    shared = 0
    for mine, other in zip(item.groups, question.groups, strict=False):
        if mine != other:
            break
        shared += 1
    if shared == len(question.groups):
        place = Place(question.link_id, rows[:shared])
        return answers.values.get(place, ()) if place in found else ()
    seen: list[Value] = []
    for other_rows in row_sets(form, question, answers):
        place = Place(question.link_id, other_rows)
        if other_rows[:shared] == rows[:shared] and place in found:
            seen += answers.values.get(place, ())
    return tuple(seen)


def is_met(operator: str, values: Values, expected: Value) -> bool:
    """Tell whether one condition holds. `!=` holds when no answer is equal, also when none is."""
    if operator == "exists":
        return bool(values) is bool(expected)
    if operator == "!=":
        return not any(is_equal(value, expected) for value in values)
    if operator == "=":
        return any(is_equal(value, expected) for value in values)
    orders = [_order(value, expected) for value in values]
    return any(order is not None and _IN_ORDER[operator](order) for order in orders)


_IN_ORDER = {
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
}


def is_equal(value: Value, expected: Value) -> bool:
    """Tell whether an answer equals the one a condition names, by the rules of its kind."""
    if isinstance(value, Coding):
        if isinstance(expected, Coding):
            return value.same_as(expected)
        return isinstance(expected, str) and not value.code and value.display == expected
    if isinstance(value, bool) or isinstance(expected, bool):
        return value is expected
    if isinstance(value, Attachment):
        return False
    if isinstance(value, str) and isinstance(expected, str):
        return value == expected or _order_of_texts(value, expected) == 0
    return _order(value, expected) == 0


def _order(value: Value, expected: Value) -> int | None:
    """Return -1, 0 or 1, or None where the two cannot be compared."""
    if isinstance(value, str) and isinstance(expected, str):
        return _order_of_texts(value, expected)
    left, right = _number(value), _number(expected)
    if left is None or right is None or not _same_unit(value, expected):
        return None
    return (left > right) - (left < right)


def _number(value: Value) -> Decimal | None:
    if isinstance(value, Quantity):
        return Decimal(value.value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _same_unit(value: Value, expected: Value) -> bool:
    if not (isinstance(value, Quantity) and isinstance(expected, Quantity)):
        return True
    if value.code and expected.code:
        return value.code == expected.code
    return not expected.unit or value.unit == expected.unit


def _order_of_texts(value: str, expected: str) -> int | None:
    """Compare dates, moments and times; a coarser one equals nothing finer than itself."""
    left, right = _moment(value), _moment(expected)
    if left is None or right is None:
        return None
    shorter = min(len(left), len(right))
    if left[:shorter] != right[:shorter]:
        return 1 if left[:shorter] > right[:shorter] else -1
    return 0 if len(left) == len(right) else None


def _moment(text: str) -> tuple[int, ...] | None:
    """Return the numbers of a FHIR date, dateTime or time; moments with a zone in UTC."""
    try:
        if "T" in text:
            there = datetime.fromisoformat(text)
            there = there.astimezone(UTC) if there.tzinfo else there
            return (*there.timetuple()[:6], there.microsecond)
        if ":" in text:
            parts = [*text.split(":"), "0"][:3]
            return (int(parts[0]), int(parts[1]), int(Decimal(parts[2]) * 1_000_000))
        return tuple(int(part) for part in text.split("-"))
    except (ValueError, ArithmeticError):
        return None
