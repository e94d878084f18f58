"""The statements of the hot path, written by hand: a batch costs a tenth of what the ORM takes.

Every value is a parameter; table and column names are those of `trail.models`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from keepwell.safeguards.audit.entries import Entry, Part, SealedEntry, about_number
from keepwell.safeguards.audit.errors import TrailBroken
from keepwell.toolkit.identifiers import uuid_from_hex
from keepwell.toolkit.tiles import TILE_WIDTH, Tile

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.wall import WalledConnection

ADD_ENTRY = (
    'INSERT INTO trail_entry ("index", entry_id, kind, time_us, period, digest, leaf, key_id, '
    "payload, organisation_id) "
)
ADD_TILE = (
    "INSERT INTO trail_tile (organisation_id, level, number, hashes, root) "
    "VALUES (%s, %s, %s, %s, %s)"
)
ADD_MENTION = 'INSERT INTO trail_mention (about, "index", part, organisation_id) '
# Row by row on SQLite; on PostgreSQL a column of the whole batch is one parameter (COPY would not
# do: it refuses tables behind row-level security).
ROW_OF_ENTRY = "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
ROW_OF_MENTION = "VALUES (%s, %s, %s, %s)"
COLUMNS_OF_ENTRY = (
    "SELECT *, %s FROM unnest(%s::bigint[], %s::uuid[], %s::text[], %s::bigint[], %s::int[], "
    "%s::bytea[], %s::bytea[], %s::uuid[], %s::bytea[])"
)
COLUMNS_OF_MENTION = "SELECT *, %s FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[])"
MOVED = "SELECT moved FROM trail_checkpoint WHERE organisation_id = %s ORDER BY size DESC LIMIT 1"
ADD_CHECKPOINT = (
    "INSERT INTO trail_checkpoint (organisation_id, size, root, signed_us, note, moved) "
    "VALUES (%s, %s, %s, %s, %s, %s + COALESCE((SELECT moved FROM trail_checkpoint "
    "WHERE organisation_id = %s ORDER BY size DESC LIMIT 1), 0))"
)
NEWEST_CHECKPOINT = (
    "SELECT size, root, signed_us, note FROM trail_checkpoint WHERE organisation_id = %s "
    "ORDER BY size DESC LIMIT 1"
)
CHECKPOINTS = (
    "SELECT size, root, signed_us, note FROM trail_checkpoint WHERE organisation_id = %s "
    "AND size > %s ORDER BY size LIMIT %s"
)
# Steps from one organisation to the next along the index, however many rows each has.
ORGANISATIONS = (
    "WITH RECURSIVE found(id) AS (SELECT MIN(organisation_id) FROM {table} UNION ALL "
    "SELECT (SELECT MIN(organisation_id) FROM {table} WHERE organisation_id > id) FROM found "
    "WHERE id IS NOT NULL) SELECT id FROM found WHERE id IS NOT NULL"
)
LEAVES = (
    'SELECT leaf FROM trail_entry WHERE organisation_id = %s AND "index" >= %s AND "index" < %s '
    'ORDER BY "index"'
)
TILE_ROOTS = (
    "SELECT root FROM trail_tile WHERE organisation_id = %s AND level = %s "
    "AND number >= %s AND number < %s ORDER BY number"
)
ENTRIES = (
    'SELECT "index", entry_id, time_us, period, kind, digest, leaf, key_id, payload '
    "FROM trail_entry "
    'WHERE organisation_id = %s AND "index" >= %s ORDER BY "index" LIMIT %s'
)
# Both look each mention up by its key, in the order in which they are asked for.
UNMENTIONED = {
    "postgresql": """
SELECT MIN(asked.entry) FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[])
AS asked(about, entry, part) LEFT JOIN LATERAL (SELECT true AS is_there FROM trail_mention
WHERE about = asked.about AND "index" = asked.entry AND part = asked.part AND organisation_id = %s
LIMIT 1) AS found ON true WHERE found.is_there IS NULL
""",
    "sqlite": """
