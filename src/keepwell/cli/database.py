"""`keepwell database setup`: databases, roles, walls and rights on PostgreSQL, as their owner.

Idempotent: what is there stays, what is missing is made, and each step is said. The passwords of
the roles are those of KEEPWELL_DATA_DB and KEEPWELL_SEQUENCER_DB; none is ever printed.
"""

import argparse
from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from keepwell.cli import stores
from keepwell.cli.refusal import MISUSED, Refusal
from keepwell.cli.terminal import say
from keepwell.safeguards.tenancy import walls

Server = psycopg.Connection[tuple[Any, ...]]
HIDDEN = "…"
MAINTENANCE = "postgres"  # the database one connects to in order to make others
ABILITIES = """
SELECT rolsuper OR rolbypassrls, rolsuper OR rolcreaterole, rolsuper OR rolcreatedb
FROM pg_roles WHERE rolname = current_user
"""
ABILITY_NAMES = ("BYPASSRLS", "CREATEROLE", "CREATEDB")
LOOSE_ROLE = """
SELECT rolsuper OR rolbypassrls OR rolreplication OR rolcreaterole OR rolcreatedb
FROM pg_roles WHERE rolname = %s
"""


def run(chosen: argparse.Namespace) -> int:
    """Set up all three stores, or print the statements that would."""
    if settings.DATABASES["trail"]["ENGINE"].endswith("sqlite3"):
        raise Refusal(
            "The stores are SQLite files, which need no setup. For PostgreSQL set "
            f"{', '.join(stores.VARIABLES.values())} first.",
            MISUSED,
        )
    _check_names()
    if chosen.print_sql:
        for line in _script():
            say(line)
        return 0
    for alias in stores.NAMES:
        with _server(alias, chosen.owner_url) as server:
            for sentence in _prepare(server, alias):
                say(sentence)
    if stores.are_older(chosen.owner_url):
        say("Tables: of an earlier version. Next: keepwell init brings them to this one.")
        return 0
    stores.migrate(chosen.owner_url)
    say("Tables, row-level security and rights: as this version needs them.")
    stores.check_walls()
    say("Ready. Next: keepwell init makes keys and certificate, keepwell serve serves.")
    return 0


def _check_names() -> None:
    """Refuse other names: walls and rights are granted to these two."""
    for alias, role in _wanted("default") | _wanted("keys") | _wanted("trail"):
        user = _database(alias).get("USER") or role
        if user != role:
            variable = stores.VARIABLES[alias]
            raise Refusal(f"{variable} names the role {user}; it must be {role}.", MISUSED)


def _database(alias: str) -> dict[str, Any]:
    return dict(settings.DATABASES.get(alias, {}))


def _wanted(alias: str) -> set[tuple[str, str]]:
    """Return (alias whose address tells the password, role) of each role that uses a store."""
    wanted = {(alias, walls.APPLICATION_ROLE)}
    return wanted | {("sequencer", walls.SEQUENCER_ROLE)} if alias == "trail" else wanted


def _server(alias: str, owner_url: str | None) -> Server:
    """Connect to the server of a store as the owner, but to no database of ours."""
    address = _database(alias) | stores.owner_of(alias, owner_url)
    server = psycopg.connect(
        host=address["HOST"],
        port=address["PORT"] or None,
        user=address["USER"],
        password=address["PASSWORD"] or None,
        dbname=MAINTENANCE,
        autocommit=True,
        **address["OPTIONS"],
    )
    found = server.execute(ABILITIES).fetchone() or (False, False, False)
    lacking = [name for name, is_so in zip(ABILITY_NAMES, found, strict=True) if not is_so]
    if lacking:
        server.close()
        raise Refusal(
            f"The owner's role {address['USER']} lacks {', '.join(lacking)}. As a superuser: "
            f"ALTER ROLE {address['USER']} {' '.join(lacking)}"
        )
    return server


def _prepare(server: Server, alias: str) -> Iterator[str]:
    """Make what is missing on a server for one store; yield a sentence for each step."""
    for source, role in sorted(_wanted(alias)):
        yield _make_role(server, role, _database(source).get("PASSWORD", ""))
    name = _database(alias)["NAME"]
    is_there = server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    if is_there is None:
        server.execute(_make_database(name))
    yield f"Database {name}: {'made' if is_there is None else 'is there'}."
    for statement in _entrance(alias):
        server.execute(statement)
    roles = " and ".join(sorted(role for _, role in _wanted(alias)))
    yield f"Database {name}: may be entered by its owner, {roles} only."


def _make_role(server: Server, role: str, password: str) -> str:
    found = server.execute(LOOSE_ROLE, [role]).fetchone()
    if found == (True,):
        raise Refusal(
            f"The role {role} is there and may do too much. As a superuser: ALTER ROLE {role} "
            f"{walls.WITHOUT}"
        )
    if found is not None:
        return f"Role {role}: is there."
    server.execute(_role(role, password))
    return f"Role {role}: made{'' if password else ', without a password: it cannot enter yet'}."


def _role(role: str, password: str) -> sql.Composed:
    made = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))
    return made + sql.SQL(" PASSWORD {}").format(password) if password else made


def _make_database(name: str) -> sql.Composed:
    made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
    return made.format(sql.Identifier(name))


def _entrance(alias: str) -> Iterator[sql.Composed]:
    """Let nobody but the roles of a store connect to it."""
    name = sql.Identifier(_database(alias)["NAME"])
    roles = sql.SQL(", ").join(sql.Identifier(role) for _, role in sorted(_wanted(alias)))
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, roles)


def _script() -> Iterator[str]:
    """Write the same for psql, for whoever wants to read it or to run it by hand."""
    for alias in stores.NAMES:
        yield f"-- The {stores.NAMES[alias]} store, as its owner (BYPASSRLS, CREATEROLE, CREATEDB)"
        name = _database(alias)["NAME"]
        for _, role in sorted(_wanted(alias)):
            condition = f"SELECT FROM pg_roles WHERE rolname = '{role}'"
            yield _unless(condition, _role(role, HIDDEN).as_string(None))
        condition = f"SELECT FROM pg_database WHERE datname = {sql.quote(name)}"
        yield _unless(condition, _make_database(name).as_string(None))
        yield from (f"{statement.as_string(None)};" for statement in _entrance(alias))
        yield f"\\connect {sql.Identifier(name).as_string(None)}"
        yield "-- Here keepwell init makes the tables, and then does this:"
        yield from (f"{statement.strip()};" for statement in walls.planned(alias))


def _unless(condition: str, statement: str) -> str:
    return f"SELECT {sql.quote(statement)} WHERE NOT EXISTS ({condition}) \\gexec"
