"""Change the trail in its store as an owner of the database could: with sqlite3 or psycopg."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from tests.stores.embedded import EmbeddedStores
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores


@dataclass(frozen=True, slots=True)
class Hands:
    """Somebody with the rights of the trail's owner, interested in one organisation."""

    stores: Stores
    organisation: UUID

    def change(self, statement: str, *values: object) -> int:
        """Run a statement; `:org` stands for the organisation. Return how many rows it changed."""
        return self.change_all([(statement, values)])

    def change_all(self, statements: Sequence[tuple[str, Sequence[object]]]) -> int:
        """Run statements in one transaction; return how many rows the last one changed."""
        changed = 0
        with self._connection() as (connection, mark):
            for statement, values in statements:
                text = statement.replace(":org", f"'{self.organisation.hex}'").replace("?", mark)
                changed = connection.execute(text, values).rowcount
        return changed

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._connection() as (connection, mark):
            text = statement.replace(":org", f"'{self.organisation.hex}'").replace("?", mark)
            return list(connection.execute(text, values).fetchall())

    def move(self, first: int, by: int) -> None:
        """Give every entry from an index on another index."""
        away = 'UPDATE trail_entry SET "index" = -1000000 - "index" WHERE organisation_id = :org '
        back = (
            'UPDATE trail_entry SET "index" = -1000000 - "index" + ? WHERE organisation_id = :org '
        )
        self.change_all(
            [(f'{away} AND "index" >= ?', [first]), (f'{back} AND "index" < -999999', [by])]
        )

    def delete_entry(self, index: int) -> None:
        """Take an entry away."""
        self.change('DELETE FROM trail_entry WHERE organisation_id = :org AND "index" = ?', index)

    def copy_entry(self, index: int, to: int, entry_id: UUID) -> None:
        """Put a copy of an entry elsewhere, under another id, as right as it can be made."""
        self.change(
            'INSERT INTO trail_entry (organisation_id, "index", entry_id, kind, time_us, period, '
            "digest, leaf, key_id, payload) SELECT organisation_id, ?, ?, kind, time_us, period, "
            "digest, leaf, key_id, payload FROM trail_entry "
            'WHERE organisation_id = :org AND "index" = ?',
            *(to, entry_id.hex, index),
        )

    @contextmanager
    def _connection(self) -> Iterator[tuple[Any, str]]:
        if isinstance(self.stores, EmbeddedStores):
            path = self.stores.home / "trail.sqlite3"
            with closing(sqlite3.connect(path, timeout=20)) as connection, connection:
                yield connection, "?"
        else:
            assert isinstance(self.stores, ScaleStores)
            url = self.stores.owner_environment()["KEEPWELL_TRAIL_DB"]
            with psycopg.connect(url) as owner:
                yield owner, "%s"
