"""Lists that may be long: a page of rows, how many there are, and where the next page begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)
Told = TypeVar("Told")

PAGE_ROWS = 25
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Part(Generic[Told]):
    """Some rows of a list, how many the whole list has, and the id after which the next begin."""

    rows: Sequence[Told]
    total: int
    next: UUID | None
    is_first: bool


def called(rows: models.QuerySet[Row], words: str, *fields: str) -> models.QuerySet[Row]:
    """Narrow to rows where each word stands in one of these fields, whatever its capitals."""
    for word in words.split()[:_MOST_WORDS]:
        # SQLite compares capitals in ASCII only: the other ways to write a word are asked for.
        ways = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
        asked = Q()
        for field in fields:
            for way in ways:
                asked |= Q(**{f"{field}__icontains": way})
        rows = rows.filter(asked)
    return rows


def part_of(
    rows: models.QuerySet[Row],
    whole: models.QuerySet[Row],
    key: str,
    after: UUID | None,
    *,
    most: int | None = None,
) -> Part[Row]:
    """Return the rows after an id, in the order of a key ("-key": falling), then of ids.

    `after` is looked up in `whole`, so that a page stays where it was when its last row has left
    the list meanwhile; an id that is not there begins at the beginning. `most`: fewer rows on a
    page than elsewhere, beside another list. Call it inside the wall.
    """
    name, is_falling = key.lstrip("-"), key.startswith("-")
    last = whole.filter(pk=after).values_list(name, flat=True).first() if after else None
    later = rows
    if last is not None:
        beyond = Q(**{f"{name}__{'lt' if is_falling else 'gt'}": last})
        later = rows.filter(beyond | Q(**{name: last, "pk__gt": after}))
    size = min(most or PAGE_ROWS, PAGE_ROWS)
    found = list(later.order_by(key, "pk")[: size + 1])
    is_more = len(found) > size
    return Part(
        rows=found[:size],
        total=rows.count(),
        next=found[size - 1].pk if is_more else None,
        is_first=last is None,
    )
