"""Taking a store away for the length of a block, for real: its file, or its server's answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from keepwell.safeguards.vault import keys
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usename = 'keepwell_app'
"""


@contextmanager
def store_down(stores: Stores, store: str) -> Iterator[None]:
    """Take the store `trail` or `keys` away; what is held of keys in memory is forgotten too."""
    keys.forget()
    if isinstance(stores, ScaleStores):
        with _refusing(stores, f"{store}_{stores.worker}"):
            yield
        connections[store].close()  # the server ended it; a web request would begin with a new one
        return
    file = stores.home / f"{store}.sqlite3"
    away = file.with_suffix(".away")
    file.rename(away)
    try:
        yield
    finally:
        away.rename(file)


@contextmanager
def _refusing(stores: ScaleStores, database: str) -> Iterator[None]:
    with stores.superuser("postgres") as server:
        server.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        server.execute(END_CONNECTIONS, [database])
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')
