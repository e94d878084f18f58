"""What lies beyond the signed head: an entry put in behind it, or traces of a log that was longer.

The log may grow while it is checked. What is there is therefore looked at first and the newest head
afterwards: both were committed together, so nothing that is right can lie beyond it.
"""

from uuid import UUID

from django.db.models import Max, Min

from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.audit.trail import models
from keepwell.toolkit.tiles import TILE_BITS


def leftover(organisation: UUID, checked_size: int) -> Finding | None:
    """Return what lies beyond the newest head, or before the first entry."""
    first, last = _span(organisation)
    mentioned = models.Mention.objects.filter(organisation_id=organisation).aggregate(
        last=Max("index")
    )["last"]
    tiled = _tiled(organisation)
    size = _size_now(organisation, checked_size)
    if first is not None and first < 0:
        return Finding(Problem.INSERTED, first, f"Entry {first} was inserted before the first.")
    if last is not None and last >= size:
        return _inserted(organisation, size)
    if max(tiled, -1 if mentioned is None else mentioned) >= size:
        said = f"The log was truncated to {size} entries: there are traces of later ones."
        return Finding(Problem.TRUNCATED, size, said)
    return None


def _span(organisation: UUID) -> tuple[int | None, int | None]:
    found = models.Entry.objects.filter(organisation_id=organisation).aggregate(
        first=Min("index"), last=Max("index")
    )
    return found["first"], found["last"]


def _tiled(organisation: UUID) -> int:
    """Return the last index that a stored tile covers."""
    tiles = models.Tile.objects.filter(organisation_id=organisation)
    newest = tiles.order_by().values("level").annotate(last=Max("number"))
    ends = [(tile["last"] + 1) << TILE_BITS * (tile["level"] + 1) for tile in newest]
    return max(ends, default=0) - 1


def _size_now(organisation: UUID, checked_size: int) -> int:
    """Return the size of the newest head, which may have grown since the walk began."""
    sizes = models.Checkpoint.objects.filter(organisation_id=organisation)
    return max(checked_size, sizes.aggregate(size=Max("size"))["size"] or 0)


def _inserted(organisation: UUID, size: int) -> Finding:
    beyond = models.Entry.objects.filter(organisation_id=organisation, index__gte=size)
    position = beyond.aggregate(first=Min("index"))["first"]
    said = f"Entry {position} was inserted: the newest signed head counts {size} entries."
    return Finding(Problem.INSERTED, position, said)