SELECT MIN(asked.entry) FROM (SELECT value ->> 0 AS about, value ->> 1 AS entry, value ->> 2 AS part
FROM json_each(%s)) AS asked WHERE NOT EXISTS (SELECT 1 FROM trail_mention AS stored
WHERE stored.about = asked.about AND stored."index" = asked.entry AND stored.part = asked.part
AND stored.organisation_id = %s)
""",
}
COUNT_MENTIONS = (
    "SELECT COUNT(*) FROM trail_mention WHERE organisation_id = %s "
    'AND "index" >= %s AND "index" < %s'
)
MENTIONS_BY_ENTRY = (
    'SELECT "index", COUNT(*) FROM trail_mention WHERE organisation_id = %s '
    'AND "index" >= %s AND "index" < %s GROUP BY "index" ORDER BY "index"'
)
TILES = (
    "SELECT number, hashes FROM trail_tile WHERE organisation_id = %s AND level = %s "
    "AND number >= %s AND number < %s ORDER BY number"
)
TILE = "SELECT hashes FROM trail_tile WHERE organisation_id = %s AND level = %s AND number = %s"
# The limits keep PostgreSQL from reading the whole log where it has no statistics yet.
PLACES = (
    "SELECT asked.id, found.place FROM unnest(%s::uuid[]) AS asked(id), LATERAL "
    '(SELECT "index" AS place FROM trail_entry WHERE organisation_id = %s '
    "AND entry_id = asked.id LIMIT 1) AS found"
)
PLACES_AMONG = (
    'SELECT entry_id, "index" FROM trail_entry WHERE organisation_id = %s AND entry_id IN'
)
NAMING = (
    "SELECT asked.about, asked.place "
    "FROM unnest(%s::bigint[], %s::bigint[]) AS asked(about, place), LATERAL "
    '(SELECT FROM trail_mention WHERE about = asked.about AND "index" = asked.place '
    "AND part = %s AND organisation_id = %s LIMIT 1) AS found"
)
DROP_PAYLOADS = {
    "postgresql": "SELECT trail_drop_payloads(%s, %s)",
    "sqlite": "UPDATE trail_entry SET payload = NULL "
    "WHERE organisation_id = %s AND period < %s AND payload IS NOT NULL",
}
NAMING_AMONG = (
    'SELECT about, "index" FROM trail_mention WHERE (about, "index", part, organisation_id) IN'
)
Value = UUID | str | bytes | int  # what a column of the trail holds
# Waiting for another sequencer ends before whoever waits for us gives up.
LOCK_TIMEOUT_MS = 4000


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A row of the log as it is found, right or wrong."""

    index: int
    entry: Entry | None  # None: what is there cannot be an entry
    leaf: bytes
    payload: bytes | None
    key_id: UUID | None  # None: what is there is no id


def wait_for_turn(connection: BaseDatabaseWrapper, organisation: UUID) -> None:
    """Let one sequencer at a time write this log; on SQLite the transaction itself has done so."""
    if connection.vendor != "postgresql":
        return
    digest = sha256(b"keepwell trail " + organisation.bytes).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def newest_checkpoint(
    connection: BaseDatabaseWrapper, organisation: UUID
) -> tuple[int, bytes, int, str] | None:
    """Return size, root, time and note of the log's newest head."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_CHECKPOINT, [as_column(connection, organisation)])
        row = cursor.fetchone()
    return None if row is None else _checkpoint(row)


def checkpoints(
    connection: BaseDatabaseWrapper, organisation: UUID, after: int, limit: int
) -> list[tuple[int, bytes, int, str]]:
    """Return size, root, time and note of the heads that are larger than `after`."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKPOINTS, [as_column(connection, organisation), after, limit])
        return [_checkpoint(row) for row in cursor.fetchall()]


def _checkpoint(row: Sequence[Any]) -> tuple[int, bytes, int, str]:
    try:
        return int(row[0]), bytes(row[1]), int(row[2]), str(row[3])
    except (TypeError, ValueError) as error:
        raise TrailBroken("A checkpoint was edited: it cannot be read.") from error


def organisations(connection: BaseDatabaseWrapper) -> Iterator[UUID]:
    """Yield the organisations of which there is a head or an entry (more than once)."""
    for table in ("trail_checkpoint", "trail_entry"):
        with connection.cursor() as cursor:
            cursor.execute(ORGANISATIONS.format(table=table))
            yield from (UUID(str(row[0])) for row in cursor.fetchall())


def leaves(
    connection: BaseDatabaseWrapper, organisation: UUID, start: int, end: int
) -> list[bytes]:
    """Return the leaf hashes from start up to end, as far as they are there."""
    return _hashes(connection, LEAVES, [as_column(connection, organisation), start, end])


