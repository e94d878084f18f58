"""A transaction begins with the organisation of its wall, in one message to the server.

Django calls `_start_transaction_under_autocommit` where a backend has it; psycopg's connection stays
in autocommit, so BEGIN is ours to send. `set_config(..., true)` ends with the transaction: a pooled
server connection cannot carry one organisation's wall to another client (design.md, invariant 4).
"""

from django.db.backends.postgresql import base as postgres

from keepwell.safeguards.tenancy.wall import current_organisation, set_wall_statement


class DatabaseWrapper(postgres.DatabaseWrapper):
    """PostgreSQL whose transactions know the organisation they work for."""

    def _start_transaction_under_autocommit(self) -> None:
        with self.wrap_database_errors:
            self.connection.execute(f"BEGIN; {set_wall_statement(current_organisation())}")
