"""The road to the trail store: its own connection of each thread, and its failures in our words.

Two roles on PostgreSQL: everybody reads and leaves entries in the inbox as one, the sequencer adds
to the log as another, if this process was given that one (KEEPWELL_SEQUENCER_DB).

A SQLite file that is away, or another one, is noticed by the connection itself (tenancy.sqlite).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.tenancy import wall

ALIAS = "trail"
SEQUENCER = "sequencer"


def has_inbox() -> bool:
    """Tell whether entries wait for the sequencer in an inbox (PostgreSQL) or are added at once."""
    return connections[ALIAS].vendor == "postgresql"


def may_sequence() -> bool:
    """Tell whether this process may add to the log."""
    return not has_inbox() or SEQUENCER in settings.DATABASES


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
def sequencing(organisation: UUID) -> Iterator[BaseDatabaseWrapper]:
    """Add to one organisation's log in one transaction; raise TrailUnavailable as above."""
    if not may_sequence():
        raise TrailUnavailable("Only a process with KEEPWELL_SEQUENCER_DB may add to the log.")
    alias = SEQUENCER if has_inbox() else ALIAS
    with _translated(alias) as connection, wall.writing(organisation, using=alias):
        yield connection


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
