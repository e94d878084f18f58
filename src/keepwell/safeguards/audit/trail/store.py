"""The road to the trail store: its own connection of each thread, and its failures in our words.

Two roles on PostgreSQL: everybody reads and leaves entries in the inbox as one, the sequencer adds
to the log as another, if this process was given that one (KEEPWELL_SEQUENCER_DB).

A SQLite file that is away, or another one, is noticed by the connection itself (tenancy.sqlite).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.tenancy import wall

ALIAS = "trail"
SEQUENCER = "sequencer"


class PatientConnection(Protocol):
    """What `tenancy.sqlite` and `tenancy.postgresql` add to Django's connection."""

    def wait_at_most(self, seconds: float) -> None:
        """Let a statement fail that waits for so long."""


def vendor() -> str:
    """Return "sqlite" or "postgresql"."""
    return connections[ALIAS].vendor


def may_sequence() -> bool:
    """Tell whether this process may add to the log."""
    return vendor() == "sqlite" or SEQUENCER in settings.DATABASES


@contextmanager
def reading(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Read one organisation's trail; raise TrailUnavailable if the store does not answer."""
    with _translated() as connection, wall.reading(organisation, using=ALIAS):
        yield connection


@contextmanager
def writing(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Add to one organisation's inbox in one transaction; raise TrailUnavailable as above."""
    with _translated() as connection, wall.writing(organisation, using=ALIAS):
        yield connection


@contextmanager
def by_itself(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Add to the inbox by one statement, which is a transaction by itself; raises as above."""
    with _translated() as connection, wall.reading(organisation, using=ALIAS):
        yield connection


@contextmanager
def sequencing(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Add to one organisation's log in one transaction; raise TrailUnavailable as above."""
    if not may_sequence():
        raise TrailUnavailable("Only a process with KEEPWELL_SEQUENCER_DB may add to the log.")
    alias = SEQUENCER if SEQUENCER in settings.DATABASES else ALIAS
    with _translated(alias) as connection, wall.writing(organisation, using=alias):
        yield connection


class Lent:
    """A connection to the trail that threads borrow in turn, apart from their own.

    What they are in the middle of on their own connection, a transaction that may be rolled back,
    does not touch what is done on this one. Borrow it under a lock.
    """

    def __init__(self) -> None:
        self._connection: BaseDatabaseWrapper | None = None

    @contextmanager
    def to_me(self, patience_seconds: float) -> Iterator[None]:
        """Let this thread's use of the trail go through it; statements fail after so long."""
        if self._connection is None:
            self._connection = connections.create_connection(ALIAS)
            self._connection.inc_thread_sharing()
        cast("PatientConnection", self._connection).wait_at_most(patience_seconds)
        mine = connections[ALIAS]
        connections[ALIAS] = self._connection
        try:
            yield
        finally:
            connections[ALIAS] = mine

    def close(self) -> None:
        """Close it; it is opened again by whoever borrows it next."""
        if self._connection is not None:
            self._connection.close()


@contextmanager
def outside_walls() -> Iterator[BaseDatabaseWrapper]:
    """Read the list of logs, which is not walled."""
    with _translated() as connection:
        yield connection


@contextmanager
def _translated(alias: str = ALIAS) -> Iterator[BaseDatabaseWrapper]:
    connection = connections[alias]
    is_outermost = not connection.in_atomic_block
    try:
        yield connection
    except (DatabaseError, transaction.TransactionManagementError) as error:
        if is_outermost:
            connection.close()  # the next use opens a new one: recovery needs no restart
        raise TrailUnavailable from error
