"""The names at a shared desk: who of those who made room may come back in, and to which page."""

from uuid import UUID

from django.http import HttpRequest

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.identity import desks
from keepwell.safeguards.identity.models import Desk, Seat
from keepwell.toolkit.identifiers import read_id


def seats(request: HttpRequest) -> list[Seat]:
    """List the names to choose from in this browser; none where it has no desk.

    Shown are those alone who would be let in from here now: a computer that was carried out of the
    allowed networks tells nobody who works where it came from.
    """
    desk = desks.of(request)
    return [] if desk is None else _of(request, desk)


def chosen(request: HttpRequest) -> Seat | None:
    """Return whose name was pressed last in this browser, if it still stands there."""
    desk = desks.of(request)
    return None if desk is None else _find(request, desk, desk.chosen)


def seat(request: HttpRequest, asked: str) -> Seat | None:
    """Return a seat of this browser's desk by its id; anybody else's is none."""
    desk = desks.of(request)
    return None if desk is None else _find(request, desk, read_id(asked))


def choose(request: HttpRequest, asked: str) -> bool:
    """Note whose name was pressed; False when there is none of this id at this desk."""
    desk, found = desks.of(request), seat(request, asked)
    if desk is None or found is None:
        return False
    desks.choose(desk, found)
    return True


def _find(request: HttpRequest, desk: Desk, wanted: UUID | None) -> Seat | None:
    return next((one for one in _of(request, desk) if one.pk == wanted), None)


def _of(request: HttpRequest, desk: Desk) -> list[Seat]:
    standing = desks.seats_at(desk)
    return [one for one in standing if _may_come(request, one, desk.organisation)]


def _may_come(request: HttpRequest, one: Seat, organisation: UUID) -> bool:
    viewer = viewers.entering(request, one.user, organisation)
    return viewer is not None and network_queries.lets_in(viewer)
