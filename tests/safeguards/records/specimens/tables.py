"""The specimens' table, made by the owner of the tables and walled like every other."""

from django.db import connections
from psycopg import sql

from keepwell.safeguards.tenancy import walls
from tests.safeguards.records.specimens.models import Specimen
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

TABLE = Specimen._meta.db_table


def make_table(stores: Stores) -> None:
    """Make the table unless a test before this one has."""
    connection = connections["default"]
    if TABLE in connection.introspection.table_names():
        return
    if isinstance(stores, ScaleStores):
        _make_as_owner(stores)
        return
    with connection.schema_editor() as editor:
        editor.create_model(Specimen)


def _make_as_owner(stores: ScaleStores) -> None:
    connection = connections["default"]
    with connection.schema_editor(collect_sql=True) as editor:
        editor.create_model(Specimen)
        statements = [*editor.collected_sql, *map(str, editor.deferred_sql)]
    with stores.superuser(f"data_{stores.worker}") as owner:
        owner.execute("SET ROLE keepwell_owner")
        for statement in dict.fromkeys(statements):
            owner.execute(sql.SQL(statement))
        for statement in walls._statements("default", [(TABLE, "organisation_id")]):
            owner.execute(sql.SQL(statement))
