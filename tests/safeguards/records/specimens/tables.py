"""Tables of models that only tests have, made by the owner of the tables and walled like others."""

from django.apps import apps
from django.db import connections, models
from psycopg import sql

from keepwell.safeguards.tenancy import walls
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

Models = list[type[models.Model]]


def make_tables(stores: Stores, label: str) -> None:
    """Make the tables of an app unless a test before this one has."""
    connection = connections["default"]
    there = set(connection.introspection.table_names())
    missing = [
        model
        for model in apps.get_app_config(label).get_models()
        if model._meta.db_table not in there
    ]
    if isinstance(stores, ScaleStores):
        _make_as_owner(stores, missing)
        return
    with connection.schema_editor() as editor:
        for model in missing:
            editor.create_model(model)


def _make_as_owner(stores: ScaleStores, missing: Models) -> None:
    connection = connections["default"]
    with connection.schema_editor(collect_sql=True) as editor:
        for model in missing:
            editor.create_model(model)
        statements = [*editor.collected_sql, *map(str, editor.deferred_sql)]
    tables = [(model._meta.db_table, "organisation_id") for model in missing]
    with stores.superuser(f"data_{stores.worker}") as owner:
        owner.execute("SET ROLE keepwell_owner")
        for statement in dict.fromkeys(statements):
            owner.execute(sql.SQL(statement))
        if tables:
            for statement in walls._statements("default", tables):
                owner.execute(sql.SQL(statement))
