"""Append a batch to one log: entries, full tiles, mentions and one signed head, all or none.

Belongs to the writer thread, and needs the sequencer's role on PostgreSQL. Two processes take turns
by a lock that ends with the transaction; each remembers how far the log had come, and reads what
the other has added since.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit import checked, heads
from keepwell.safeguards.audit.entries import SealedEntry
from keepwell.safeguards.audit.errors import TrailBroken
from keepwell.safeguards.audit.heads import Head
from keepwell.safeguards.audit.trail import inbox, statements, store, trees
from keepwell.safeguards.vault import erased
from keepwell.safeguards.vault.errors import OrganisationKeysMissing
from keepwell.toolkit.clock import now_us
from keepwell.toolkit.notes import NoteBroken
from keepwell.toolkit.tiles import Growth, Tile

BATCH = 1000
REMEMBERED_LOGS = 256
LARGEST_CATCH_UP = 2000  # beyond that, reading the edge anew is cheaper

_log = logging.getLogger(__name__)


class Sequencer:
    """Appends to logs; one per writer thread."""

    def __init__(self) -> None:
        self._trees: OrderedDict[UUID, Growth] = OrderedDict()

    def append(
        self, organisation: UUID, entries: Sequence[SealedEntry], *, may_be_there: bool
    ) -> None:
        """Make entries of the outbox durable; `may_be_there`: leave out those that are already."""
        with store.sequencing(organisation) as connection:
            statements.wait_for_turn(connection, organisation)
            tree = self._tree(connection, organisation)
            if may_be_there:
                entries = _missing(connection, organisation, entries)
            if entries:
                _extend(connection, organisation, tree, entries, moved=len(entries))
        checked.saw(organisation, tree.size, tree.root())

    def take_inbox(self, organisation: UUID) -> bool:
        """Move at most one batch from the inbox into the log; return whether there may be more.

        What came in while the organisation's keys were being destroyed can never be signed: it is
        taken out, and said in the process's log.
        """
        try:
            return self._take_inbox(organisation)
        except OrganisationKeysMissing:
            if erased.find(organisation) is None:
                raise
            return _take_out_unsigned(organisation)

    def _take_inbox(self, organisation: UUID) -> bool:
        with store.sequencing(organisation) as connection:
            statements.wait_for_turn(connection, organisation)
            waiting = inbox.oldest(connection, organisation, BATCH)
            if not waiting:
                return False
            tree = self._tree(connection, organisation)
            if entries := _missing(connection, organisation, waiting):
                _extend(connection, organisation, tree, entries)
            inbox.remove(connection, organisation, [one.id for one in waiting])
        checked.saw(organisation, tree.size, tree.root())
        return len(waiting) == BATCH

    def _tree(self, connection: BaseDatabaseWrapper, organisation: UUID) -> Growth:
        row = statements.newest_checkpoint(connection, organisation)
        if row is None:
            raise TrailBroken("This organisation has no log.")
        head = Head(*row)
        tree = self._trees.get(organisation)  # after a batch that failed it is ahead of the head
        if tree is None or not _is_at(head, tree):
            tree = _caught_up(connection, organisation, tree, head)
        self._trees[organisation] = tree
        self._trees.move_to_end(organisation)
        while len(self._trees) > REMEMBERED_LOGS:
            self._trees.popitem(last=False)
        return tree


def _take_out_unsigned(organisation: UUID) -> bool:
    with store.sequencing(organisation) as connection:
        late = inbox.oldest(connection, organisation, BATCH)
        inbox.remove(connection, organisation, [one.id for one in late])
    _log.error("trail_late organisation=%s entries=%s", organisation, len(late))
    return len(late) == BATCH


def _caught_up(
    connection: BaseDatabaseWrapper, organisation: UUID, tree: Growth | None, head: Head
) -> Growth:
    """Return the tree at this head; nothing is ever built on a head that is not ours."""
    try:
        heads.check_head(head, heads.verify_key_of(organisation))
    except NoteBroken as error:
        raise TrailBroken("The newest head is not signed by this organisation's key.") from error
    if tree is not None and 0 < head.size - tree.size <= LARGEST_CATCH_UP:
        for leaf in statements.leaves(connection, organisation, tree.size, head.size):
            tree.append(leaf)
        if _is_at(head, tree):
            return tree
    tree = trees.edge_at(connection, organisation, head.size)
    if not _is_at(head, tree):
        raise TrailBroken("The entries in the store do not lead to the signed head.")
    return tree


def _is_at(head: Head, tree: Growth) -> bool:
    return tree.size == head.size and tree.root() == head.root


def _missing(
    connection: BaseDatabaseWrapper, organisation: UUID, entries: Sequence[SealedEntry]
) -> list[SealedEntry]:
    there = statements.places(connection, organisation, [one.id for one in entries])
    return [one for one in entries if one.id not in there]


def _extend(
    connection: BaseDatabaseWrapper,
    organisation: UUID,
    tree: Growth,
    entries: Sequence[SealedEntry],
    *,
    moved: int = 0,
) -> None:
    rows: list[tuple[int, SealedEntry, bytes, bytes]] = []
    full: list[Tile] = []
    for one in entries:
        digest, leaf = one.hashes()
        rows.append((tree.size, one, digest, leaf))
        full += tree.append(leaf)
    head = heads.sign_head(organisation, tree.size, tree.root(), now_us())
    statements.add_entries(connection, organisation, rows)
    statements.add_tiles(connection, organisation, full)
    row = (head.size, head.root, head.signed_us, head.note)
    statements.add_checkpoint(connection, organisation, row, moved)
