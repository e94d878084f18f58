"""The trail in the order of the log, for rules that the program itself applies to every entry.

Nobody is shown anything, so no reading is recorded. Entries are named by their index: whoever
remembers how far it came reads each of them once.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from keepwell.safeguards.audit import heads, search, writer
from keepwell.safeguards.audit.entries import Part, about_number
from keepwell.safeguards.audit.queries import TrailEntry, opened
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.audit.trail import models, store

_AT_ONCE = 500  # ids in one statement


def size_of(organisation: UUID) -> int:
    """Return how many entries the signed log holds now, what this process has recorded too."""
    writer.settle(organisation)
    with store.reading(organisation):
        return heads.newest_head(organisation).size


def first_since(organisation: UUID, moment: datetime) -> int:
    """Return an index before which everything is older than this moment (`search`)."""
    with store.reading(organisation):
        return search.first_since(organisation, int(moment.timestamp() * 1_000_000))


def entries(
    organisation: UUID, kinds: Collection[str], start: int, stop: int
) -> tuple[TrailEntry, ...]:
    """Return the entries of some kinds from one index up to another, oldest first."""
    with store.reading(organisation):
        found = _between(organisation, start, stop).filter(kind__in=list(kinds))
        rows = list(found.order_by("index"))
    return opened(rows) if rows else ()


def entries_by(
    organisation: UUID, accounts: Collection[UUID], start: int, stop: int
) -> tuple[TrailEntry, ...]:
    """Return the entries in which one of these accounts acts, in the same order."""
    numbers = [about_number(account) for account in sorted(accounts)]
    indexes: set[int] = set()
    with store.reading(organisation):
        for at in range(0, len(numbers), _AT_ONCE):
            mentions = models.Mention.objects.filter(
                organisation_id=organisation,
                about__in=numbers[at : at + _AT_ONCE],
                part=Part.ACTOR,
                index__gte=start,
                index__lt=stop,
            )
            indexes.update(mentions.values_list("index", flat=True))
        found = _between(organisation, start, stop).filter(index__in=sorted(indexes))
        rows = list(found.order_by("index")) if indexes else []
    return opened(rows) if rows else ()


def last_by(
    organisation: UUID, account: UUID, kind: str, *, before: int, most: int
) -> tuple[TrailEntry, ...]:
    """Return the newest entries of a kind in which an account acts, before an index."""
    asked = Search(actor=account, kinds=frozenset({kind}))
    with store.reading(organisation):
        rows, _onward = search.find(organisation, asked, before, most)
    return opened(rows) if rows else ()


def _between(organisation: UUID, start: int, stop: int) -> QuerySet[models.Entry]:
    return models.Entry.objects.filter(
        organisation_id=organisation, index__gte=start, index__lt=stop
    )
