"""A transaction begins with the organisation of its wall, in one message to the server.

Django calls `_start_transaction_under_autocommit` where a backend has it; psycopg's connection
stays in autocommit, so BEGIN is ours to send. `set_config(..., true)` ends with the transaction: a
pooled server connection cannot carry one organisation's wall to another client (design.md, 4).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.backends.postgresql import base as postgres
from psycopg import Cursor
from psycopg.pq import TransactionStatus

from keepwell.safeguards.tenancy.wall import current_organisation, set_wall_statement


class DatabaseWrapper(postgres.DatabaseWrapper):
    """PostgreSQL whose transactions know the organisation they work for."""

    walled_for: UUID | None = None
    _limit = ""  # on the time of a statement, sent with BEGIN: a pooler forgets what came before

    def _start_transaction_under_autocommit(self) -> None:
        organisation = current_organisation()
        with self.wrap_database_errors:
            self.connection.execute(f"BEGIN; {set_wall_statement(organisation)}{self._limit}")
        self.walled_for = organisation

    def wait_at_most(self, seconds: float) -> None:
        """Let a statement fail that takes or waits so long, in transactions from now on."""
        milliseconds = max(1, int(seconds * 1000))
        self._limit = f"; SELECT set_config('statement_timeout', '{milliseconds}', true)"

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
    ) -> None:
        """Send a statement whose parameters are an organisation and whole columns, as they are.

        Django's own cursor writes parameters into the text of the statement, where bytes double.
        """
        self.ensure_connection()
        with self.wrap_database_errors, Cursor(self.connection) as cursor:
            cursor.execute(statement.replace("%s", "%b"), [organisation, *columns])
