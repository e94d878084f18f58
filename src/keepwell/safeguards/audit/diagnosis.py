"""Find out which entry made a signed root wrong, and what was done to it.

Where a full tile is stored it says what the leaf hash of each entry was. In the unfinished tile at
the end there is only the signed root: then the leaves that follow are tried in the place of the
first suspect, and what cannot be told apart is said as a range.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connections

from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.audit.trail import models, statements, store, trees
from keepwell.toolkit.tiles import TILE_BITS, TILE_WIDTH, split_hashes


@dataclass(frozen=True, slots=True)
class Suspect:
    """The tree fits the checkpoint of size `start`, but not that of `end`, whose root is given."""

    organisation: UUID
    start: int
    end: int
    root: bytes


def diagnose(suspect: Suspect) -> Finding:
    """Name the first entry from start to end that is not the one that was signed."""
    number = suspect.start >> TILE_BITS
    while number << TILE_BITS < suspect.end:
        signed = _signed_leaves(suspect.organisation, number)
        start = number << TILE_BITS
        present = _leaves(suspect.organisation, start, start + TILE_WIDTH)
        for offset, leaf in enumerate(signed):
            if offset >= len(present) or present[offset] != leaf:
                return _by_tile(start, offset, signed, present)
        number += 1
    return _by_root(suspect)


def _signed_leaves(organisation: UUID, number: int) -> list[bytes]:
    tile = models.Tile.objects.filter(organisation_id=organisation, level=0, number=number).first()
    return [] if tile is None else split_hashes(bytes(tile.hashes))


def _leaves(organisation: UUID, start: int, end: int) -> list[bytes]:
    return statements.leaves(connections[store.ALIAS], organisation, start, end)


def _by_tile(start: int, offset: int, signed: Sequence[bytes], present: Sequence[bytes]) -> Finding:
    position = start + offset
    here = present[offset] if offset < len(present) else b""
    if signed[offset] in present:
        if here in signed:
            return _misplaced(position, start + present.index(signed[offset]))
        return Finding(Problem.INSERTED, position, f"Entry {position} was inserted.")
    if here in signed:
        return Finding(Problem.DELETED, position, f"Entry {position} was deleted, others moved up.")
    return Finding(Problem.EDITED, position, f"Entry {position} is not the one that was signed.")


def _by_root(suspect: Suspect) -> Finding:
    first, last = suspect.start, suspect.end - 1
    if first != last:
        said = f"One of the entries {first} to {last}, signed together, is not the one signed."
        return Finding(Problem.EDITED, first, said)
    for offset, leaf in enumerate(_leaves(suspect.organisation, first, first + TILE_WIDTH)):
        tree = trees.edge_at(connections[store.ALIAS], suspect.organisation, first)
        tree.append(leaf)
        if tree.root() == suspect.root:
            return _misplaced(first, first + offset)
    return Finding(Problem.EDITED, first, f"Entry {first} is not the one that was signed.")


def _misplaced(position: int, found: int) -> Finding:
    said = f"Entry {position} was moved: what was signed there is now entry {found}."
    return Finding(Problem.MISPLACED, position, said)
