"""The three stores: migrated by `keepwell init`, checked before anything is served."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import DatabaseError, InterfaceError

from keepwell.cli import files, folder
from keepwell.cli.refusal import MISUSED, Refusal
from keepwell.safeguards.tenancy.walls import build_walls, findings

NAMES = {"default": "data", "trail": "trail", "keys": "keys"}
VARIABLES = {
    "default": "KEEPWELL_DATA_DB",
    "trail": "KEEPWELL_TRAIL_DB",
    "keys": "KEEPWELL_KEYS_DB",
    "sequencer": "KEEPWELL_SEQUENCER_DB",
}


def migrate(owner_url: str | None) -> bool:
    """Bring all three stores to this version's tables and raise the walls, as their owner.

    Returns whether tables have changed.
    """
    files.make()
    _refuse_emptied()
    changed = False
    for alias in NAMES:
        with _as_owner(alias, owner_url):
            _refuse_future(alias)
            was_behind = is_behind(alias)
            if was_behind or connections[alias].vendor == "postgresql":
                call_command("migrate", database=alias, interactive=False, verbosity=0)
                build_walls(alias)
            changed = changed or was_behind
    return changed


@contextmanager
def _as_owner(alias: str, owner_url: str | None) -> Iterator[None]:
    """Connect to a store as the role that owns its tables; on SQLite there is only the file."""
    connection = connections[alias]
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(owner_of(alias, owner_url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def owner_of(alias: str, owner_url: str | None) -> dict[str, str]:
    """Return what differs in a store's settings when its owner connects."""
    if connections[alias].vendor != "postgresql":
        return {}
    if owner_url:
        parts = urlsplit(owner_url)
        if not parts.username:
            raise Refusal(
                "--owner-url names no user. Give postgresql://owner:password@host.", MISUSED
            )
        return {"USER": unquote(parts.username), "PASSWORD": unquote(parts.password or "")}
    owner = settings.KEEPWELL_OWNERS.get(alias)
    if owner is None:
        raise Refusal(
            f"The {NAMES[alias]} store is on PostgreSQL, where the owner makes the tables: set "
            f"KEEPWELL_OWNER_{NAMES[alias].upper()}_DB or give --owner-url.",
            MISUSED,
        )
    return {key: owner[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}


def is_behind(alias: str) -> bool:
    """Tell whether this version's tables are not yet all in the store."""
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def are_in_use() -> bool:
    """Tell whether these stores have served before; refuse where a file of one is missing."""
    if not (folder.home() / "root.key").exists():  # the last thing that is made
        return False
    files.refuse_missing()
    return True


def are_older(owner_url: str | None) -> bool:
    """Tell, as their owner, whether a store has the tables of an earlier version."""
    for alias in NAMES:
        with _as_owner(alias, owner_url):
            if not _has_no_table(alias) and is_behind(alias):
                return True
    return False


def _refuse_emptied() -> None:
    """Refuse a store without a table beside others that have theirs: it is not the one of before.

    Only once the root key is there, the last thing that is made: a first start may be interrupted.
    """
    if not (folder.home() / "root.key").exists():
        return
    empty = [alias for alias in NAMES if _has_no_table(alias)]
    if empty and len(empty) < len(NAMES):
        raise Refusal(
            f"The {NAMES[empty[0]]} store is missing or empty, although this installation was in "
            "use. Put it back from the copy that belongs to the other stores; nothing was made in "
            "its place."
        )


def _has_no_table(alias: str) -> bool:
    try:
        return not MigrationRecorder(connections[alias]).has_table()
    finally:
        connections[alias].close()


def _refuse_future(alias: str) -> None:
    """Refuse a store that a later Keepwell has changed: this one would misread it."""
    loader = MigrationLoader(connections[alias])
    future = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    if future:
        raise Refusal(
            f"The {NAMES[alias]} store was made by a later version of Keepwell: "
            f"{'.'.join(future[-1])} is unknown here. Install that version; nothing was changed."
        )


def check() -> None:
    """Refuse stores that are missing, cannot be reached or are of another version."""
    files.refuse_missing()
    behind = [alias for alias in NAMES if _looked_at(alias)]
    _refuse_emptied()
    if behind:
        raise Refusal(
            f"The {NAMES[behind[0]]} store is of an earlier version. Make a backup, then run: "
            "keepwell init --reason 'why'"
        )


def _looked_at(alias: str) -> bool:
    """Tell whether a store is behind; refuse one that cannot be reached or is ahead."""
    try:
        _refuse_future(alias)
        return is_behind(alias)
    except (DatabaseError, InterfaceError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise Refusal(f"The {NAMES[alias]} store cannot be used: {reason}.") from error
    finally:
        connections[alias].close()


def check_walls() -> None:
    """Refuse a role that row-level security does not bind, or a table that it does not cover."""
    roads = [alias for alias in VARIABLES if alias in connections.settings]
    for alias in roads:  # the sequencer's too: another role in the store of the trail
        found = findings(alias)
        if found:
            name = NAMES.get(alias, NAMES["trail"])
            sentence = " ".join(found)
            raise Refusal(
                f"The {name} store does not hold its wall ({VARIABLES[alias]}). {sentence}"
            )
