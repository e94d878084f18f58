"""The wall: which organisation this thread is working for.

Two context managers are the only way in. `reading` costs nothing on SQLite and is a read transaction
on PostgreSQL, where row-level security needs the organisation set inside the transaction;
`writing` is one transaction on both. Without either, walled managers raise and PostgreSQL shows no row.
The setting travels with BEGIN in one message (see `tenancy.postgresql`); it is never session-level,
because a pooled server connection would hand it to another client.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connections, transaction

_organisation: ContextVar[UUID | None] = ContextVar("keepwell_organisation", default=None)


class NoWall(RuntimeError):  # noqa: N818  names the fact
    """Rows were asked for without saying for which organisation."""


class WallCrossed(RuntimeError):  # noqa: N818  names the fact
    """Work for one organisation tried to begin inside work for another."""


def current_organisation() -> UUID | None:
    """Return the organisation this thread works for, or None outside every wall."""
    return _organisation.get()


def walled_organisation() -> UUID:
    """Return the organisation this thread works for; raise NoWall outside every wall."""
    organisation = _organisation.get()
    if organisation is None:
        raise NoWall("Say for which organisation: use tenancy.wall.reading or writing.")
    return organisation


def set_wall_statement(organisation: UUID | None) -> str:
    """Return the SQL that sets PostgreSQL's wall until this transaction ends."""
    value = "" if organisation is None else str(organisation)  # a UUID's text needs no quoting
    return f"SELECT set_config('keepwell.organisation', '{value}', true)"


@contextmanager
def _inside(organisation: UUID) -> Iterator[None]:
    present = _organisation.get()
    if present not in (None, organisation):
        raise WallCrossed("Already working for another organisation.")
    token = _organisation.set(organisation)
    try:
        yield
    finally:
        _organisation.reset(token)


@contextmanager
def _transaction(organisation: UUID, using: str) -> Iterator[None]:
    connection = connections[using]
    late = connection.vendor == "postgresql" and connection.in_atomic_block
    with transaction.atomic(using=using, savepoint=not late):
        if late:  # the transaction began before the wall was known
            connection.cursor().execute(set_wall_statement(organisation))
        yield


@contextmanager
def reading(organisation: UUID, *, using: str = "default") -> Iterator[None]:
    """Read rows of this organisation only."""
    with _inside(organisation):
        if connections[using].vendor == "postgresql":
            with _transaction(organisation, using):
                yield
        else:
            yield


@contextmanager
def writing(organisation: UUID, *, using: str = "default") -> Iterator[None]:
    """Change rows of this organisation only, all or none."""
    with _inside(organisation), _transaction(organisation, using):
        yield
