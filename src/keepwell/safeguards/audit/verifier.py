"""Check a log from its first entry to its signed head, and name the first position that is wrong.

Every entry's payload against its digest, every entry against its leaf hash, the tree that they make
against every tile and every signed checkpoint; then what the tree does not bind (`contents`).
Reads in portions: memory grows by four bytes for an entry.
"""

from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit import checked, heads, logs, remains, waiting, writer
from keepwell.safeguards.audit.checked import Checked, Seen
from keepwell.safeguards.audit.contents import Contents
from keepwell.safeguards.audit.diagnosis import Suspect, diagnose
from keepwell.safeguards.audit.entries import Entry, moment_of
from keepwell.safeguards.audit.errors import TrailBroken
from keepwell.safeguards.audit.heads import Head
from keepwell.safeguards.audit.leftovers import leftover
from keepwell.safeguards.audit.reports import Finding, Problem, Report
from keepwell.safeguards.audit.trail import models, statements, store
from keepwell.safeguards.audit.trail.statements import StoredEntry
from keepwell.toolkit import clock
from keepwell.toolkit.merkle import EMPTY_ROOT
from keepwell.toolkit.notes import NoteBroken
from keepwell.toolkit.tiles import TILE_BITS, Growth, Tile

PORTION = 1000
STUCK_US = 60 * 1_000_000


def verify(organisation: UUID) -> Report:
    """Check one organisation's trail; the report is also kept for the pages.

    Raises TrailUnavailable or KeystoreUnavailable when there is nothing to check with.
    """
    writer.settle(organisation)
    seen = checked.seen(organisation)  # before the head, which may move on meanwhile
    with store.reading(organisation) as connection:
        head, finding = _walked(connection, organisation, seen)
    finding = finding or _unlisted(organisation) or _stuck(organisation)
    finding = finding or remains.finding(organisation)
    size, root = (head.size, head.root) if head else (0, EMPTY_ROOT)
    checked.remember(organisation, Checked(clock.now(), size, root, finding is None, finding))
    if finding is None:
        checked.saw(organisation, size, root)
    return Report(organisation, size, root, moment_of(head.signed_us) if head else None, finding)


def _walked(
    connection: BaseDatabaseWrapper, organisation: UUID, seen: Seen | None
) -> tuple[Head | None, Finding | None]:
    head = None
    try:
        row = statements.newest_checkpoint(connection, organisation)
        if row is None:
            return None, _NO_HEAD
        head = Head(*row)
        return head, _Walk(connection, organisation, head, seen).finding()
    except TrailBroken as error:
        return head, Finding(Problem.HEAD, None, str(error))


_NO_HEAD = Finding(
    Problem.HEAD, None, "There is no signed head: the log was never begun, or all of it is gone."
)


def _unlisted(organisation: UUID) -> Finding | None:
    if logs.is_listed(organisation):
        return None
    said = "The log was taken out of the list of logs: sweeps and checks would pass it by."
    return Finding(Problem.DELETED, None, said)


def _stuck(organisation: UUID) -> Finding | None:
    late = (one.oldest_us for one in waiting.waiting() if one.organisation == organisation)
    oldest = next(late, None)
    if oldest is None or clock.now_us() - oldest < STUCK_US:
        return None
    since = heads.time_text(oldest)
    said = f"The way to the log is stuck: an entry has waited to be written since {since}."
    return Finding(Problem.OUTBOX, None, said)


