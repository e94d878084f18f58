"""The organisation of the wall travels with what is asked, in the same message to the server.

A statement outside transactions has it before itself: PostgreSQL takes a message of several
statements as one transaction. A transaction has it with BEGIN: Django calls
`_start_transaction_under_autocommit` where a backend has it, and psycopg's connection stays in
autocommit, so BEGIN is ours to send. `set_config(..., true)` ends with the transaction: a pooled
server connection cannot carry one organisation's wall to another client (design.md, 4).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import OperationalError
from django.db.backends.postgresql import base as postgres
from psycopg import Cursor
from psycopg.pq import TransactionStatus

from keepwell.safeguards.tenancy.wall import current_organisation, set_wall_statement


def _with_wall(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
    """Send the wall before a statement that is no part of a transaction (an execute wrapper)."""
    database, cursor = context["connection"], context["cursor"]
    wall = "" if many else database.wall_of_a_statement()
    if not wall:
        return execute(sql, params, many, context)
    try:
        execute(wall + sql, params, many, context)
    except OperationalError:
        if not (sql.lstrip().startswith("SELECT") and database.has_lost_its_server()):
            raise
        cursor.cursor = database.create_cursor()  # on a new connection: asking again is safe
        execute(wall + sql, params, many, context)
    return cursor.nextset()  # past what the wall answers


class DatabaseWrapper(postgres.DatabaseWrapper):
    """PostgreSQL whose statements and transactions know the organisation they work for."""

    walled_for: UUID | None = None
    _limit = ""  # on the time of a statement, sent each time: a pooler forgets what came before

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_with_wall)

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; on a new connection if the last use has shown that the old one died."""
        if not self.in_atomic_block and self.has_lost_its_server():
            self._begin_anew()
        return super().create_cursor(name)

    def chunked_cursor(self) -> Any:
        """Return a plain cursor where one on the server would outlive the wall."""
        return self.cursor() if self.wall_of_a_statement() else super().chunked_cursor()

    def wall_of_a_statement(self) -> str:
        """Return what goes before a statement that is no part of a transaction."""
        organisation = None if self.in_atomic_block else current_organisation()
        return f"{set_wall_statement(organisation)}{self._limit}; " if organisation else ""

    def has_lost_its_server(self) -> bool:
        """Tell whether the connection is of no use any more."""
        return self.connection is None or self.connection.closed

    def _begin_anew(self) -> None:
        self.close()
        self.ensure_connection()

    def _start_transaction_under_autocommit(self) -> None:
        organisation = current_organisation()
        with self.wrap_database_errors:
            self.connection.execute(f"BEGIN; {set_wall_statement(organisation)}{self._limit}")
        self.walled_for = organisation

    def wait_at_most(self, seconds: float) -> None:
        """Let a statement fail that takes or waits so long, behind walls from now on."""
        milliseconds = max(1, int(seconds * 1000))
        self._limit = f", set_config('statement_timeout', '{milliseconds}', true)"

    def set_wall(self, organisation: UUID | None) -> None:
        """Set the wall of the transaction that is open; one that has failed loses it by itself."""
        if organisation == self.walled_for:
            return
        self.walled_for = organisation
        if self.connection is None or self.connection.closed:
            return
        if self.connection.info.transaction_status == TransactionStatus.INTRANS:
            with self.cursor() as cursor:
                cursor.execute(set_wall_statement(organisation))

    def execute_binary(
        self, statement: str, organisation: UUID, columns: Sequence[Sequence[Any]]
    ) -> int:
        """Send a statement whose parameters are an organisation and whole columns, as they are.

        Returns how many rows it touched.

        Django's own cursor writes parameters into the text of the statement, where bytes double.
        """
        self.ensure_connection()
        with self.wrap_database_errors, Cursor(self.connection) as cursor:
            cursor.execute(statement.replace("%s", "%b"), [organisation, *columns])
            return cursor.rowcount
