"""Which version of the organisation key wraps which data keys, read from the wrapped bytes.

The version stands in bytes 2 to 5 of each wrapped key, and the index `data_key_wrapping` on that
expression finds what is still under an older one. SQLite uses such an index only if the expression
is written as in the index, with its numbers in it: hence these statements.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db import connections

from keepwell.safeguards.vault.keystore import access

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.wall import WalledConnection

_VERSION = {
    "postgresql": 'SUBSTRING("wrapped", 2, 4)',
    "sqlite": 'SUBSTR("wrapped", 2, 4)',
}
_COUNTS = """
SELECT {version}, COUNT(*) FROM keystore_datakey WHERE organisation_id = %s GROUP BY {version}
"""
_OLDER = """
SELECT id, key_id, version, wrapped FROM keystore_datakey
WHERE organisation_id = %s AND {version} < %s LIMIT %s
"""
_SWAP = "UPDATE keystore_datakey SET wrapped = %s WHERE id = %s AND wrapped = %s"
_SWAP_ALL = """
UPDATE keystore_datakey AS stored SET wrapped = made.fresh
FROM (SELECT %s::uuid AS id) AS ours, unnest(%s::uuid[], %s::bytea[], %s::bytea[])
AS made(id, before, fresh)
WHERE stored.id = made.id AND stored.wrapped = made.before AND stored.organisation_id = ours.id
"""
# Where PostgreSQL has no statistics yet it would read every key of the organisation for each batch.
_BY_KEY = """
SELECT set_config('enable_' || name, 'off', true)
FROM unnest(ARRAY['bitmapscan', 'hashjoin', 'material', 'mergejoin']) AS name
"""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One wrapped data key as it is stored."""

    row: UUID
    key_id: UUID
    version: int
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class Swap:
    """What takes the place of which bytes, in which row."""

    row: UUID
    before: bytes
    fresh: bytes


def counts(organisation: UUID) -> dict[int, int]:
    """Return how many data keys each version wraps; inside `access.reading` or `writing`."""
    connection = connections[access.STORE]
    statement = _COUNTS.format(version=_VERSION[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(statement, [_stored(organisation)])
        found = cursor.fetchall()
    return {int.from_bytes(bytes(version), "big"): count for version, count in found}


def older(
    organisation: UUID, newest: int, limit: int, without: Collection[UUID] = ()
) -> list[Wrapped]:
    """Return some data keys that versions before the newest wrap; as `counts`."""
    connection = connections[access.STORE]
    statement = _OLDER.format(version=_VERSION[connection.vendor])
    given = [_stored(organisation), newest.to_bytes(4, "big"), limit + len(without)]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    found = [
        Wrapped(_uuid(row), _uuid(key), version, bytes(wrapped))
        for row, key, version, wrapped in rows
    ]
    return [one for one in found if one.row not in without][:limit]


def swap(organisation: UUID, swaps: Sequence[Swap]) -> int:
    """Put fresh bytes where the old ones still stand; return how many; inside `access.writing`."""
    connection = connections[access.STORE]
    if connection.vendor == "postgresql":
        columns = ([one.row for one in swaps], [one.before for one in swaps])
        with connection.cursor() as cursor:
            cursor.execute(_BY_KEY)
        bulk = cast("WalledConnection", connection)
        return bulk.execute_binary(
            _SWAP_ALL, organisation, [*columns, [one.fresh for one in swaps]]
        )
    with connection.cursor() as cursor:
        cursor.executemany(_SWAP, [(one.fresh, one.row.hex, one.before) for one in swaps])
        return int(cursor.rowcount)


def _stored(id_: UUID) -> UUID | str:
    return id_ if connections[access.STORE].vendor == "postgresql" else id_.hex


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