class _Walk:
    """One walk along one log, up to the head that was newest when it began."""

    def __init__(
        self, connection: BaseDatabaseWrapper, organisation: UUID, head: Head, seen: Seen | None
    ) -> None:
        self._connection = connection
        self._organisation = organisation
        self._head = head
        self._seen = seen
        self._key = heads.verify_key_of(organisation)
        self._contents = Contents(connection, organisation)
        self._tree = Growth()
        self._trusted = 0  # the size of the newest checkpoint that fits
        self._bad_tile: Finding | None = None
        self._checkpoints = self._heads()
        self._next = next(self._checkpoints, None)

    def finding(self) -> Finding | None:
        """Return the first thing that is wrong."""
        finding = self._signature(self._head) or self._rolled_back() or self._at_size()
        if finding:
            return finding
        lost = None
        for portion in self._portions():
            for row in portion:
                if finding := self._row(row):
                    return finding
            lost = lost or self._contents.finding(portion)
        finding = self._truncated() or leftover(self._organisation, self._head.size)
        return finding or lost or self._contents.gone() or self._contents.surplus()

    def _signature(self, head: Head) -> Finding | None:
        try:
            heads.check_head(head, self._key)
        except heads.HeadEdited:
            said = f"The checkpoint of size {head.size} was edited: its row and its note differ."
            return Finding(Problem.HEAD, head.size, said)
        except NoteBroken as error:
            said = f"The checkpoint of size {head.size} is not one that was signed: {error}"
            return Finding(Problem.SIGNATURE, head.size, said)
        return None

    def _rolled_back(self) -> Finding | None:
        if self._seen is None or self._seen.size <= self._head.size:
            return None
        size, seen = self._head.size, self._seen.size
        said = f"The log was rolled back to {size} entries: this process has seen {seen}."
        return Finding(Problem.ROLLED_BACK, size, said)

    def _row(self, row: StoredEntry) -> Finding | None:
        index = self._tree.size
        if row.index != index:
            return _absent(index, row.index)
        entry = row.entry
        if entry is None or _leaf(entry) != row.leaf:
            return Finding(Problem.EDITED, index, f"Entry {index} was edited.")
        if row.payload is not None and sha256(row.payload).digest() != entry.digest:
            return Finding(Problem.EDITED, index, f"Entry {index} was edited: its payload changed.")
        for tile in self._tree.append(row.leaf):
            self._bad_tile = self._bad_tile or self._tile(tile)
        return self._at_size()

    def _at_size(self) -> Finding | None:
        """Compare the tree as far as it has come with the checkpoint of this size, if any."""
        size, head = self._tree.size, self._next
        if head is not None and head.size <= size:
            self._next = next(self._checkpoints, None)
            finding = self._signature(head) or self._wrong_root(head.root) or self._bad_tile
            self._trusted = size
            return finding
        if self._seen is not None and self._seen.size == size:
            return self._wrong_root(self._seen.root)
        return None

    def _wrong_root(self, root: bytes) -> Finding | None:
        if self._tree.root() == root:
            return None
        return diagnose(Suspect(self._organisation, self._trusted, self._tree.size, root))

    def _tile(self, tile: Tile) -> Finding | None:
        there = models.Tile.objects.filter(
            organisation_id=self._organisation, level=tile.level, number=tile.number
        ).first()
        if there and there.hashes == tile.hashes and there.root == tile.root:
            return None
        position = tile.number << TILE_BITS * (tile.level + 1)
        fact = "was edited" if there else "is missing"
        return Finding(Problem.TILE, position, f"{tile.path}, over entry {position}, {fact}.")

    def _truncated(self) -> Finding | None:
        size = self._tree.size
        if size == self._head.size:
            return None
        said = f"The log was truncated to {size} entries: the head signed {self._head.size}."
        return Finding(Problem.TRUNCATED, size, said)

    def _portions(self) -> Iterator[list[StoredEntry]]:
        start = 0
        while start < self._head.size:
            limit = min(PORTION, self._head.size - start)
            portion = statements.entries(self._connection, self._organisation, start, limit)
            yield [row for row in portion if row.index < self._head.size]
            if len(portion) < limit:
                return
            start = portion[-1].index + 1

    def _heads(self) -> Iterator[Head]:
        after = -1
        while after < self._head.size:
            portion = statements.checkpoints(self._connection, self._organisation, after, PORTION)
            yield from (Head(*row) for row in portion)
            if len(portion) < PORTION:
                return
            after = portion[-1][0]


def _leaf(entry: Entry) -> bytes:
    try:
        return entry.leaf()
    except (OverflowError, UnicodeError):  # numbers or text that no entry can hold
        return b""


def _absent(index: int, found: int) -> Finding:
    missing = f"Entry {index} was" if found == index + 1 else f"Entries {index} to {found - 1} were"
    return Finding(Problem.DELETED, index, f"{missing} deleted.")
