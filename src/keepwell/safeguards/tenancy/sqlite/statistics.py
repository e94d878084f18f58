"""What SQLite must know of its tables to find by the index that leaves least.

Without counts it takes any index that also sorts: a person looked for by telephone number, newest
first, was found by reading all persons. PostgreSQL counts by itself (autovacuum).
"""

from django.db import connections, transaction

# Rows looked at in each index: a few milliseconds, whatever the table holds.
_ROWS = 1000


def count_tables(alias: str) -> None:
    """Count what the store's tables hold, roughly; open connections use it from their next query.

    Elsewhere than on SQLite there is nothing to do. Raises OperationalError when somebody else
    writes for longer than the store waits.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {_ROWS}")
        cursor.execute("ANALYZE")
        # Connections read counts with the schema, and the schema when it changed.
        cursor.execute("CREATE VIEW keepwell_counted AS SELECT 1")
        cursor.execute("DROP VIEW keepwell_counted")
