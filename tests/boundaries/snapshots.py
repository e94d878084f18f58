"""Every row of a store as it lies there, read past the application and its wall."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from psycopg import sql

from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

Rows = dict[str, Counter[str]]
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_FILE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1"


def rows_of(stores: Stores, store: str, *, leaving_out: frozenset[str] = frozenset()) -> Rows:
    """Return the digests of all rows of a store ("data", "trail", "keys"), by table.

    Columns that may move are left out, each named as "table.column".
    """
    return {
        table: Counter(_digest(table, row, leaving_out) for row in rows)
        for table, rows in _tables(stores, store)
    }


def _digest(table: str, row: dict[str, Any], leaving_out: frozenset[str]) -> str:
    kept = [(name, value) for name, value in row.items() if f"{table}.{name}" not in leaving_out]
    return hashlib.sha256(repr(kept).encode()).hexdigest()


def _tables(stores: Stores, store: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if isinstance(stores, ScaleStores):
        yield from _of_database(stores, f"{store}_{stores.worker}")
        return
    with closing(sqlite3.connect(stores.home / f"{store}.sqlite3")) as file:
        for (table,) in file.execute(_FILE_TABLES).fetchall():
            found = file.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in found.description]
            yield table, [dict(zip(names, row, strict=True)) for row in found]


def _of_database(stores: ScaleStores, name: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with stores.superuser(name) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            found = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            names = [column.name for column in found.description or ()]
            yield table, [dict(zip(names, row, strict=True)) for row in found.fetchall()]
