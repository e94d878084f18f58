"""Find entries by whom, about what, of which kind and when, at the same cost in a log of any size.

Each question is answered along one index, newest first, and the rest is looked at entry by entry.
At most `REACH` entries are looked at for one page: a page may hold fewer entries than asked for and
still say from where to go on. Nothing is sorted that an index does not hold in order.

What kind of record an opening was about is sealed with the rest of what the entry says. Whoever
asks for it (`Openings`) has the program look into the openings among those entries: nothing of that
is shown, and one whose month was erased is not found.
"""

import heapq
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from keepwell.safeguards.audit import heads
from keepwell.safeguards.audit.entries import Part, about_number
from keepwell.safeguards.audit.payloads import models_named
from keepwell.safeguards.audit.sealing import opened
from keepwell.safeguards.audit.trail import models
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit.envelope import SealBroken

REACH = 1000
DISORDER_US = 3600 * 1_000_000
MOST_STREAMS = 8  # more kinds than these are found by going along the whole log

Found = tuple[list[models.Entry], int | None]  # entries, and the index before which to go on
Indexes = QuerySet[models.Entry, int] | QuerySet[models.Mention, int]


@dataclass(frozen=True, slots=True)
class Openings:
    """Entries of one kind about records of one app: those whose models' labels begin with it."""

    kind: str
    app: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; None is "any". No kinds at all finds nothing.

    `openings` are found beside the kinds, where kinds are given.
    """

    about: tuple[UUID, ...] = ()  # any of these as subject, person or actor
    actor: UUID | None = None
    kinds: frozenset[str] | None = None
    openings: Openings | None = None
    since: datetime | None = None
    until: datetime | None = None  # not itself

    def detail(self) -> dict[str, str]:
        """Say it in ids and codes, for the entry that records the search."""
        said = {
            "about": " ".join(map(str, self.about)),
            "actor": str(self.actor or ""),
            "kinds": "" if self.kinds is None else " ".join(sorted(self.kinds)) or "none",
            "openings": self.openings.app if self.openings else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: text for name, text in said.items() if text}

    @property
    def every_kind(self) -> frozenset[str] | None:
        """Return the kinds that an entry can have; None for every one."""
        if self.kinds is None or self.openings is None:
            return self.kinds
        return self.kinds | {self.openings.kind}

    @property
    def sealed(self) -> Openings | None:
        """Return the openings of which only some are meant, if there are any."""
        one = self.openings
        is_part = one is not None and self.kinds is not None and one.kind not in self.kinds
        return one if is_part else None


def find(organisation: UUID, search: Search, before: int | None, limit: int) -> Found:
    """Return at most so many entries, newest first, inside `store.reading`."""
    low, high = _span(organisation, search, before)
    candidates, floor = _candidates(organisation, search, low, high)
    rows = _fitting(organisation, search, candidates, limit + 1)
    if len(rows) > limit:
        return rows[:limit], rows[limit - 1].index
    return rows, floor if floor > low else None


def _span(organisation: UUID, search: Search, before: int | None) -> tuple[int, int]:
    """Return the indexes from which and before which entries can fit."""
    low = 0 if search.since is None else first_since(organisation, _us(search.since))
    high = before if before is not None else heads.newest_head(organisation).size
    return low, high


def _candidates(
    organisation: UUID, search: Search, low: int, high: int
) -> tuple[Collection[int], int]:
    """Return indexes that may fit, and the one down to which these are all there are."""
    streams = list(_streams(organisation, search))
    if not streams:
        floor = max(low, high - REACH)
        return range(floor, high), floor
    found: set[int] = set()
    floor = low
    for stream in streams:
        part = list(stream.filter(index__gte=low, index__lt=high).order_by("-index")[: REACH + 1])
        if len(part) > REACH:
            floor = max(floor, part[REACH - 1])
        found.update(part[:REACH])
    newest = heapq.nlargest(REACH + 1, (index for index in found if index >= floor))
    if len(newest) > REACH:
        floor = newest[REACH - 1]
    return set(newest[:REACH]), floor


def _streams(organisation: UUID, search: Search) -> Iterator[Indexes]:
    """Yield the indexes of entries along the index that leads to the fewest, if there is one."""
    if search.about:
        for id_ in search.about:
            yield _mentions(organisation, id_)
    elif search.actor is not None:
        yield _mentions(organisation, search.actor).filter(part=Part.ACTOR)
    elif search.every_kind is not None and len(search.every_kind) <= MOST_STREAMS:
        entries = models.Entry.objects.filter(organisation_id=organisation)
        for kind in sorted(search.every_kind):
            yield entries.filter(kind=kind).values_list("index", flat=True)


def _mentions(organisation: UUID, id_: UUID) -> QuerySet[models.Mention, int]:
    found = models.Mention.objects.filter(organisation_id=organisation, about=about_number(id_))
    return found.values_list("index", flat=True)


def _fitting(
    organisation: UUID, search: Search, candidates: Collection[int], limit: int
) -> list[models.Entry]:
    """Return the newest candidates that fit the whole search."""
    found = models.Entry.objects.filter(organisation_id=organisation)
    if isinstance(candidates, range):
        found = found.filter(index__gte=candidates.start, index__lt=candidates.stop)
    else:
        if search.about and search.actor is not None:
            own = _mentions(organisation, search.actor).filter(part=Part.ACTOR)
            candidates = set(own.filter(index__in=candidates))
        found = found.filter(index__in=candidates)
    if search.every_kind is not None:
        found = found.filter(kind__in=search.every_kind)
    if search.since is not None:
        found = found.filter(time_us__gte=_us(search.since))
    if search.until is not None:
        found = found.filter(time_us__lt=_us(search.until))
    rows = found.order_by("-index")
    if search.sealed is None:
        return list(rows[:limit])
    return list(islice(_meant(rows, search.sealed), limit))


def _meant(rows: Iterable[models.Entry], openings: Openings) -> Iterator[models.Entry]:
    """Yield entries of other kinds, and the openings of records that are meant."""
    gone: set[UUID] = set()  # keys of months that were erased: each is looked for once
    for row in rows:
        if row.kind != openings.kind:
            yield row
        elif row.key_id not in gone:
            try:
                is_meant = openings.app in _apps_in(row)
            except KeyGone:
                gone.add(row.key_id)
            else:
                if is_meant:
                    yield row


def _apps_in(row: models.Entry) -> set[str]:
    """Return the apps whose records an entry speaks of; none where it cannot be read."""
    if row.payload is None:
        return set()
    sealed = bytes(row.payload)
    try:
        said = models_named(opened(row.organisation_id, row.entry_id, row.key_id, sealed))
    except (SealBroken, ValueError, KeyError):
        return set()
    return {model.partition(".")[0] for model in said}


def first_since(organisation: UUID, time_us: int) -> int:
    """Return an index before which everything is older, near the first that is not.

    Found by halving: some twenty look-ups in a log of a million entries, and no index over times.
    An entry may stand behind younger ones by at most `DISORDER_US`: it waits in an outbox until it
    is moved. A clock that was set back by more can hide what is older than the step.
    """
    time_us -= DISORDER_US
    low, high = 0, heads.newest_head(organisation).size
    entries = models.Entry.objects.filter(organisation_id=organisation)
    while low < high:
        middle = (low + high) // 2
        times = entries.filter(index__gte=middle).order_by("index")
        row = times.values_list("time_us", flat=True).first()
        if row is not None and row < time_us:
            low = middle + 1
        else:
            high = middle
    return low


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
