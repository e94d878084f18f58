"""Read the trail. Reading it is itself on the trail, before anything of it is shown."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from keepwell.safeguards.audit import checked, erasures, heads, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import moment_of
from keepwell.safeguards.audit.erasures import Erasures
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.reports import Finding
from keepwell.safeguards.audit.sealing import open_payload
from keepwell.safeguards.audit.search import Search, find
from keepwell.safeguards.audit.trail import models, store
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit.envelope import SealBroken

LARGEST_PAGE = 200


class Content(StrEnum):
    """Whether an entry's payload can be read."""

    BROKEN = "broken"  # the seal does not fit: somebody changed it
    ERASED = "erased"  # its month was erased, and the trail says so; the entry stays provable
    LOST = "lost"  # it or its key is not there, and no erasure is on the trail
    READABLE = "readable"


ALONE = "alone"  # in the detail of an export


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One entry for a page; `payload` is there if `content` is readable."""

    index: int
    id: UUID
    moment: datetime
    kind: str
    content: Content
    payload: Payload | None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; `before` is the index from which the next page goes on, if any."""

    entries: tuple[TrailEntry, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class TrailState:
    """What the foot of the page says; `whole` is None until this process has checked."""

    size: int
    root: bytes
    signed: datetime
    checked: datetime | None
    whole: bool | None
    finding: Finding | None = None  # what the last check of this process found


def page_of_entries(
    viewer: Viewer,
    *,
    about: UUID | Collection[UUID] | None = None,
    actor: UUID | None = None,
    kinds: Collection[str] | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of the viewer's organisation's trail, newest first; record the reading.

    `about` finds a subject, a person or an actor, or any of several; `actor` only who acted.
    """
    named = None if kinds is None else frozenset(kinds)
    return page_of(viewer, Search(about=_ids(about), actor=actor, kinds=named), before, limit)


def page_of(viewer: Viewer, asked: Search, before: int | None, limit: int, *, by: str = "") -> Page:
    """Return a page of what a search finds, newest first; record the reading, and `by` what.

    Only this page's payloads are opened. A page may hold fewer entries than asked for and go on all
    the same (`search`). Raises TrailUnavailable: then nothing is shown.
    """
    writer.settle(viewer.organisation)
    with store.reading(viewer.organisation):
        rows, onward = find(viewer.organisation, asked, before, max(1, min(limit, LARGEST_PAGE)))
    _record_reading(viewer, asked, rows, by)
    return Page(opened(rows), onward)


def newest_of(viewer: Viewer, kinds: Sequence[Collection[str]]) -> list[TrailEntry | None]:
    """Return the newest entry of each of these groups of kinds; the reading is recorded once."""
    writer.settle(viewer.organisation)
    found: list[models.Entry | None] = []
    with store.reading(viewer.organisation):
        for some in kinds:
            rows, _onward = find(viewer.organisation, Search(kinds=frozenset(some)), None, 1)
            found.append(rows[0] if rows else None)
    every = Search(kinds=frozenset(kind for some in kinds for kind in some))
    _record_reading(viewer, every, [row for row in found if row is not None])
    return [None if row is None else opened([row])[0] for row in found]


def exported(
    viewer: Viewer,
    asked: Search,
    form: str,
    *,
    most: int | None,
    alone: int = 0,
    reason: str = "",
) -> Iterator[TrailEntry]:
    """Return the entries that a search finds, newest first, at most so many, for a file.

    That they are exported is on the trail when this returns, before any is opened; `alone`: and how
    many of them without a second person (`taken_alone`).
    """
    detail = asked.detail() | {"form": form} | ({ALONE: str(alone)} if alone else {})
    record_now(viewer, AuditEvent.TRAIL_EXPORT, reason=reason, detail=detail)
    writer.settle(viewer.organisation)
    return _each(viewer, asked, most)


def _each(viewer: Viewer, asked: Search, most: int | None) -> Iterator[TrailEntry]:
    before: int | None = None
    left = most
    while left is None or left > 0:
        portion = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
        with store.reading(viewer.organisation):
            rows, before = find(viewer.organisation, asked, before, portion)
        yield from opened(rows)
        left = None if left is None else left - len(rows)
        if before is None:
            return


def count_of(
    viewer: Viewer,
    asked: Search,
    *,
    most: int,
    before: int | None = None,
    portions: int | None = None,
) -> int:
    """Count what a search finds, no further than past `most`; nothing is shown or recorded.

    Where more than so many `portions` of a page would be looked at, there are more than `most`.
    """
    writer.settle(viewer.organisation)
    count, looked = 0, 0
    while count <= most:
        looked += 1
        if portions is not None and looked > portions:
            return most + 1
        with store.reading(viewer.organisation):
            rows, before = find(viewer.organisation, asked, before, LARGEST_PAGE)
        count += len(rows)
        if before is None:
            break
    return count


def taken_alone(viewer: Viewer, since: datetime) -> int:
    """Count the entries that this account has exported since then without a second person.

    The program reads it from the trail and shows nobody anything: no reading is recorded.
    """
    writer.settle(viewer.organisation)
    mine = Search(actor=viewer.actor, kinds=frozenset({AuditEvent.TRAIL_EXPORT}), since=since)
    count, before, is_whole = 0, None, False
    while not is_whole:
        with store.reading(viewer.organisation):
            rows, before = find(viewer.organisation, mine, before, LARGEST_PAGE)
        said = (one.payload.detail for one in opened(rows) if one.payload is not None)
        count += sum(int(detail.get(ALONE, "0")) for detail in said)
        is_whole = before is None
    return count


def entry(viewer: Viewer, index: int) -> TrailEntry:
    """Return one entry by its place in the log and record that it was read; raise EntryMissing."""
    writer.settle(viewer.organisation)
    with store.reading(viewer.organisation):
        row = models.Entry.objects.filter(organisation_id=viewer.organisation, index=index).first()
    if row is None:
        raise EntryMissing
    _record_reading(viewer, Search(), [row])
    return opened([row])[0]


def entry_named(viewer: Viewer, entry: UUID) -> TrailEntry:
    """Return one entry by its id and record that it was read; raise EntryMissing."""
    writer.settle(viewer.organisation)
    with store.reading(viewer.organisation):
        rows = models.Entry.objects.filter(organisation_id=viewer.organisation, entry_id=entry)
        row = rows.first()
    if row is None:
        raise EntryMissing
    _record_reading(viewer, Search(), [row])
    return opened([row])[0]


def everything(
    viewer: Viewer, asked: Search, *, before: int | None, most: int
) -> tuple[TrailEntry, ...]:
    """Return all that a search finds before an index, newest first, at most so many entries.

    However many pages that takes, it is one reading on the trail, before the first is opened. Each
    candidate's time is looked at: a clock that was set back hides nothing here (`first_since`).
    """
    writer.settle(viewer.organisation)
    rows: list[models.Entry] = []
    ever = replace(asked, since=None, until=None)
    with store.reading(viewer.organisation):
        while len(rows) < most:
            portion = min(most - len(rows), LARGEST_PAGE)
            found, before = find(viewer.organisation, ever, before, portion)
            rows += [row for row in found if asked.covers(moment_of(row.time_us))]
            if before is None:
                break
    _record_reading(viewer, asked, rows)
    return opened(rows)


def unopened(viewer: Viewer, entry: UUID) -> TrailEntry | None:
    """Return an entry whose organisation's keys are gone: nothing of it can be read.

    Nothing is recorded, because nothing is shown that the tree does not show, and nothing could be.
    """
    with store.reading(viewer.organisation):
        found = models.Entry.objects.filter(
            organisation_id=viewer.organisation, entry_id=entry
        ).first()
    if found is None:
        return None
    return TrailEntry(
        index=found.index,
        id=found.entry_id,
        moment=moment_of(found.time_us),
        kind=found.kind,
        content=Content.ERASED,
        payload=None,
    )


def state(viewer: Viewer, *, waits: bool = True) -> TrailState:
    """Return how far the trail has come and what this process last found when checking it.

    With all that this process has recorded, unless nobody `waits` for what is on its way.
    """
    if waits:
        writer.settle(viewer.organisation)
    head = heads.newest_head(viewer.organisation)
    last = checked.last(viewer.organisation)
    return TrailState(
        size=head.size,
        root=head.root,
        signed=moment_of(head.signed_us),
        checked=last.moment if last else None,
        whole=last.is_whole if last else None,
        finding=last.finding if last else None,
    )


def _ids(about: UUID | Collection[UUID] | None) -> tuple[UUID, ...]:
    if about is None:
        return ()
    return (about,) if isinstance(about, UUID) else tuple(sorted(about))


def _record_reading(
    viewer: Viewer, asked: Search, rows: Collection[models.Entry], by: str = ""
) -> None:
    detail = asked.detail() | {"count": str(len(rows))} | ({"by": by} if by else {})
    if rows:
        indexes = [row.index for row in rows]
        detail |= {"first": str(min(indexes)), "last": str(max(indexes))}
    record_now(viewer, AuditEvent.TRAIL_OPEN, detail=detail)


def opened(rows: Collection[models.Entry]) -> tuple[TrailEntry, ...]:
    """Open entries that were found; whoever shows them to somebody records that first."""
    contents = [_content(row) for row in rows]
    lost = any(content is Content.LOST for content, _ in contents)
    erased = erasures.of(next(iter(rows)).organisation_id) if lost else None
    return tuple(
        TrailEntry(
            index=row.index,
            id=row.entry_id,
            moment=moment_of(row.time_us),
            kind=row.kind,
            content=_why(content, row, erased),
            payload=payload,
        )
        for row, (content, payload) in zip(rows, contents, strict=True)
    )


def _why(content: Content, row: models.Entry, erased: Erasures | None) -> Content:
    """Tell erasure, which the trail itself orders, from a content that somebody took away."""
    is_erased = content is Content.LOST and erased is not None and erased.covers(row.period)
    return Content.ERASED if is_erased else content


def _content(row: models.Entry) -> tuple[Content, Payload | None]:
    if row.payload is None:
        return Content.LOST, None
    try:
        sealed = bytes(row.payload)
        payload = open_payload(row.organisation_id, row.entry_id, row.key_id, sealed)
    except KeyGone:
        return Content.LOST, None
    except (SealBroken, ValueError, KeyError):
        return Content.BROKEN, None
    return Content.READABLE, payload
