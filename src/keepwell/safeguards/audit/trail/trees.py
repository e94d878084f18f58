"""The right edge of a log's tree, read from its last entries and full tiles."""

from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.trail import statements
from keepwell.toolkit.tiles import TILE_BITS, TILE_WIDTH, Growth


def edge_at(connection: BaseDatabaseWrapper, organisation: UUID, size: int) -> Growth:
    """Return the tree of that size, by reading at most 255 hashes of each level."""
    start = size - size % TILE_WIDTH
    levels = [statements.leaves(connection, organisation, start, size)]
    while (size := size >> TILE_BITS) > 0:
        span = (size - size % TILE_WIDTH, size)
        levels.append(statements.tile_roots(connection, organisation, len(levels) - 1, span))
    return Growth(levels)
