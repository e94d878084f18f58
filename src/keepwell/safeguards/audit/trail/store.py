"""The road to the trail store: its own connection of each thread, and its failures in our words.

A SQLite file that is away, or another one, is noticed by the connection itself (tenancy.sqlite).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.tenancy import wall

ALIAS = "trail"


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
    try:
        yield connection
    except (DatabaseError, transaction.TransactionManagementError) as error:
        if is_outermost:
            connection.close()  # the next use opens a new one: recovery needs no restart
        raise TrailUnavailable from error
