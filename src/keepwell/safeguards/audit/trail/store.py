"""The road to the trail store: its own connection of each thread, and its failures in our words.

A SQLite file can be moved or replaced under an open connection, which would go on writing into the
file that is no longer there: acknowledged and lost. So the file is looked at before each use.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.tenancy import wall

ALIAS = "trail"

_files: WeakKeyDictionary[BaseDatabaseWrapper, tuple[int, int]] = WeakKeyDictionary()


@contextmanager
def reading(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Read one organisation's trail; raise TrailUnavailable if the store does not answer."""
    with _translated() as connection, wall.reading(organisation, using=ALIAS):
        yield connection


@contextmanager
def writing(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Add to one organisation's trail in one transaction; raise TrailUnavailable as above."""
    with _translated() as connection, wall.writing(organisation, using=ALIAS):
        yield connection


@contextmanager
def outside_walls() -> Iterator[BaseDatabaseWrapper]:
    """Read the list of logs, which is not walled."""
    with _translated() as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[BaseDatabaseWrapper]:
    connection = connections[ALIAS]
    is_outermost = not connection.in_atomic_block
    if is_outermost:
        _look_at_file(connection)
    try:
        yield connection
    except (DatabaseError, transaction.TransactionManagementError) as error:
        if is_outermost:
            connection.close()  # the next use opens a new one: recovery needs no restart
        raise TrailUnavailable from error


def _look_at_file(connection: BaseDatabaseWrapper) -> None:
    name = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or str(name).startswith("file:"):
        return
    try:
        found = Path(name).stat()
    except OSError as error:
        connection.close()
        raise TrailUnavailable from error
    present = (found.st_dev, found.st_ino)
    if connection.connection is not None and _files.get(connection, present) != present:
        connection.close()
    _files[connection] = present