def entries(
    connection: BaseDatabaseWrapper, organisation: UUID, start: int, limit: int
) -> list[StoredEntry]:
    """Return at most so many entries from an index on, in the order of the log."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [as_column(connection, organisation), start, limit])
        return [_stored(row) for row in cursor.fetchall()]


def _stored(row: Sequence[Any]) -> StoredEntry:
    index, id_, time_us, period, kind, digest, leaf, key_id, payload = row
    try:
        entry_id = id_ if isinstance(id_, UUID) else UUID(id_)
        entry = Entry(entry_id, int(time_us), int(period), str(kind), bytes(digest))
        kept = None if payload is None else bytes(payload)
        return StoredEntry(int(index), entry, bytes(leaf), kept, _uuid(key_id))
    except (AttributeError, TypeError, ValueError):  # SQLite holds whatever somebody writes
        return StoredEntry(index if isinstance(index, int) else -1, None, b"", None, None)


@lru_cache(maxsize=64)  # the entries of a month name one key
def _uuid(value: object) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None


def first_unmentioned(
    connection: BaseDatabaseWrapper, organisation: UUID, asked: Sequence[tuple[int, int, int]]
) -> int | None:
    """Return the first entry of which a mention (number, index, part) is not there."""
    if not asked:
        return None
    columns: list[Any] = [json.dumps(asked)]
    if connection.vendor == "postgresql":
        columns = _columns(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            UNMENTIONED[connection.vendor], [*columns, as_column(connection, organisation)]
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


def count_mentions(
    connection: BaseDatabaseWrapper, organisation: UUID, start: int, end: int
) -> int:
    """Return how many mentions there are of the entries from start up to end."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_MENTIONS, [as_column(connection, organisation), start, end])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def mentions_by_entry(
    connection: BaseDatabaseWrapper, organisation: UUID, start: int, end: int
) -> list[tuple[int, int]]:
    """Return index and number of mentions of each entry that has any."""
    with connection.cursor() as cursor:
        cursor.execute(MENTIONS_BY_ENTRY, [as_column(connection, organisation), start, end])
        return [(int(index), int(count)) for index, count in cursor.fetchall()]


def tile_roots(
    connection: BaseDatabaseWrapper, organisation: UUID, level: int, span: tuple[int, int]
) -> list[bytes]:
    """Return the hashes over full tiles of a level, for numbers from span[0] up to span[1]."""
    return _hashes(connection, TILE_ROOTS, [as_column(connection, organisation), level, *span])


def tile_hashes(
    connection: BaseDatabaseWrapper, organisation: UUID, level: int, number: int
) -> bytes | None:
    """Return the 256 hashes of a full tile, or None where the tree's edge runs through it."""
    found = _hashes(connection, TILE, [as_column(connection, organisation), level, number])
    return found[0] if found else None


def full_tiles(
    connection: BaseDatabaseWrapper, organisation: UUID, level: int, count: int
) -> Iterator[tuple[int, bytes]]:
    """Yield number and hashes of a level's first full tiles, read in portions."""
    for start in range(0, count, TILE_WIDTH):
        end = min(start + TILE_WIDTH, count)
        with connection.cursor() as cursor:
            cursor.execute(TILES, [as_column(connection, organisation), level, start, end])
            rows = cursor.fetchall()
        yield from ((int(number), bytes(hashes)) for number, hashes in rows)


