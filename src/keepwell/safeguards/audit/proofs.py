"""The proof that an entry is in the signed log: what somebody with no key of ours can check.

The entry's bytes are hashed again from the row, and followed up the tree to the root that the
newest checkpoint signed (RFC 6962 2.1.1). Nothing is opened: a payload is only hashed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit import heads, writer
from keepwell.safeguards.audit.entries import moment_of
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.heads import Head
from keepwell.safeguards.audit.trail import statements, store
from keepwell.safeguards.audit.trail.statements import StoredEntry
from keepwell.toolkit.merkle import (
    EMPTY_ROOT,
    HashAt,
    ProofBroken,
    check_inclusion,
    inclusion_proof,
)
from keepwell.toolkit.notes import NoteBroken, VerifyKey
from keepwell.toolkit.tiles import TILE_BITS, TILE_WIDTH, in_tile, split_hashes


class Standing(StrEnum):
    """What the proof of an entry came to."""

    BROKEN = "broken"
    PROVEN = "proven"
    WAITING = "waiting"  # written, but no checkpoint has signed it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An entry's place in the signed tree, checked just now."""

    standing: Standing
    index: int
    leaf: bytes
    size: int  # of the tree that the checkpoint signed
    root: bytes
    steps: tuple[bytes, ...]  # sibling hashes from the leaf to the root
    signed: datetime
    signer: str  # the log's name
    key_id: str
    entry: bytes = b""  # its canonical bytes, whose hash the leaf is
    note: str = ""  # the signed checkpoint, for whoever checks the proof elsewhere
    key: str = ""  # the public key that checks the note


def proof_of(organisation: UUID, index: int) -> Proof:
    """Prove one entry against the newest checkpoint; raise EntryMissing, TrailUnavailable."""
    return proofs_of(organisation, (index,))[0]


def proofs_of(organisation: UUID, indexes: Sequence[int]) -> list[Proof]:
    """Prove entries, in the order given, all against the same newest checkpoint.

    Raises EntryMissing when one of them is not there, TrailUnavailable.
    """
    writer.settle(organisation)
    with store.reading(organisation) as connection:
        rows = [_row(connection, organisation, index) for index in indexes]
        head = heads.newest_head(organisation)
        hash_at = _hash_at(connection, organisation, head.size)  # neighbours share tiles
        ways = [_steps(hash_at, index, head.size) for index in indexes]
    key = heads.verify_key_of(organisation)
    is_signed = _is_signed(head, key)
    return [
        Proof(
            standing=_standing(row, head, steps, is_signed=is_signed),
            index=row.index,
            leaf=row.leaf,
            size=head.size,
            root=head.root,
            steps=steps,
            signed=moment_of(head.signed_us),
            signer=key.name,
            key_id=key.key_id.hex(),
            entry=_bytes_of(row),
            note=head.note,
            key=str(key),
        )
        for row, steps in zip(rows, ways, strict=True)
    ]


def _row(connection: BaseDatabaseWrapper, organisation: UUID, index: int) -> StoredEntry:
    found = statements.entries(connection, organisation, index, 1)
    if not found or found[0].index != index:
        raise EntryMissing
    return found[0]


def _bytes_of(row: StoredEntry) -> bytes:
    try:
        return row.entry.encode() if row.entry else b""
    except (OverflowError, UnicodeError):  # what no entry can hold
        return b""


def _steps(hash_at: HashAt, index: int, size: int) -> tuple[bytes, ...]:
    return tuple(inclusion_proof(index, size, hash_at)) if index < size else ()


def _hash_at(connection: BaseDatabaseWrapper, organisation: UUID, size: int) -> HashAt:
    """Return a `hash_at` that reads each tile of the store that it needs, once."""

    @cache
    def tile(level: int, number: int) -> HashAt:
        start, end = number * TILE_WIDTH, (number + 1) * TILE_WIDTH
        if end << TILE_BITS * level <= size:
            full = statements.tile_hashes(connection, organisation, level, number)
            if full is not None:
                return _in_full(full)
        if level == 0:
            return _in_edge(*statements.leaves(connection, organisation, start, end))
        span = (start, end)
        return _in_edge(*statements.tile_roots(connection, organisation, level - 1, span))

    def hash_at(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_BITS)
        number, within = divmod(index, TILE_WIDTH >> height)
        try:
            return tile(tile_level, number)(height, within)
        except IndexError:  # hashes are missing in the store: no way leads to the signed root
            return EMPTY_ROOT

    return hash_at


# Proofs share the tiles near the root. What is remembered is what hashes come to, never what the
# store holds: each tile is read again, and one that was changed is another argument.


@lru_cache(maxsize=64)
def _in_full(hashes: bytes) -> HashAt:
    return in_tile(split_hashes(hashes))


@lru_cache(maxsize=16)
def _in_edge(*hashes: bytes) -> HashAt:
    return in_tile(hashes)


@lru_cache(maxsize=16)
def _is_signed(head: Head, key: VerifyKey) -> bool:
    try:
        heads.check_head(head, key)
    except NoteBroken:
        return False
    return True


def _standing(
    row: StoredEntry, head: Head, steps: tuple[bytes, ...], *, is_signed: bool
) -> Standing:
    if not _is_itself(row):
        return Standing.BROKEN
    if row.index >= head.size:
        return Standing.WAITING
    try:
        check_inclusion(row.leaf, index=row.index, size=head.size, root=head.root, proof=steps)
    except ProofBroken:
        return Standing.BROKEN
    return Standing.PROVEN if is_signed else Standing.BROKEN


def _is_itself(row: StoredEntry) -> bool:
    """Tell whether row, leaf and payload still belong together."""
    if row.entry is None or (row.payload and sha256(row.payload).digest() != row.entry.digest):
        return False
    try:
        return row.entry.leaf() == row.leaf
    except (OverflowError, UnicodeError):  # numbers or text that no entry can hold
        return False
