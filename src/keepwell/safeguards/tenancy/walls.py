"""Raise the second wall, PostgreSQL's row-level security, and grant the application its rights.

Called by whoever migrates, as the owner of the tables, after each migration of a store. Every
table with a column `organisation_id` is walled, whichever app made it: nobody has to remember. A
table migrated without this call grants the application nothing: forgetting it fails closed.

An app that needs other rights than its store's says so in `rights` of its AppConfig: statements by
store. Neither role may be superuser, owner or BYPASSRLS, nor be able to become or to make one that
is, nor read or write past the tables' rights: `findings` tells.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

APPLICATION_ROLE = "keepwell_app"
SEQUENCER_ROLE = "keepwell_sequencer"  # adds to the trail, and has rights nowhere else
ROLES = {
    "default": (APPLICATION_ROLE,),
    "keys": (APPLICATION_ROLE,),
    "trail": (APPLICATION_ROLE, SEQUENCER_ROLE),
}
OWN_TABLE = "tenancy.Organisation"
POLICY = "organisation_wall"
GRANTS = {
    "default": "SELECT, INSERT, UPDATE, DELETE",
    "keys": "SELECT, INSERT, UPDATE, DELETE",
    "trail": "SELECT",  # who may add to it: audit.trail.rights
}
# Outside every wall the setting is empty or was never made: NULL, equal to nothing, shows no row.
CURRENT = "nullif(current_setting('keepwell.organisation', true), '')::uuid"
OWNS_TABLES = """
SELECT EXISTS (
  SELECT FROM pg_tables t WHERE t.schemaname = 'public' AND pg_has_role(t.tableowner, 'MEMBER'))
"""
# Every role that this connection is or can become, if it can do what no wall holds. A superuser
# can become all of them, and is told that alone.
LOOSE_ROLES = """
SELECT r.rolname, r.rolname = current_user, r.rolsuper, r.rolbypassrls, r.rolreplication,
  r.rolcreaterole, r.rolname = ANY (%s)
FROM pg_roles r
WHERE pg_has_role(r.oid, 'MEMBER') AND (r.rolname = current_user OR NOT (
  SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
ORDER BY r.rolname <> current_user, r.rolname
"""
ABILITIES = (
    "is a superuser",
    "may bypass row-level security",
    "may copy every row by replication",
    "may make roles",
)
WITHOUT = "NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEROLE NOCREATEDB"
# Roles that PostgreSQL comes with: past every right on a table, or past the database altogether.
PASSING_ROLES = (
    "pg_create_subscription",  # 16 and later: takes rows from elsewhere
    "pg_execute_server_program",
    "pg_read_all_data",
    "pg_read_server_files",
    "pg_write_all_data",
    "pg_write_server_files",
)
OPEN_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.oid = ANY (%s::regclass[]) AND (
  NOT c.relrowsecurity OR NOT c.relforcerowsecurity OR NOT EXISTS (
    SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polqual IS NOT NULL
      AND p.polwithcheck IS NOT NULL))
"""
WALLED_COLUMNS = """
SELECT c.relname, CASE a.attname WHEN 'id' THEN 'id' ELSE 'organisation_id' END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p')
  AND (a.attname = 'organisation_id' OR (c.relname = 'tenancy_organisation' AND a.attname = 'id'))
ORDER BY c.relname
"""
# The ids alone of all organisations, for sweeps that then go through each wall in turn. It runs
# with its owner's rights: it and its like are the openings that the application's role has.
LIST_ORGANISATIONS = """
CREATE OR REPLACE FUNCTION tenancy_organisation_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT id FROM public.tenancy_organisation ORDER BY id'
"""
# The same for the keystore: a new root key must reach every organisation's keys.
LIST_KEEPERS = """
CREATE OR REPLACE FUNCTION keystore_organisation_ids() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'SELECT DISTINCT organisation_id FROM public.keystore_organisationkey ORDER BY 1'
"""
LISTS = {
    "default": ("tenancy_organisation_ids", LIST_ORGANISATIONS),
    "keys": ("keystore_organisation_ids", LIST_KEEPERS),
}


def build_walls(using: str) -> None:
    """Wall every table of this store and grant the application's role its rights; repeatable."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for statement in _statements(using, _walled(connection)):
            cursor.execute(statement)


def planned(using: str) -> Iterator[str]:
    """Yield what `build_walls` will do to this version's tables, without looking at a store."""
    models = [one for one in apps.get_models() if router.allow_migrate_model(using, one)]
    walled = [
        (one._meta.db_table, "organisation_id")
        for one in models
        if any(field.column == "organisation_id" for field in one._meta.concrete_fields)
    ]
    own = [(one._meta.db_table, "id") for one in models if one._meta.label == OWN_TABLE]
    return _statements(using, sorted(walled + own))


def findings(using: str) -> list[str]:
    """Say in sentences what is wrong with this store's wall, as this connection sees it."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        loose = list(_loose(cursor))
        cursor.execute(OPEN_TABLES, [[f'"{table}"' for table, _ in _walled(connection)]])
        open_tables = [str(table) for (table,) in cursor.fetchall()]
    return [*loose, *(f"Table {table} has no wall." for table in open_tables)]


def _loose(cursor: CursorWrapper) -> Iterator[str]:
    """Yield a sentence for each thing that this connection's role is able to do and must not."""
    cursor.execute(LOOSE_ROLES, [list(PASSING_ROLES)])
    own = ""
    for name, is_own, *able, is_passing in cursor.fetchall():
        words = [word for word, is_so in zip(ABILITIES, able, strict=True) if is_so]
        own = str(name) if is_own else own
        if is_own:
            yield from (f"The role that this process uses {word}." for word in words)
            if words:
                yield f"As a superuser: ALTER ROLE {own} {WITHOUT}."
        elif words or is_passing:
            why = f", which {words[0]}" if words else ""
            yield (
                f"The role that this process uses is a member of {name}{why}. "
                f"As a superuser: REVOKE {name} FROM {own}."
            )
    cursor.execute(OWNS_TABLES)
    if cursor.fetchone() != (False,):
        yield "The role that this process uses owns tables."


def _walled(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(WALLED_COLUMNS)
        return [(str(table), str(column)) for table, column in cursor.fetchall()]


def _statements(using: str, walled: list[tuple[str, str]]) -> Iterator[str]:
    for table, column in walled:
        yield from _wall(f'"{table}"', column)
    yield from _rights(using)
    if using in LISTS:
        name, definition = LISTS[using]
        yield definition
        yield f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {name}() TO {APPLICATION_ROLE}"


def _wall(table: str, column: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS {POLICY} ON {table}"
    yield (
        f"CREATE POLICY {POLICY} ON {table} "
        f"USING ({column} = {CURRENT}) WITH CHECK ({column} = {CURRENT})"
    )


def _rights(using: str) -> Iterator[str]:
    everybody = ", ".join(ROLES[using])
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {everybody}"
    yield f"GRANT USAGE ON SCHEMA public TO {everybody}"
    yield f"GRANT {GRANTS[using]} ON ALL TABLES IN SCHEMA public TO {everybody}"
    if using != "trail":
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everybody}"
        yield f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {everybody}"
    for app in apps.get_app_configs():
        yield from getattr(app, "rights", {}).get(using, ())
