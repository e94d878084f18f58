"""Three PostgreSQL databases for each worker, owned by one role and used by two others.

`keepwell_owner` owns databases and tables, may pass row-level security (or data migrations would
see no rows) and migrates. `keepwell_app` is neither superuser, owner nor BYPASSRLS; tests use it,
and `keepwell_sequencer`, which is none of these either, to add to the trail.
The wheel's own `postgres` role, for which policies do nothing, only makes roles and databases and
empties tables between tests.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from tests.stores.home import clear_home, copy_home
from tests.stores.server import PostgresServer

VARIABLES = {
    "data": "KEEPWELL_DATA_DB",
    "trail": "KEEPWELL_TRAIL_DB",
    "keys": "KEEPWELL_KEYS_DB",
}
ROLES = (
    "CREATE ROLE keepwell_owner LOGIN BYPASSRLS",
    "CREATE ROLE keepwell_app LOGIN",
    "CREATE ROLE keepwell_sequencer LOGIN",
)
# One call per database: no triggers, no order of foreign keys, no lock that a reader could block.
# Rows that migrations made (Django's content types, the migrations themselves) stay.
EMPTY_TABLES = """
CREATE FUNCTION pg_temp.empty_tables() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica SET lock_timeout = '10s' AS $$
DECLARE used text;
BEGIN
  FOR used IN
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> ALL (string_to_array('{seeded}', ','))
  LOOP
    EXECUTE 'DELETE FROM ' || used;
  END LOOP;
END $$
"""


@dataclass(slots=True)
class ScaleStores:
    """The `scale` setting: three databases of this worker on the session's one server."""

    folder: Path
    worker: str
    kept: dict[str, psycopg.Connection[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """Return the data folder of this worker: keys and blobs, no databases."""
        return self.folder / self.worker

    @property
    def template(self) -> Path:
        """Return the data folder that every worker copies."""
        return self.folder / "template"

    @property
    def server(self) -> PostgresServer:
        """Return the server that this session shares."""
        return PostgresServer(self.folder / "pg")

    def environment(self) -> dict[str, str]:
        """Return what Keepwell's settings read in this worker: the role of the application."""
        return (
            self._urls("keepwell_app", self.worker)
            | self.sequencer_environment()
            | {"KEEPWELL_HOME": str(self.home)}
        )

    def sequencer_environment(self) -> dict[str, str]:
        """Return what a process reads besides that may add to the trail's log."""
        trail = self._urls("keepwell_sequencer", self.worker)["KEEPWELL_TRAIL_DB"]
        return {"KEEPWELL_SEQUENCER_DB": trail}

    def template_environment(self) -> dict[str, str]:
        """Return what they read while the template is migrated: the role of the owner."""
        return self._urls("keepwell_owner", "template") | {"KEEPWELL_HOME": str(self.template)}

    def owner_environment(self) -> dict[str, str]:
        """Return what a process reads that migrates this worker's databases as their owner."""
        return self._urls("keepwell_owner", self.worker) | {"KEEPWELL_HOME": str(self.home)}

    def _urls(self, role: str, worker: str) -> dict[str, str]:
        host = quote(str(self.server.sockets), safe="")
        return {
            variable: f"postgresql://{role}:unused@{host}:5432/{store}_{worker}"
            for store, variable in VARIABLES.items()
        }

    def start(self) -> None:
        """Start the server; make both roles and the template's three empty databases."""
        self.template.mkdir(mode=0o700)
        self.folder.chmod(0o711)  # the server may run as another user; it only passes through
        self.server.start()
        with self.superuser("postgres") as connection:
            for role in ROLES:
                connection.execute(role)
            for store in VARIABLES:
                _make_database(connection, f"{store}_template", "template0")

    def open_worker(self) -> None:
        """Make this worker's databases from the migrated template."""
        with self.superuser("postgres") as connection:
            for store in VARIABLES:
                _make_database(connection, f"{store}_{self.worker}", f"{store}_template")
        copy_home(self.template, self.home)

    def restore(self) -> None:
        """Empty every table that was empty after migration."""
        for store in VARIABLES:
            if store not in self.kept:
                with self.superuser(f"{store}_template") as connection:
                    seeded = ",".join(_tables_with_rows(connection))
                self.kept[store] = self.superuser(f"{store}_{self.worker}")
                self.kept[store].execute(EMPTY_TABLES.format(seeded=seeded))
            self.kept[store].execute("SELECT pg_temp.empty_tables()")
        clear_home(self.template, self.home)

    def close_worker(self) -> None:
        """Close the connections that empty the tables."""
        for connection in self.kept.values():
            connection.close()

    def stop(self) -> None:
        """Stop the server, if it runs."""
        self.server.stop()

    def superuser(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the server's superuser, for what no role of Keepwell's may do."""
        return psycopg.connect(
            host=str(self.server.sockets), dbname=database, user="postgres", autocommit=True
        )


def _make_database(connection: psycopg.Connection[tuple[Any, ...]], name: str, like: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER keepwell_owner")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(like)))


def _tables_with_rows(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    names = [name for (name,) in tables.fetchall()]
    statement = sql.SQL("SELECT EXISTS (SELECT FROM {})")
    return [
        name
        for name in names
        if connection.execute(statement.format(sql.Identifier(name))).fetchone() == (True,)
    ]
