"""An installation of its own for a real server: files, or three databases behind two roles."""

import itertools
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from psycopg import sql

from tests.serving import Demo, installation, keepwell_as_me, serving
from tests.stores.scale import VARIABLES, ScaleStores
from tests.stores.session import Stores

_number = itertools.count(1)


@dataclass(frozen=True)
class Installed:
    """Where it is and what its commands must be told."""

    home: Path
    stores: Stores
    databases: dict[str, str] = field(default_factory=dict)  # by store, on PostgreSQL
    settings: dict[str, str] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return keepwell_as_me(self.home, *arguments, **self.settings)

    @contextmanager
    def demo(self, **settings: str) -> Iterator[Demo]:
        """Serve the demonstration while the block runs; on PostgreSQL its owner loads it first."""
        if self.owner:
            loaded = keepwell_as_me(self.home, "demo", "--no-serve", **self.settings, **self.owner)
            assert loaded.returncode == 0, loaded.stderr
        with serving(self.home, "demo", "--json", **self.settings, **settings) as served:
            yield Demo(served, json.loads("\n".join(served.out.all())))


@contextmanager
def installed(stores: Stores, home: Path) -> Iterator[Installed]:
    """Make an installation on the engine of this run, and take its databases away afterwards."""
    if not isinstance(stores, ScaleStores):
        yield Installed(installation(home), stores)
        return
    number = next(_number)
    names = {store: f"served_{store}_{os.getpid()}_{number}" for store in VARIABLES}
    with ExitStack() as stack:
        for name in names.values():
            stack.enter_context(_database(stores, name))
        owners = _addresses(stores, names, "keepwell_owner").items()
        told = {name.replace("KEEPWELL_", "KEEPWELL_OWNER_"): one for name, one in owners}
        settings = _addresses(stores, names, "keepwell_app")
        sequencer = _addresses(stores, names, "keepwell_sequencer")["KEEPWELL_TRAIL_DB"]
        settings["KEEPWELL_SEQUENCER_DB"] = sequencer
        yield Installed(home, stores, names, settings, told)


@contextmanager
def _database(stores: ScaleStores, name: str) -> Iterator[None]:
    made = sql.Identifier(name)
    with stores.superuser("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER keepwell_owner").format(made)
        )
    try:
        yield
    finally:
        with stores.superuser("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(made))


def _addresses(stores: ScaleStores, names: dict[str, str], role: str) -> dict[str, str]:
    host = quote(str(stores.server.sockets), safe="")
    return {
        variable: f"postgresql://{role}:unused@{host}:5432/{names[store]}"
        for store, variable in VARIABLES.items()
    }
