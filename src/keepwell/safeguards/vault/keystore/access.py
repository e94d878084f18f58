"""The way into the keystore: behind the wall, every failure of the store as KeystoreUnavailable.

SQLite needs two things that a server does itself. Deleted bytes stay in free pages and in the
write-ahead log: `secure_delete` overwrites the first, `forget_deleted` empties the second, so that
a shredded key is gone. A file that is away or another one is noticed by the connection itself
(tenancy.sqlite).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from uuid import UUID

from django.db import Error, IntegrityError, connections, transaction

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.vault.errors import KeystoreUnavailable

STORE = "keys"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except Error as error:
        connection = connections[STORE]
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()  # so that the next call recovers by itself
        raise KeystoreUnavailable from error


def _enter(stack: ExitStack, *contexts: Callable[[], AbstractContextManager[None]]) -> None:
    """Enter a transaction, once more if the server closed the connection since its last use.

    Nothing has been asked yet, so nothing happens twice. Without it each thread would answer one
    request with 503 after the server was restarted.
    """
    try:
        with ExitStack() as trial:
            for context in contexts:
                trial.enter_context(context())
            stack.enter_context(trial.pop_all())
    except Error:
        connection = connections[STORE]
        if connection.vendor == "sqlite" or connection.in_atomic_block:
            raise
        connection.close()
        for context in contexts:
            stack.enter_context(context())


@contextmanager
def reading(organisation: UUID) -> Iterator[None]:
    """Read one organisation's keys."""
    with _translated(), wall.reading(organisation, using=STORE):
        yield


@contextmanager
def writing(organisation: UUID) -> Iterator[None]:
    """Change one organisation's keys in one durable commit, one writer at a time.

    SQLite lets one writer in; on PostgreSQL a lock that ends with the transaction says the same, so
    that a rotation, a rewrap and a new key never overlap.

    `durable` refuses to run inside somebody's keystore transaction: keys handed out from memory
    must never disappear in a rollback, because data is already sealed under them.
    """
    with _translated(), ExitStack() as stack:
        connection = connections[STORE]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete=ON")
        _enter(
            stack,
            lambda: transaction.atomic(using=STORE, durable=True),
            lambda: wall.writing(organisation, using=STORE),
        )
        _wait_for_turn(organisation)
        yield


def _wait_for_turn(organisation: UUID) -> None:
    connection = connections[STORE]
    if connection.vendor == "postgresql":
        number = int.from_bytes(organisation.bytes[8:], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


@contextmanager
def outside_walls() -> Iterator[None]:
    """Read or write the one table that belongs to no organisation: the root marker."""
    with _translated(), ExitStack() as stack:
        if connections[STORE].vendor != "sqlite":  # where it would take the write lock
            _enter(stack, lambda: transaction.atomic(using=STORE))
        yield


@contextmanager
def writing_outside_walls() -> Iterator[None]:
    """Change the root marker in one durable commit."""
    with _translated(), ExitStack() as stack:
        _enter(stack, lambda: transaction.atomic(using=STORE, durable=True))
        yield


def organisations() -> list[UUID]:
    """Return every organisation that has keys here, whether or not it has anything else."""
    connection = connections[STORE]
    statement = (
        "SELECT keystore_organisation_ids()"
        if connection.vendor == "postgresql"
        else "SELECT DISTINCT organisation_id FROM keystore_organisationkey ORDER BY 1"
    )
    with outside_walls(), connection.cursor() as cursor:
        cursor.execute(statement)
        return [one if isinstance(one, UUID) else UUID(one) for (one,) in cursor.fetchall()]


def in_transaction() -> bool:
    """Say whether this thread holds a keystore transaction."""
    return bool(connections[STORE].in_atomic_block)


def forget_deleted() -> bool:
    """Empty SQLite's write-ahead log, where deleted keys would stay; False if one was reading."""
    connection = connections[STORE]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return connection.vendor != "sqlite"
    with _translated(), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
    return row is not None and row[0] == 0


def close() -> None:
    """Close this thread's connection (threads of our own end with it)."""
    connections[STORE].close()
