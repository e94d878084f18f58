"""The inbox on PostgreSQL: entries that are durable, on their way into the log.

Whoever records may put entries in and nothing else; the sequencer takes them out again, in the
transaction in which they become part of the log.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.entries import SealedEntry, pack_mentions, unpack_mentions
from keepwell.safeguards.audit.trail import store

if TYPE_CHECKING:
    from keepwell.safeguards.audit.trail.statements import BulkConnection

# A second try after a connection died finds its own rows there: no conflict, and no right to look.
PUT = """
INSERT INTO trail_inbox
(entry_id, kind, time_us, period, key_id, payload, mentions, organisation_id)
SELECT *, %s FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::int[], %s::uuid[], %s::bytea[],
%s::bytea[]) ON CONFLICT DO NOTHING
"""
OLDEST = """
SELECT entry_id, kind, time_us, period, key_id, payload, mentions FROM trail_inbox
WHERE organisation_id = %s ORDER BY entry_id LIMIT %s
"""
REMOVE = "DELETE FROM trail_inbox WHERE organisation_id = %s AND entry_id = ANY(%s)"


def put(organisation: UUID, entries: Sequence[SealedEntry]) -> None:
    """Make these entries durable; raise TrailUnavailable if that fails."""
    rows = [
        (one.id, one.kind, one.time_us, one.period, one.key_id, one.payload, mentions)
        for one in entries
        for mentions in [pack_mentions(one.mentions)]
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with store.writing(organisation) as connection:
        cast("BulkConnection", connection).execute_binary(PUT, organisation, columns)


def oldest(connection: BaseDatabaseWrapper, organisation: UUID, limit: int) -> list[SealedEntry]:
    """Return the entries that have waited longest, by the time in their ids."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, [organisation, limit])
        rows = cursor.fetchall()
    return [
        SealedEntry(
            organisation=organisation,
            id=id_,
            kind=kind,
            time_us=time_us,
            period=period,
            key_id=key_id,
            payload=bytes(payload),
            mentions=unpack_mentions(bytes(mentions)),
        )
        for id_, kind, time_us, period, key_id, payload, mentions in rows
    ]


def remove(connection: BaseDatabaseWrapper, organisation: UUID, ids: Sequence[UUID]) -> None:
    """Take entries out, in the transaction that has put them into the log."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [organisation, list(ids)])
