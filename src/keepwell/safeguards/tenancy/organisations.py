"""Which organisations there are: their ids alone, for sweeps that then go through each wall."""

from uuid import UUID

from django.db import connections

# On PostgreSQL the table itself is walled; this function, made by `walls`, hands out ids only.
STATEMENTS = {
    "postgresql": "SELECT tenancy_organisation_ids()",
    "sqlite": "SELECT id FROM tenancy_organisation ORDER BY id",
}


def organisation_ids() -> list[UUID]:
    """Return the id of every organisation, oldest first."""
    connection = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[connection.vendor])
        return [UUID(str(found)) for (found,) in cursor.fetchall()]
