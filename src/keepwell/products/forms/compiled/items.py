"""The compiled form: frozen, flat, ready for asking, deciding and checking."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from keepwell.products.forms.definition.findings import Notice
from keepwell.products.forms.patterns import Pattern
from keepwell.products.forms.values import Coding, Place, Value


class ItemType(StrEnum):
    """The item types of FHIR R4."""

    ATTACHMENT = "attachment"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DATE = "date"
    DATE_TIME = "dateTime"
    DECIMAL = "decimal"
    DISPLAY = "display"
    GROUP = "group"
    INTEGER = "integer"
    OPEN_CHOICE = "open-choice"
    QUANTITY = "quantity"
    REFERENCE = "reference"
    STRING = "string"
    TEXT = "text"
    TIME = "time"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `kind` is the FHIR value element, such as valueCoding."""

    key: str
    kind: str
    value: Value
    label: str
    prefix: str = ""
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: what people read, and its code (mostly UCUM)."""

    label: str
    system: str = ""
    code: str = ""

    @property
    def key(self) -> str:
        """Return what a page posts for this unit."""
        return self.code or self.label


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of enableWhen: the index of the question asked, an operator, an answer."""

    question: int
    operator: str
    answer: Value


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may be; None and empty mean no limit."""

    low: Decimal | str | None = None
    high: Decimal | str | None = None
    min_length: int = 0
    max_length: int | None = None
    max_decimals: int | None = None
    pattern: Pattern | None = None
    entry_format: str = ""
    mimes: tuple[str, ...] = ()
    max_bytes: int | None = None
    min_occurs: int = 0
    max_occurs: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `groups` are the repeating groups around it, outermost first, by index."""

    index: int
    link_id: str
    type: ItemType
    text: str
    label: str
    hint: str
    prefix: str
    parent: int | None
    children: tuple[int, ...]
    groups: tuple[int, ...]
    depth: int
    required: bool
    repeats: bool
    hidden: bool
    read_only: bool
    calculated: bool
    control: str
    options: tuple[Option, ...]
    open_label: str
    units: tuple[Unit, ...]
    limits: Limits
    conditions: tuple[Condition, ...]
    needs_all: bool
    initial: tuple[Value, ...]
    codes: tuple[Coding, ...]
    definition: str

    @property
    def is_group(self) -> bool:
        """Tell whether this is a group."""
        return self.type is ItemType.GROUP

    @property
    def is_display(self) -> bool:
        """Tell whether this is text only."""
        return self.type is ItemType.DISPLAY

    @property
    def is_question(self) -> bool:
        """Tell whether this item can have an answer."""
        return not (self.is_group or self.is_display)

    @property
    def is_repeating_group(self) -> bool:
        """Tell whether this is a group with rows."""
        return self.is_group and self.repeats

    @property
    def is_choice(self) -> bool:
        """Tell whether the answers are chosen from a list."""
        return bool(self.options)

    @property
    def is_open(self) -> bool:
        """Tell whether an answer in own words is possible beside the list."""
        return self.type is ItemType.OPEN_CHOICE and bool(self.options)

    @property
    def is_many(self) -> bool:
        """Tell whether several answers to this question are possible."""
        return self.repeats and self.is_question


@dataclass(frozen=True)
class PersonMarks:
    """Which questions hold whom the answers are about, by linkId; empty where none does.

    `name` is one question, or the given name and the family name in this order.
    """

    name: tuple[str, ...] = ()
    born: str = ""
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True, eq=False)
class CompiledForm:
    """A form in memory, compared by identity.

    `order` is the order in which conditions can be decided."""

    title: str
    description: str
    language: str
    url: str
    version: str
    sha256: str
    items: tuple[Item, ...]
    roots: tuple[int, ...]
    order: tuple[int, ...]
    asked: frozenset[int]
    notices: tuple[Notice, ...]
    marks: PersonMarks
    by_link_id: dict[str, int] = field(repr=False)

    def item(self, link_id: str) -> Item:
        """Return the item with this linkId; KeyError when the form has none."""
        return self.items[self.by_link_id[link_id]]

    def place_of(self, item: Item, rows: tuple[int, ...] = ()) -> Place:
        """Return an item's place under some rows; rows beyond its own groups are cut off."""
        return Place(item.link_id, rows[: len(item.groups)])

    def below(self, index: int) -> Iterator[Item]:
        """Yield all descendants of an item in reading order."""
        for child in self.items[index].children:
            yield self.items[child]
            yield from self.below(child)

    def above(self, index: int) -> Iterator[Item]:
        """Yield the ancestors of an item, nearest first."""
        parent = self.items[index].parent
        while parent is not None:
            yield self.items[parent]
            parent = self.items[parent].parent

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """Return the questions that patients are asked, in reading order."""
        return tuple(one for one in self.items if one.is_question and one.index in self.asked)
