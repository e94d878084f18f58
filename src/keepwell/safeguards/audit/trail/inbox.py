"""The inbox: entries that are durable, on their way into the log.

Whoever records puts entries in and nothing else: one row and one commit is all that a disclosure
waits for. The sequencer takes them out again, in the transaction in which they become part of the
log. On PostgreSQL these are two roles.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.entries import SealedEntry, pack_mentions, unpack_mentions
from keepwell.safeguards.audit.trail import store
from keepwell.safeguards.audit.trail.statements import as_column, as_uuid

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.wall import WalledConnection

# A second try after a connection died finds its own rows there: no conflict, and no right to look.
PUT = """
INSERT INTO trail_inbox
(entry_id, kind, time_us, period, key_id, payload, mentions, organisation_id)
SELECT *, %s FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::int[], %s::uuid[], %s::bytea[],
%s::bytea[]) ON CONFLICT DO NOTHING
"""
PUT_ROW = """
INSERT INTO trail_inbox
(entry_id, kind, time_us, period, key_id, payload, mentions, organisation_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
OLDEST = """
SELECT entry_id, kind, time_us, period, key_id, payload, mentions FROM trail_inbox
WHERE organisation_id = %s ORDER BY {} LIMIT %s
"""
ORDER = {"postgresql": "entry_id", "sqlite": "rowid"}  # by the time in the ids; as they came
REMOVE = {
    "postgresql": "DELETE FROM trail_inbox WHERE organisation_id = %s AND entry_id = ANY(%s)",
    "sqlite": "DELETE FROM trail_inbox WHERE organisation_id = %s AND entry_id = %s",
}


def put(organisation: UUID, entries: Sequence[SealedEntry]) -> None:
    """Make these entries durable; raise TrailUnavailable if that fails."""
    if len(entries) == 1:  # as a rule: one message, one commit
        _put_one(organisation, entries)
        return
    with store.writing(organisation) as connection:
        rows = list(_rows(connection, entries))
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*rows, strict=True)]
            cast("WalledConnection", connection).execute_binary(PUT, organisation, columns)
        else:
            log = as_column(connection, organisation)
            with connection.cursor() as cursor:
                cursor.executemany(PUT_ROW, [(*row, log) for row in rows])


def _put_one(organisation: UUID, entries: Sequence[SealedEntry]) -> None:
    with store.by_itself(organisation) as connection, connection.cursor() as cursor:
        row = next(_rows(connection, entries))
        cursor.execute(PUT_ROW, (*row, as_column(connection, organisation)))


def _rows(
    connection: BaseDatabaseWrapper, entries: Sequence[SealedEntry]
) -> Iterator[tuple[Any, ...]]:
    as_id = partial(as_column, connection)
    for one in entries:
        yield (
            *(as_id(one.id), one.kind, one.time_us, one.period, as_id(one.key_id), one.payload),
            pack_mentions(one.mentions),
        )


def oldest(connection: BaseDatabaseWrapper, organisation: UUID, limit: int) -> list[SealedEntry]:
    """Return the entries that have waited longest."""
    with connection.cursor() as cursor:
        statement = OLDEST.format(ORDER[connection.vendor])
        cursor.execute(statement, [as_column(connection, organisation), limit])
        rows = cursor.fetchall()
    return [
        SealedEntry(
            organisation=organisation,
            id=as_uuid(id_),
            kind=kind,
            time_us=time_us,
            period=period,
            key_id=as_uuid(key_id),
            payload=bytes(payload),
            mentions=unpack_mentions(bytes(mentions)),
        )
        for id_, kind, time_us, period, key_id, payload, mentions in rows
    ]


def remove(connection: BaseDatabaseWrapper, organisation: UUID, ids: Sequence[UUID]) -> None:
    """Take entries out, in the transaction that has put them into the log."""
    log = as_column(connection, organisation)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(REMOVE["postgresql"], [log, list(ids)])
        else:
            cursor.executemany(REMOVE["sqlite"], [(log, as_column(connection, id_)) for id_ in ids])
