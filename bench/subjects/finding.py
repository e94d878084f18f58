"""Equality among sealed names by their blind index, and among clear names by an ordinary one.

    python -m bench.subjects.finding ROWS

At SQL level: what the index probe costs, without Django's models around it.
"""

import sys
import time
from typing import Any

from bench.subjects import installation
from bench.subjects.loop import each, serve

FILL = {
    "sqlite": """
        INSERT INTO charts_foundchart (id, organisation_id, key_id, entry_id, name, name_token)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
        SELECT lower(hex(randomblob(16))), organisation_id, key_id, entry_id, name, random()
        FROM numbers, charts_foundchart""",
    "postgresql": """
        INSERT INTO charts_foundchart (id, organisation_id, key_id, entry_id, name, name_token)
        SELECT gen_random_uuid(), organisation_id, key_id, entry_id, name,
               (random() * 9e18)::bigint
        FROM generate_series(1, %s), charts_foundchart""",
}


STATISTICS = (
    "SELECT count(*) FROM pg_stat_user_tables WHERE relname = %s AND last_autoanalyze IS NOT NULL"
)
PATIENCE_SECONDS = 180


def wait_for_statistics(table: str) -> None:
    """Wait until the server itself has looked at a table, as it does within a minute."""
    from django.db import connection

    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(STATISTICS, [table])
            if cursor.fetchone() == (1,):
                return
        time.sleep(1)
    raise TimeoutError("The server did not look at the table.")


def main() -> None:
    """Fill the table by copying one row's ciphertext under other ids, then look up."""
    viewer = installation.begin()
    from django.db import connection

    from bench.charts.models import FoundChart
    from keepwell.safeguards.records.actions import keep
    from keepwell.safeguards.records.search import equal
    from keepwell.safeguards.tenancy import wall

    with wall.writing(viewer.organisation):
        row = FoundChart(organisation_id=viewer.organisation, name="Pat Example")
        keep(viewer, row, "bench:charts:create")
    with wall.writing(viewer.organisation), connection.cursor() as cursor:
        cursor.execute(FILL[connection.vendor], [int(sys.argv[1])])
    if connection.vendor == "postgresql":
        wait_for_statistics("charts_foundchart")
    with wall.reading(viewer.organisation):
        query, parameters = (
            equal(FoundChart, "name", "pat EXAMPLE").values("id").query.sql_with_params()
        )

    def probe(count: int) -> dict[str, Any]:
        with wall.reading(viewer.organisation), connection.cursor() as cursor:

            def once(_number: int) -> None:
                cursor.execute(query, parameters)
                assert len(cursor.fetchall()) == 1

            return each(once, count)

    def once(_number: int) -> None:
        assert equal(FoundChart, "name", "pat EXAMPLE").count() == 1

    def find(count: int) -> dict[str, Any]:
        with wall.reading(viewer.organisation):
            return each(once, count)

    serve({"probe": probe, "find": find})


if __name__ == "__main__":
    main()
