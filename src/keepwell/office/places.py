"""What a page asks of its request: ids and numbers, what was sent."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, QueryDict

EARLIEST_YEAR, LATEST_YEAR = 1990, 2200  # far beyond either, time zones cannot be counted with


def id_in(text: str) -> UUID | None:
    """Read an id from the query part of an address; nonsense is as good as nothing."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def ids_in(text: str) -> tuple[UUID, ...] | None:
    """Read ids with spaces between them; None when something else stands there."""
    found = [id_in(word) for word in text.split()]
    return None if None in found else tuple(id_ for id_ in found if id_ is not None)


def day_in(text: str) -> date | None:
    """Read a day as date fields send it; nonsense is as good as nothing."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def number_in(text: str) -> int | None:
    """Read a place in the log from the query part of an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent with a form, also when that is nothing; None when none was sent."""
    return request.POST if request.method == "POST" else None
