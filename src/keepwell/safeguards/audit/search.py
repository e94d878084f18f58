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
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, Self
from uuid import UUID

from django.db.models import QuerySet

from keepwell.safeguards.audit import heads
from keepwell.safeguards.audit.entries import Part, about_number
from keepwell.safeguards.audit.payloads import is_about_app
from keepwell.safeguards.audit.sealing import opened
from keepwell.safeguards.audit.trail import models
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit.envelope import SealBroken

REACH = 1000
DISORDER_US = 3600 * 1_000_000
PROBES = 32
PORTION_GROWTH = 4
LATEST_US = 2**63 - 1
MOST_STREAMS = 8  # more kinds than these are found by going along the whole log

Found = tuple[list[models.Entry], int | None]  # entries, and the index before which to go on
Indexes = QuerySet[models.Entry, int] | QuerySet[models.Mention, int]
Sealed = tuple[int, str, UUID, UUID, bytes | memoryview | None]


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

    def covers(self, moment: datetime) -> bool:
        """Tell whether a moment lies between those that were asked for."""
        is_late = self.until is not None and moment >= self.until
        return not is_late and (self.since is None or moment >= self.since)

    def kept(self) -> dict[str, Any]:
        """Return it as JSON holds it: the same search for good, whatever days and kinds mean then.

        Moments are in UTC.
        """
        return {
            "about": [str(one) for one in self.about],
            "actor": str(self.actor) if self.actor else None,
            "kinds": None if self.kinds is None else sorted(self.kinds),
            "openings": [self.openings.kind, self.openings.app] if self.openings else None,
            "since": self.since.astimezone(UTC).isoformat() if self.since else None,
            "until": self.until.astimezone(UTC).isoformat() if self.until else None,
        }

    @classmethod
    def of_kept(cls, kept: dict[str, Any]) -> Self:
        """Read back what `kept` returned; raise KeyError or ValueError for anything else."""
        since, until = kept["since"], kept["until"]
        return cls(
            about=tuple(map(UUID, kept["about"])),
            actor=UUID(kept["actor"]) if kept["actor"] else None,
            kinds=None if kept["kinds"] is None else frozenset(kept["kinds"]),
            openings=Openings(*kept["openings"]) if kept["openings"] else None,
            since=datetime.fromisoformat(since) if since else None,
            until=datetime.fromisoformat(until) if until else None,
        )

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
    if search.until is not None:
        high = min(high, first_since(organisation, _us(search.until) + 2 * DISORDER_US))
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
    if search.about and search.actor is not None:
        own = _mentions(organisation, search.actor).filter(part=Part.ACTOR)
        candidates = set(own.filter(index__in=candidates))
    found = _narrowed(organisation, search)
    if search.sealed is not None:
        candidates = _meant(organisation, search.sealed, found, candidates, limit)
    rows = chain.from_iterable(_among(found, some) for some in _newest_first(candidates, limit))
    return list(islice(rows, limit))


def _newest_first(candidates: Collection[int], limit: int) -> Iterator[Collection[int]]:
    """Yield the candidates in portions that grow, because mostly the newest few are enough."""
    left, size = candidates if isinstance(candidates, range) else sorted(candidates), limit
    while left:
        yield left[-size:]
        left, size = left[:-size], size * PORTION_GROWTH


def _narrowed(organisation: UUID, search: Search) -> QuerySet[models.Entry]:
    found = models.Entry.objects.filter(organisation_id=organisation)
    if search.every_kind is not None:
        found = found.filter(kind__in=search.every_kind)
    if search.since is not None:
        found = found.filter(time_us__gte=_us(search.since))
    if search.until is not None:
        found = found.filter(time_us__lt=_us(search.until))
    return found.order_by("-index")


def _among(rows: QuerySet[models.Entry], indexes: Collection[int]) -> QuerySet[models.Entry]:
    if isinstance(indexes, range):
        return rows.filter(index__gte=indexes.start, index__lt=indexes.stop)
    return rows.filter(index__in=indexes)


def _meant(
    organisation: UUID,
    openings: Openings,
    found: QuerySet[models.Entry],
    candidates: Collection[int],
    limit: int,
) -> list[int]:
    """Return the newest indexes of entries of other kinds, and of openings that are meant.

    Of up to a thousand that are looked into, only what that takes is loaded.
    """
    columns = ("index", "kind", "entry_id", "key_id", "payload")
    portions = _newest_first(candidates, limit)
    rows = chain.from_iterable(_among(found, some).values_list(*columns) for some in portions)
    return list(islice(_indexes_meant(organisation, openings, rows), limit))


def _indexes_meant(organisation: UUID, openings: Openings, rows: Iterable[Sealed]) -> Iterator[int]:
    gone: set[UUID] = set()  # keys of months that were erased: each is looked for once
    for index, kind, entry, key, payload in rows:
        if kind != openings.kind:
            yield index
        elif key not in gone and payload is not None:
            try:
                said = opened(organisation, entry, key, bytes(payload))
                is_meant = is_about_app(said, openings.app)
            except KeyGone:
                gone.add(key)
            except (SealBroken, ValueError, KeyError):  # one that cannot be read is not meant
                continue
            else:
                if is_meant:
                    yield index


def first_since(organisation: UUID, time_us: int) -> int:
    """Return an index before which everything is older, near the first that is not.

    Found by looking at `PROBES` entries at a time, between the last that was older and the first
    that was not: four questions in a log of a million entries, and no index over times.
    An entry may stand behind younger ones by at most `DISORDER_US`: it waits in an outbox until it
    is moved. A clock that was set back by more can hide what is near the step, on either side:
    whoever must not miss it asks for no moments and looks at each (`queries.everything`).
    """
    time_us -= DISORDER_US
    low, high = 0, heads.newest_head(organisation).size
    while low < high:
        times = _times_between(organisation, low, high)
        low = max((index + 1 for index, at in times.items() if at < time_us), default=low)
        younger = (index for index, at in times.items() if at >= time_us and index >= low)
        high = min(younger, default=high)
    return low


def _times_between(organisation: UUID, low: int, high: int) -> dict[int, int]:
    """Return when some entries were written, evenly from one index to before another.

    Of entries that are gone, the time of the next one counts as theirs, for the middle at least.
    """
    found = models.Entry.objects.filter(organisation_id=organisation)
    asked = range(low, high, -(-(high - low) // PROBES))
    times = dict(found.filter(index__in=list(asked)).values_list("index", "time_us"))
    middle = asked[len(asked) // 2]
    if len(times) <= len(asked) // 2:
        later = found.filter(index__gte=middle).order_by("index")
        times[middle] = later.values_list("time_us", flat=True).first() or LATEST_US
    return times


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
