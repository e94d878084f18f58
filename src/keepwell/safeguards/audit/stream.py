"""The trail in the order of the log, for rules that the program itself applies to every entry.

Nobody is shown anything, so no reading is recorded. Entries are named by their index: whoever
remembers how far it came reads each of them once.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from keepwell.safeguards.audit import heads, search, writer
from keepwell.safeguards.audit.entries import Part, about_number
from keepwell.safeguards.audit.payloads import Payload
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


def read_of(
    organisation: UUID, ids: Collection[UUID], kind: str, *, model: str, field: str
) -> frozenset[UUID]:
    """Return which of these rows entries of a kind name with a field: what somebody opened."""
    writer.settle(organisation)
    wanted, found = sorted(ids), set()
    with store.reading(organisation):
        for at in range(0, len(wanted), _AT_ONCE):
            numbers = [about_number(one) for one in wanted[at : at + _AT_ONCE]]
            found |= _naming(organisation, numbers, kind)
    subjects = (one for entry in _opened_at(organisation, found) for one in entry.subjects)
    return frozenset(
        id_
        for subject in subjects
        if subject.model == model and field in subject.fields
        for id_ in subject.ids
    ) & frozenset(ids)


def _naming(organisation: UUID, numbers: Collection[int], kind: str) -> set[int]:
    """Return the indexes of entries of a kind about these, inside `store.reading`."""
    mentions = models.Mention.objects.filter(
        organisation_id=organisation, about__in=numbers, part=Part.SUBJECT
    )
    indexes = set(mentions.values_list("index", flat=True))
    found: set[int] = set()
    for at in range(0, len(ordered := sorted(indexes)), _AT_ONCE):
        rows = models.Entry.objects.filter(
            organisation_id=organisation, index__in=ordered[at : at + _AT_ONCE], kind=kind
        )
        found.update(rows.values_list("index", flat=True))
    return found


def _opened_at(organisation: UUID, indexes: Collection[int]) -> Iterator[Payload]:
    """Yield what the entries at these indexes say, a portion at a time."""
    for at in range(0, len(ordered := sorted(indexes)), _AT_ONCE):
        with store.reading(organisation):
            rows = models.Entry.objects.filter(
                organisation_id=organisation, index__in=ordered[at : at + _AT_ONCE]
            )
            portion = list(rows)
        yield from (one.payload for one in opened(portion) if one.payload is not None)


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
