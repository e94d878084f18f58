"""The wall: which organisation this thread is working for.

Two context managers are the only way in. `reading` costs nothing and begins no transaction: on
PostgreSQL, where row-level security needs the organisation, each statement takes it along in its
own message (see `tenancy.postgresql`). `writing` is one transaction, and BEGIN takes it along.
Without either, walled managers raise and PostgreSQL shows no row. The setting is never
session-level, because a pooled server connection would hand it to another client.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, cast
from uuid import UUID

from django.db import connections, transaction

_organisation: ContextVar[UUID | None] = ContextVar("keepwell_organisation", default=None)


class WalledConnection(Protocol):
    """What `tenancy.postgresql` adds to Django's connection."""

    walled_for: UUID | None

    def set_wall(self, organisation: UUID | None) -> None:
        """Set the wall of the transaction that is open."""

    def execute_binary(
        self, statement: str, organisation: UUID, columns: Sequence[Sequence[Any]]
    ) -> int:
        """Send a statement whose parameters are an organisation and whole columns."""


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
def _walled(using: str, organisation: UUID) -> Iterator[None]:
    """Set PostgreSQL's wall in a transaction that began without it, and take it away again."""
    connection = connections[using]
    if connection.vendor != "postgresql" or not connection.in_atomic_block:
        yield
        return
    walled = cast("WalledConnection", connection)
    present = walled.walled_for
    walled.set_wall(organisation)
    try:
        yield
    finally:
        walled.set_wall(present)


@contextmanager
def reading(organisation: UUID, *, using: str = "default") -> Iterator[None]:
    """Ask for rows of this organisation only, each statement by itself (or in what is open)."""
    with _inside(organisation), _walled(using, organisation):
        yield


@contextmanager
def writing(organisation: UUID, *, using: str = "default") -> Iterator[None]:
    """Change rows of this organisation only, all or none (in a transaction, a savepoint)."""
    with (
        _inside(organisation),
        transaction.atomic(using=using),
        _walled(using, organisation),
    ):
        yield
