"""What an answer can be, and where in a form it lives.

Dates, times and moments are FHIR strings ("1951-03", "1951-03-09", "09:30:00"); the question's
type says which. Everything here is immutable and can be stored as plain JSON without floats.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias


class Place(NamedTuple):
    """One instance of an item: its linkId and the row ids of the repeating groups around it."""

    link_id: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Coding:
    """A code from a system, with the words the patient saw."""

    code: str = ""
    system: str = ""
    display: str = ""

    def same_as(self, other: "Coding") -> bool:
        """Tell whether both name the same concept; a missing system matches every system."""
        if self.code or other.code:
            systems = {self.system, other.system} - {""}
            return self.code == other.code and len(systems) < 2
        return self.display == other.display


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: Decimal
    unit: str = ""
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """The facts of a file; its bytes are kept elsewhere under the same sha256 (hex)."""

    sha256: str
    name: str
    mime: str
    size_bytes: int


Value: TypeAlias = bool | int | Decimal | str | Coding | Quantity | Attachment
Values: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True)
class Answers:
    """All answers of one response: values by place, and the rows of each repeating group."""

    values: Mapping[Place, Values] = field(default_factory=dict)
    rows: Mapping[Place, tuple[int, ...]] = field(default_factory=dict)

    def at(self, link_id: str, rows: tuple[int, ...] = ()) -> Values:
        """Return the values at a place, none if it is unanswered."""
        return self.values.get(Place(link_id, rows), ())

    def row_ids(self, place: Place) -> tuple[int, ...]:
        """Return the rows of a repeating group; one that nobody touched has the row 0."""
        return self.rows.get(place, (0,))

    def changed(
        self,
        values: Mapping[Place, Values] | None = None,
        rows: Mapping[Place, tuple[int, ...]] | None = None,
    ) -> "Answers":
        """Return a copy with some places set; a place set to no values is removed."""
        merged = {**self.values, **(values or {})}
        kept = {place: given for place, given in merged.items() if given}
        return replace(self, values=kept, rows={**self.rows, **(rows or {})})

    def without(self, places: Iterable[Place]) -> "Answers":
        """Return a copy in which some places hold no value."""
        gone = set(places)
        kept = {place: given for place, given in self.values.items() if place not in gone}
        return replace(self, values=kept)


def to_stored(answers: Answers) -> dict[str, Any]:
    """Return the answers as JSON data of strings, whole numbers, lists and objects only."""
    values = [
        [place.link_id, list(place.rows), [_stored(value) for value in given]]
        for place, given in answers.values.items()
    ]
    rows = [[place.link_id, list(place.rows), list(ids)] for place, ids in answers.rows.items()]
    return {"format": 1, "values": values, "rows": rows}


def from_stored(stored: Mapping[str, Any]) -> Answers:
    """Read what to_stored wrote."""
    if stored.get("format") != 1:
        message = f"answers of format {stored.get('format')!r}, expected 1"
        raise ValueError(message)
    return Answers(
        {
            Place(one, tuple(rows)): tuple(map(_loaded, given))
            for one, rows, given in stored["values"]
        },
        {Place(one, tuple(rows)): tuple(ids) for one, rows, ids in stored["rows"]},
    )


def _stored(value: Value) -> Any:
    match value:
        case Decimal():
            return {"decimal": str(value)}
        case Coding():
            return {"coding": [value.code, value.system, value.display]}
        case Quantity():
            return {"quantity": [str(value.value), value.unit, value.system, value.code]}
        case Attachment():
            return {"attachment": [value.sha256, value.name, value.mime, value.size_bytes]}
    return value


def _loaded(stored: Any) -> Value:
    match stored:
        case {"decimal": digits}:
            return Decimal(digits)
        case {"coding": [code, system, display]}:
            return Coding(code, system, display)
        case {"quantity": [digits, unit, system, code]}:
            return Quantity(Decimal(digits), unit, system, code)
        case {"attachment": [sha256, name, mime, size]}:
            return Attachment(sha256, name, mime, size)
        case bool() | int() | str():
            return stored
    message = f"a stored value of kind {type(stored).__name__}"
    raise ValueError(message)
