"""On PostgreSQL a trail that was put back is declared by whoever may add to it, and then served."""

from pathlib import Path

import pytest
from psycopg import sql

from tests.cli.test_restored import wait_for_checkpoint
from tests.installed import installed
from tests.serving import WHY, keepwell_as_me, serving
from tests.stores.scale import ScaleStores

pytestmark = pytest.mark.scale


def as_superuser(stores: ScaleStores, statement: str, *names: str) -> None:
    with stores.superuser("postgres") as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def test_without_the_sequencers_role_nothing_is_declared_and_with_it_the_server_starts(
    stores: ScaleStores, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with installed(stores, tmp_path / "home") as place:
        told = place.settings | {"KEEPWELL_CHECKPOINTS": str(folder)}
        home, trail = place.home, place.databases["trail"]
        loaded = keepwell_as_me(home, "demo", "--no-serve", **told, **place.owner)
        assert loaded.returncode == 0, loaded.stderr
        copy = f"{trail}_copy"
        as_superuser(stores, "CREATE DATABASE {} TEMPLATE {} OWNER keepwell_owner", copy, trail)
        keep = ("trail", "keep", "--organisation", "Riverside Clinic", *WHY, "--years", "11")
        assert keepwell_as_me(home, *keep, **told).returncode == 0
        with serving(home, **told):
            wait_for_checkpoint(folder)
        as_superuser(stores, "DROP DATABASE {} WITH (FORCE)", trail)
        as_superuser(stores, "ALTER DATABASE {} RENAME TO {}", copy, trail)

        declare = ("trail", "restored", "--reason", "the disk died")
        web = {name: one for name, one in told.items() if name != "KEEPWELL_SEQUENCER_DB"}
        refused = keepwell_as_me(home, *declare, **web)
        assert refused.returncode == 1, refused.stdout
        assert "set KEEPWELL_SEQUENCER_DB for it as for the service" in refused.stderr
        assert "was put back to an older state" in keepwell_as_me(home, "serve", **told).stderr
        declared = keepwell_as_me(home, *declare, **told)
        assert declared.returncode == 0, declared.stderr
        assert "Riverside Clinic: goes on from" in declared.stdout
        with serving(home, **told):
            pass
