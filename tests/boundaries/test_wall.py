"""The wall between organisations, with the application's own filter in place and taken away."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from django.db import connection, connections, transaction
from django.db.utils import OperationalError, ProgrammingError

from keepwell.products.forms.models import Form
from keepwell.safeguards.tenancy import wall, walls
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.stores.embedded import EmbeddedStores
from tests.stores.scale import ScaleStores

if TYPE_CHECKING:
    import psycopg

ALIASES = ("default", "trail", "keys")
CURRENT_SETTING = "SELECT current_setting('keepwell.organisation', true)"


def a_form(organisation: Organisation, title: str) -> Form:
    return Form(
        organisation=organisation,
        title=title,
        working="{}",
        created=clock.now(),
        created_by=uuid7(),
    )


def keep_form(organisation: Organisation, title: str) -> Form:
    form = a_form(organisation, title)
    with wall.writing(organisation.id):
        form.save()
    return form


@pytest.fixture
def ours(organisation: Organisation) -> Form:
    return keep_form(organisation, "Ada's form")


@pytest.fixture
def theirs(other_organisation: Organisation) -> Form:
    return keep_form(other_organisation, "Cy's form")


def title_of(form: Form) -> str:
    with wall.reading(form.organisation_id):
        return str(Form.objects.get(id=form.id).title)


def rows(statement: str, using: str = "default") -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


# The application's own filter, on both engines.


def test_inside_a_wall_only_its_rows_are_found(ours: Form, theirs: Form) -> None:
    with wall.reading(ours.organisation_id):
        assert list(Form.objects.all()) == [ours]
    with wall.reading(theirs.organisation_id):
        assert list(Form.objects.all()) == [theirs]


def test_outside_every_wall_asking_for_rows_raises(ours: Form) -> None:
    with pytest.raises(wall.NoWall):
        Form.objects.count()


@pytest.mark.parametrize("enter", [wall.reading, wall.writing])
def test_work_for_one_organisation_cannot_begin_inside_work_for_another(
    ours: Form, theirs: Form, enter: Any
) -> None:
    with enter(ours.organisation_id):
        with pytest.raises(wall.WallCrossed), enter(theirs.organisation_id):
            pytest.fail("entered")
        assert wall.current_organisation() == ours.organisation_id


def test_a_wall_ends_with_its_block_even_when_the_block_fails(ours: Form) -> None:
    with pytest.raises(LookupError), wall.writing(ours.organisation_id):
        raise LookupError
    assert wall.current_organisation() is None


def test_writing_keeps_all_or_nothing(organisation: Organisation) -> None:
    with pytest.raises(LookupError), wall.writing(organisation.id):
        a_form(organisation, "Half a change").save()
        raise LookupError
    with wall.reading(organisation.id):
        assert not Form.objects.exists()


def test_writing_inside_writing_can_fail_alone(ours: Form) -> None:
    with wall.writing(ours.organisation_id):
        Form.objects.update(title="Outer")
        with pytest.raises(LookupError), wall.writing(ours.organisation_id):
            Form.objects.update(title="Inner")
            raise LookupError
    assert title_of(ours) == "Outer"


# SQLite: reading must not queue behind a writer, nor make others queue.


def other_writer(stores: EmbeddedStores) -> sqlite3.Connection:
    path = stores.home / "data.sqlite3"
    return sqlite3.connect(path, timeout=0, isolation_level=None)


@pytest.mark.embedded
def test_reading_takes_no_write_lock(stores: EmbeddedStores, ours: Form) -> None:
    with wall.reading(ours.organisation_id), closing(other_writer(stores)) as other:
        assert Form.objects.count() == 1
        other.execute("BEGIN IMMEDIATE")


@pytest.mark.embedded
def test_writing_takes_the_write_lock_at_its_beginning(stores: EmbeddedStores, ours: Form) -> None:
    with (
        wall.writing(ours.organisation_id),
        closing(other_writer(stores)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


# PostgreSQL: the second wall, with the application's filter taken away.


@pytest.mark.scale
@pytest.mark.parametrize("using", [*ALIASES, "sequencer"])
def test_the_role_of_the_tests_is_neither_superuser_nor_owner_nor_past_the_wall(
    stores: ScaleStores, using: str
) -> None:
    role = "FROM pg_roles WHERE rolname = current_user"
    assert rows(f"SELECT rolname, rolsuper, rolbypassrls {role}", using) == [
        ("keepwell_sequencer" if using == "sequencer" else "keepwell_app", False, False)
    ]
    owned = "SELECT relname FROM pg_class WHERE pg_has_role(relowner, 'MEMBER')"
    assert rows(owned, using) == []
    assert rows("SELECT datname FROM pg_database WHERE pg_has_role(datdba, 'MEMBER')", using) == []


@pytest.mark.scale
@pytest.mark.parametrize("using", ALIASES)
def test_every_table_with_an_organisation_is_walled(stores: ScaleStores, using: str) -> None:
    found = rows(
        """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND EXISTS (
          SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organisation_id')
        """,
        using,
    )
    assert found
    assert [table for table, is_walled in found if not is_walled] == []
    assert walls.findings(using) == []


@pytest.mark.scale
def test_a_table_that_nobody_walled_is_named(stores: ScaleStores) -> None:
    with stores.superuser(f"data_{stores.worker}") as superuser:
        superuser.execute("CREATE TABLE forgotten (organisation_id uuid)")
        try:
            assert walls.findings("default") == ["Table forgotten has no wall."]
        finally:
            superuser.execute("DROP TABLE forgotten")


@pytest.mark.scale
def test_without_the_filter_no_row_of_another_organisation_is_read(
    ours: Form, theirs: Form
) -> None:
    with wall.reading(ours.organisation_id):
        assert list(Form._base_manager.all()) == [ours]
        assert Form._base_manager.filter(organisation=theirs.organisation_id).count() == 0
        assert rows("SELECT title FROM forms_form") == [("Ada's form",)]
        assert [found.id for found in Organisation._base_manager.all()] == [ours.organisation_id]


@pytest.mark.scale
def test_without_the_filter_and_outside_every_wall_no_row_is_read(ours: Form) -> None:
    assert Form._base_manager.count() == 0
    assert Organisation._base_manager.count() == 0
    with transaction.atomic():
        assert Form._base_manager.count() == 0


@pytest.mark.scale
def test_no_row_can_be_made_for_another_organisation(
    ours: Form, other_organisation: Organisation
) -> None:
    smuggled = a_form(other_organisation, "Smuggled")
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        wall.writing(ours.organisation_id),
    ):
        smuggled.save()
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        wall.writing(ours.organisation_id),
    ):
        Form._base_manager.filter(id=ours.id).update(organisation=other_organisation)


@pytest.mark.scale
def test_no_row_of_another_organisation_can_be_changed_or_deleted(ours: Form, theirs: Form) -> None:
    with wall.writing(ours.organisation_id):
        assert Form._base_manager.filter(id=theirs.id).update(title="Taken") == 0
        assert Form._base_manager.filter(id=theirs.id).delete() == (0, {})
        assert Form._base_manager.filter(id=ours.id).update(title="Changed") == 1
    assert title_of(theirs) == "Cy's form"
    assert title_of(ours) == "Changed"


# PostgreSQL: how the wall's setting travels, and that it dies with its transaction.


@contextmanager
def wire() -> Iterator[list[str]]:
    """Collect the queries that this connection sends, as libpq traces its protocol messages."""
    connection.ensure_connection()
    connected = cast("psycopg.Connection[Any]", connection.connection)
    sent: list[str] = []
    with tempfile.TemporaryFile("w+") as file:
        connected.pgconn.trace(file.fileno())
        try:
            yield sent
        finally:
            connected.pgconn.untrace()
            file.seek(0)
            # Simple and extended protocol: Query and Parse carry a statement from frontend (F).
            parts = [line.rstrip().split("\t") for line in file if "\tF\t" in line]
            sent += [part[-1] for part in parts if part[3].startswith(("Query", "Parse"))]


@pytest.mark.scale
def test_the_setting_travels_with_begin_in_one_message(ours: Form) -> None:
    with wire() as sent, wall.writing(ours.organisation_id):
        pass
    assert len(sent) == 2
    assert "BEGIN;" in sent[0]
    assert f"set_config('keepwell.organisation', '{ours.organisation_id}', true)" in sent[0]
    assert "COMMIT" in sent[1]


@pytest.mark.scale
def test_a_reading_is_one_message_that_carries_the_setting(ours: Form) -> None:
    with wire() as sent, wall.reading(ours.organisation_id):
        assert list(Form.objects.values_list("pk", flat=True)) == [ours.pk]
        assert Form.objects.filter(pk=ours.pk).update(title=ours.title) == 1
    assert len(sent) == 2
    setting = f"set_config('keepwell.organisation', '{ours.organisation_id}', true)"
    assert all(setting in one for one in sent)
    assert "FROM" in sent[0]


@pytest.mark.scale
def test_the_setting_of_a_reading_is_gone_after_its_statement(ours: Form, theirs: Form) -> None:
    with wall.reading(ours.organisation_id):
        assert rows(CURRENT_SETTING) == [(str(ours.organisation_id),)]
    assert rows(CURRENT_SETTING) == [("",)]
    with wall.reading(theirs.organisation_id):
        assert rows("SELECT id FROM forms_form") == [(theirs.pk,)]
    assert rows("SELECT id FROM forms_form") == []


@pytest.mark.scale
def test_a_reading_goes_on_after_the_server_has_closed_the_connection(ours: Form) -> None:
    with wall.reading(ours.organisation_id):
        assert Form.objects.count() == 1
        with pytest.raises(OperationalError):
            rows("SELECT pg_terminate_backend(pg_backend_pid())")
        assert Form.objects.count() == 1


@pytest.mark.scale
def test_a_statement_that_changes_rows_is_not_sent_twice(ours: Form) -> None:
    sent: list[str] = []

    def note(execute: Any, sql: str, *more: Any) -> Any:
        sent.append(sql)
        return execute(sql, *more)

    ending = "UPDATE forms_form SET title = 'x' WHERE pg_terminate_backend(pg_backend_pid())"
    with (
        wall.reading(ours.organisation_id),
        connections["default"].execute_wrapper(note),
        pytest.raises(OperationalError),
    ):
        rows(ending)
    assert len(sent) == 1
    assert title_of(ours) == "Ada's form"


@pytest.mark.scale
def test_rows_read_in_chunks_are_those_behind_the_wall(ours: Form, theirs: Form) -> None:
    with wall.reading(ours.organisation_id):
        assert [one.pk for one in Form.objects.iterator(chunk_size=1)] == [ours.pk]
    with wall.writing(ours.organisation_id):
        assert [one.pk for one in Form.objects.iterator(chunk_size=1)] == [ours.pk]


@pytest.mark.scale
def test_a_wall_inside_the_same_wall_sends_nothing_to_read(ours: Form) -> None:
    with (
        wall.writing(ours.organisation_id),
        wire() as sent,
        wall.reading(ours.organisation_id),
    ):
        pass
    assert sent == []


@pytest.mark.scale
def test_the_setting_is_gone_after_commit_and_after_rollback(ours: Form) -> None:
    with wall.writing(ours.organisation_id):
        assert rows(CURRENT_SETTING) == [(str(ours.organisation_id),)]
    assert rows(CURRENT_SETTING) == [("",)]
    with pytest.raises(LookupError), wall.writing(ours.organisation_id):
        raise LookupError
    assert rows(CURRENT_SETTING) == [("",)]


@pytest.mark.scale
@pytest.mark.parametrize("enter", [wall.reading, wall.writing])
def test_a_wall_inside_an_open_transaction_ends_with_its_block(
    ours: Form, theirs: Form, enter: Any
) -> None:
    with transaction.atomic():
        with enter(ours.organisation_id):
            assert list(Form._base_manager.all()) == [ours]
        assert Form._base_manager.count() == 0
        with pytest.raises(LookupError), enter(ours.organisation_id):
            raise LookupError
        assert Form._base_manager.count() == 0
        with enter(theirs.organisation_id):
            assert list(Form._base_manager.all()) == [theirs]


@pytest.mark.scale
def test_a_wall_that_failed_in_the_database_leaves_the_outer_transaction_outside(
    ours: Form,
) -> None:
    with transaction.atomic():
        with pytest.raises(ProgrammingError), wall.writing(ours.organisation_id):
            rows("SELECT no_such_column FROM forms_form")
        assert Form._base_manager.count() == 0
        with wall.reading(ours.organisation_id):
            assert list(Form._base_manager.all()) == [ours]


@pytest.mark.scale
def test_a_dead_connection_is_replaced_by_one_with_the_right_wall(ours: Form, theirs: Form) -> None:
    with wall.reading(ours.organisation_id):
        cast("psycopg.Connection[Any]", connection.connection).close()
        assert Form._base_manager.get() == ours
    with pytest.raises(OperationalError), wall.writing(ours.organisation_id):
        cast("psycopg.Connection[Any]", connection.connection).close()
        Form.objects.count()
    connection.close()
    assert title_of(ours) == "Ada's form"


# PostgreSQL: rights.


def rights_on(table: str, using: str) -> set[str]:
    """Return what the role of a connection may do with a table of the trail."""
    return {
        right
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        if rows(f"SELECT has_table_privilege('{table}', '{right}')", using) == [(True,)]
    }


@pytest.mark.scale
def test_nobody_may_change_the_trail_and_only_the_sequencer_may_add_to_it(
    stores: ScaleStores,
) -> None:
    tables = [
        name
        for (name,) in rows("SELECT tablename FROM pg_tables", "trail")
        if name.startswith("trail_") and name != "trail_inbox"
    ]
    assert len(tables) == 5
    for table in tables:
        assert rights_on(table, "trail") == {"SELECT"}, table
        assert rights_on(table, "sequencer") == {"SELECT", "INSERT"}, table
    assert rights_on("trail_inbox", "trail") == {"INSERT"}
    assert rights_on("trail_inbox", "sequencer") == {"SELECT", "DELETE"}


@pytest.mark.scale
def test_the_application_may_not_touch_the_record_of_migrations(stores: ScaleStores) -> None:
    for using in ALIASES:
        with pytest.raises(ProgrammingError, match="permission denied"):
            rows("DELETE FROM django_migrations RETURNING id", using)


@pytest.mark.scale
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP POLICY organisation_wall ON forms_form",
        "ALTER TABLE forms_form DISABLE ROW LEVEL SECURITY",
    ],
)
def test_the_application_may_not_take_the_wall_down(stores: ScaleStores, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"denied|must be owner"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.scale
def test_raising_the_walls_again_changes_nothing(stores: ScaleStores) -> None:
    policies = "SELECT * FROM pg_policies ORDER BY 1, 2, 3"
    rights = "SELECT relname, relacl::text FROM pg_class ORDER BY 1, 2"
    before = [rows(statement, using) for using in ALIASES for statement in (policies, rights)]
    again = subprocess.run(
        [sys.executable, "-m", "tests.stores.migrated"],
        env=os.environ
        | stores.owner_environment()
        | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    after = [rows(statement, using) for using in ALIASES for statement in (policies, rights)]
    assert after == before


def test_sweeps_learn_the_ids_of_all_organisations_and_nothing_else(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    assert organisation_ids() == [organisation.id, other_organisation.id]