def places(
    connection: BaseDatabaseWrapper, organisation: UUID, entry_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """Return the index of each of these entries that is in the log already."""
    if connection.vendor == "postgresql":
        statement = PLACES
        parameters: list[Any] = [list(entry_ids), organisation]
    else:
        statement = f"{PLACES_AMONG} ({', '.join(['%s'] * len(entry_ids))})"
        parameters = [as_column(connection, id_) for id_ in (organisation, *entry_ids)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {as_uuid(id_): int(index) for id_, index in cursor.fetchall()}


def naming(
    connection: BaseDatabaseWrapper, organisation: UUID, pairs: Sequence[tuple[UUID, int]]
) -> set[tuple[UUID, int]]:
    """Return those pairs of a row and an index where the entry names the row as its subject."""
    asked = {(about_number(row), index): (row, index) for row, index in pairs}
    end = (int(Part.SUBJECT), as_column(connection, organisation))
    if connection.vendor == "postgresql":
        statement = NAMING
        parameters: list[Any] = [*map(list, zip(*asked, strict=True)), *end]
    else:
        statement = f"{NAMING_AMONG} (VALUES {', '.join(['(%s, %s, %s, %s)'] * len(asked))})"
        parameters = [value for pair in asked for value in (*pair, *end)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {asked[int(about), int(index)] for about, index in cursor.fetchall()}


def add_entries(
    connection: BaseDatabaseWrapper,
    organisation: UUID,
    entries: Sequence[tuple[int, SealedEntry, bytes, bytes]],
) -> None:
    """Insert (index, entry, digest, leaf) rows and the mentions of each, in one or two messages."""
    # In the order of their key: neighbours share a page, and a batch touches each page once.
    mentions = sorted(
        (about_number(mention.about), index, int(mention.part))
        for index, one, _, _ in entries
        for mention in one.mentions
    )
    if connection.vendor == "postgresql" and len(entries) > 1:
        bulk = cast("WalledConnection", connection)
        rows = [
            (
                *(index, one.id, one.kind, one.time_us, one.period, digest, leaf),
                *(one.key_id, one.payload),
            )
            for index, one, digest, leaf in entries
        ]
        bulk.execute_binary(ADD_ENTRY + COLUMNS_OF_ENTRY, organisation, _columns(rows))
        if mentions:
            bulk.execute_binary(ADD_MENTION + COLUMNS_OF_MENTION, organisation, _columns(mentions))
        return
    log, as_id = as_column(connection, organisation), partial(as_column, connection)
    with connection.cursor() as cursor:
        _many(
            cursor,
            ADD_ENTRY + ROW_OF_ENTRY,
            [
                (
                    *(index, as_id(one.id), one.kind, one.time_us, one.period, digest, leaf),
                    *(as_id(one.key_id), one.payload, log),
                )
                for index, one, digest, leaf in entries
            ],
        )
        _many(cursor, ADD_MENTION + ROW_OF_MENTION, [(*mention, log) for mention in mentions])


def _columns(rows: Sequence[tuple[Value, ...]]) -> list[list[Value]]:
    return [list(column) for column in zip(*rows, strict=True)]


def add_tiles(connection: BaseDatabaseWrapper, organisation: UUID, tiles: Sequence[Tile]) -> None:
    """Insert full tiles."""
    log = as_column(connection, organisation)
    rows = [(log, tile.level, tile.number, tile.hashes, tile.root) for tile in tiles]
    with connection.cursor() as cursor:
        _many(cursor, ADD_TILE, rows)


def add_checkpoint(
    connection: BaseDatabaseWrapper,
    organisation: UUID,
    checkpoint: tuple[int, bytes, int, str],
    moved: int = 0,
) -> None:
    """Insert size, root, time and note of a new head, and how many more came by the outbox."""
    log = as_column(connection, organisation)
    with connection.cursor() as cursor:
        cursor.execute(ADD_CHECKPOINT, [log, *checkpoint, moved, log])


def moved(connection: BaseDatabaseWrapper, organisation: UUID) -> int:
    """Return how many entries of the log came by the outbox of the data store."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [as_column(connection, organisation)])
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def drop_payloads(connection: BaseDatabaseWrapper, organisation: UUID, before: int) -> int:
    """Take away the payloads of periods before this one; return how many were taken.

    PostgreSQL's function takes none that is younger than six years, whoever asks.
    """
    statement = DROP_PAYLOADS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_column(connection, organisation), before])
        if connection.vendor == "postgresql":
            row = cursor.fetchone()
            return 0 if row is None else int(row[0])
        return int(cursor.rowcount)


def _many(cursor: CursorWrapper, statement: str, rows: Sequence[tuple[Value, ...]]) -> None:
    if len(rows) == 1:
        cursor.execute(statement, rows[0])
    elif rows:
        cursor.executemany(statement, rows)


def as_column(connection: BaseDatabaseWrapper, value: UUID) -> UUID | str:
    """Return an id as the column holds it: SQLite has no UUID, Django keeps 32 digits there."""
    return value if connection.features.has_native_uuid_field else value.hex


def as_uuid(value: UUID | str) -> UUID:
    """Return the id that a column holds."""
    return value if isinstance(value, UUID) else uuid_from_hex(value)


def _hashes(
    connection: BaseDatabaseWrapper, statement: str, parameters: Sequence[Value]
) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [bytes(row[0]) for row in cursor.fetchall()]
