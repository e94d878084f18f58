"""Real stores for the subjects: SQLite files and a PostgreSQL server, durable as in production.

They are the tests' stores (`tests.stores`) with the one difference that counts here: the server
waits for the disk.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from bench.rounds import OURS, ROOT
from tests.stores.embedded import EmbeddedStores
from tests.stores.scale import ScaleStores
from tests.stores.session import DISK

DURABLE = ("fsync", "full_page_writes")
KINDS: dict[str, type[EmbeddedStores | ScaleStores]] = {
    "sqlite": EmbeddedStores,
    "postgresql": ScaleStores,
}
PREFIX = "keepwell-bench-"  # not the tests' prefix: they clear their leftovers away


class Stores:
    """One engine in a folder of its own; hands out an environment for each subject."""

    def __init__(self, engine: str, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.kind: type[EmbeddedStores | ScaleStores] = KINDS[engine]
        template = self.kind(folder, "template")
        template.start()
        if isinstance(template, ScaleStores):
            with template.superuser("postgres") as connection:
                for name in DURABLE:
                    connection.execute(f"ALTER SYSTEM SET {name} = on")
                connection.execute("SELECT pg_reload_conf()")
        subprocess.run(
            [OURS, "-m", "bench.migrated"],
            env=os.environ
            | template.template_environment()
            | {"DJANGO_SETTINGS_MODULE": "bench.settings"},
            cwd=ROOT,
            check=True,
        )

    def keepwell(self, name: str) -> dict[str, str]:
        """Return the environment of a Keepwell with stores of its own."""
        stores = self.kind(self.folder, name)
        stores.open_worker()
        return stores.environment()

    def peer(self, name: str) -> dict[str, str]:
        """Return the environment of a peer with an empty database of its own."""
        if self.engine == "sqlite":
            return {"BENCH_DATABASE": f"sqlite:{self.folder / name}.sqlite3"}
        server = ScaleStores(self.folder, "template")
        with server.superuser("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER keepwell_owner")
        host = quote(str(server.server.sockets), safe="")
        return {"BENCH_DATABASE": f"postgresql:{host}:{name}"}


@contextmanager
def stores(engine: str) -> Iterator[Stores]:
    """Make stores of an engine ("sqlite" or "postgresql"); stop and remove them afterwards."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=DISK) as name:
        folder = Path(name)
        try:
            yield Stores(engine, folder)
        finally:
            ScaleStores(folder, "template").stop()
