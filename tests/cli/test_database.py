"""`keepwell database setup`: everything that PostgreSQL needs, made by an owner, and made once."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.cli.test_upgrades import BACK
from tests.serving import WHY, keepwell_as_me
from tests.stores.server import PostgresServer

pytestmark = pytest.mark.scale
STORES = {"DATA": "clinic_data", "TRAIL": "clinic_trail", "KEYS": "clinic_keys"}
SECRET = "very-secret"
LOG_TABLES = ("trail_log", "trail_entry", "trail_tile", "trail_checkpoint", "trail_mention")


@dataclass(frozen=True)
class Clinic:
    """A server with an owner's role and nothing else."""

    server: PostgresServer
    home: Path

    def url(self, role: str, database: str) -> str:
        host = quote(str(self.server.sockets), safe="")
        return f"postgresql://{role}:{SECRET}@{host}:5432/{database}"

    @property
    def owner(self) -> str:
        return self.url("clinic_owner", "postgres")

    def settings(self) -> dict[str, str]:
        found = {
            f"KEEPWELL_{store}_DB": self.url("keepwell_app", name) for store, name in STORES.items()
        }
        sequencer = self.url("keepwell_sequencer", STORES["TRAIL"])
        return found | {"KEEPWELL_SEQUENCER_DB": sequencer}

    def setup(self, *arguments: str, **changed: str) -> Any:
        settings = self.settings() | changed
        named = ("--owner-url", self.owner, *arguments)
        return keepwell_as_me(self.home, "database", "setup", *named, **settings)

    @contextmanager
    def connected(self, role: str, database: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url(role, database), autocommit=True) as connection:
            yield connection

    def superuser(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.server.sockets), dbname="postgres", user="postgres", autocommit=True
        )

    def rows(self, database: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.connected("clinic_owner", database) as connection:
            return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Start a server of its own: roles belong to a whole server, not to a database."""
    folder = Path(tempfile.mkdtemp(prefix="kw-setup-", dir="/tmp"))
    folder.chmod(0o711)
    server = PostgresServer(folder / "pg")
    try:
        server.start()
        with psycopg.connect(
            host=str(server.sockets), dbname="postgres", user="postgres", autocommit=True
        ) as superuser:
            superuser.execute("CREATE ROLE clinic_owner LOGIN CREATEDB CREATEROLE BYPASSRLS")
        home = tmp_path_factory.mktemp("clinic") / "home"
        home.mkdir(mode=0o700)
        yield Clinic(server, home)
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(clinic: Clinic) -> Clinic:
    """Set everything up once."""
    done = clinic.setup()
    assert done.returncode == 0, done.stderr
    for said in ("Role keepwell_app: made.", "Role keepwell_sequencer: made.", "clinic_keys: made"):
        assert said in done.stdout
    assert SECRET not in done.stdout + done.stderr
    return clinic


def test_statements_are_printed_and_nothing_is_done(clinic: Clinic) -> None:
    done = clinic.setup("--print-sql")
    assert done.returncode == 0, done.stderr
    for said in (
        'CREATE ROLE "keepwell_sequencer" LOGIN',
        "GRANT INSERT ON trail_inbox TO keepwell_app",
        'ALTER TABLE "trail_entry" FORCE ROW LEVEL SECURITY',
        "CREATE OR REPLACE FUNCTION trail_drop_payloads",
    ):
        assert said in done.stdout, said
    assert SECRET not in done.stdout


def test_neither_role_may_pass_a_wall(made: Clinic) -> None:
    roles = made.rows(
        "postgres",
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb "
        "FROM pg_roles WHERE rolname LIKE 'keepwell%%' ORDER BY 1",
    )
    assert roles == [("keepwell_app", True, False), ("keepwell_sequencer", True, False)]
    for database in STORES.values():
        owned = made.rows(
            database,
            "SELECT relname FROM pg_class WHERE pg_has_role('keepwell_app', relowner, 'MEMBER') "
            "OR pg_has_role('keepwell_sequencer', relowner, 'MEMBER')",
        )
        assert owned == []


def test_every_table_with_an_organisation_is_walled(made: Clinic) -> None:
    for database in STORES.values():
        open_tables = made.rows(
            database,
            "SELECT relname FROM pg_class c JOIN information_schema.columns i "
            "ON i.table_name = c.relname AND i.column_name = 'organisation_id' "
            "WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)",
        )
        assert open_tables == []


def test_rights_in_the_trail_are_these_and_no_others(made: Clinic) -> None:
    granted = made.rows(
        STORES["TRAIL"],
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee IN ('keepwell_app', 'keepwell_sequencer', 'PUBLIC') "
        "AND table_name LIKE 'trail%%'",
    )
    expected = {("keepwell_app", "trail_inbox", "INSERT")}
    expected |= {("keepwell_sequencer", "trail_inbox", right) for right in ("SELECT", "DELETE")}
    for table in LOG_TABLES:
        expected.add(("keepwell_app", table, "SELECT"))
        expected |= {("keepwell_sequencer", table, right) for right in ("SELECT", "INSERT")}
    assert set(granted) == expected


def test_the_sequencer_enters_no_other_database(made: Clinic) -> None:
    for database in (STORES["DATA"], STORES["KEYS"]):
        with (
            pytest.raises(psycopg.OperationalError, match="permission denied"),
            made.connected("keepwell_sequencer", database),
        ):
            pytest.fail("entered")


def test_doing_it_again_changes_nothing(made: Clinic) -> None:
    looks = (
        "SELECT relname, relacl::text FROM pg_class ORDER BY 1, 2",
        "SELECT polname, polrelid::regclass::text FROM pg_policy ORDER BY 1, 2",
        "SELECT proname, proacl::text FROM pg_proc WHERE proname LIKE 'trail%%' ORDER BY 1",
    )
    before = [made.rows(database, look) for database in STORES.values() for look in looks]
    again = made.setup()
    assert again.returncode == 0, again.stderr
    assert "Role keepwell_app: is there." in again.stdout
    assert before == [made.rows(database, look) for database in STORES.values() for look in looks]


def test_what_was_set_up_serves(made: Clinic) -> None:
    owner = ("--owner-url", made.owner)
    done = keepwell_as_me(made.home, "init", *owner, **made.settings())
    assert done.returncode == 0, done.stderr
    well = keepwell_as_me(made.home, "doctor", **made.settings())
    assert well.returncode == 0, well.stdout


def test_tables_of_an_earlier_version_are_left_to_init_which_asks_why(made: Clinic) -> None:
    owner = ("--owner-url", made.owner)
    assert keepwell_as_me(made.home, "init", *owner, **made.settings()).returncode == 0
    with made.connected("clinic_owner", STORES["DATA"]) as data:
        for statement in BACK:
            data.execute(statement)
    left = made.setup()
    assert left.returncode == 0, left.stderr
    assert "Tables: of an earlier version. Next: keepwell init" in left.stdout
    refused = keepwell_as_me(made.home, "init", *owner, **made.settings())
    assert refused.returncode == 2
    assert "Type: keepwell init --reason 'why'" in refused.stderr
    done = keepwell_as_me(made.home, "init", *owner, *WHY, **made.settings())
    assert done.returncode == 0, done.stderr
    assert "Ready. Next" in made.setup().stdout


def test_a_role_that_may_too_much_is_refused(made: Clinic) -> None:
    with made.connected("clinic_owner", "postgres") as owner:
        owner.execute("ALTER ROLE keepwell_app CREATEDB")
        try:
            done = made.setup()
        finally:
            owner.execute("ALTER ROLE keepwell_app NOCREATEDB")
    assert done.returncode == 1
    assert "ALTER ROLE keepwell_app NOSUPERUSER" in done.stderr


LOOSENED = {
    "ALTER ROLE keepwell_app REPLICATION": "may copy every row by replication",
    "GRANT pg_write_all_data TO keepwell_app": "REVOKE pg_write_all_data FROM keepwell_app",
    "GRANT pg_read_all_data TO keepwell_app": "REVOKE pg_read_all_data FROM keepwell_app",
    "CREATE ROLE lender BYPASSRLS": "member of lender, which may bypass row-level security",
    "GRANT lender TO keepwell_app": "REVOKE lender FROM keepwell_app",
    "CREATE ROLE porter": "",
    "GRANT pg_execute_server_program TO porter": "member of pg_execute_server_program",
    "GRANT porter TO keepwell_app": "",
}
TIGHTENED = (
    "ALTER ROLE keepwell_app NOREPLICATION",
    "REVOKE pg_write_all_data, pg_read_all_data FROM keepwell_app",
    "DROP ROLE lender, porter",
)


def test_a_role_that_passes_the_wall_by_another_way_is_refused_with_the_remedy(
    made: Clinic,
) -> None:
    with made.superuser() as superuser:
        for statement in LOOSENED:
            superuser.execute(statement)
        try:
            ill = keepwell_as_me(made.home, "doctor", **made.settings())
            refused = keepwell_as_me(made.home, "verify", **made.settings())
            again = made.setup()
        finally:
            for statement in TIGHTENED:
                superuser.execute(statement)
    for said in filter(None, LOOSENED.values()):
        assert said in refused.stderr, said
    assert refused.returncode == 1
    assert ill.returncode == 1
    assert "WRONG  walls" in ill.stdout
    assert again.returncode == 1
    assert "NOREPLICATION" in again.stderr


def test_an_owner_who_may_too_little_is_told_what_is_lacking(made: Clinic) -> None:
    owner = ("--owner-url", made.url("keepwell_app", "postgres"))
    done = keepwell_as_me(made.home, "database", "setup", *owner, **made.settings())
    assert done.returncode == 1
    assert "lacks BYPASSRLS, CREATEROLE, CREATEDB" in done.stderr


def test_other_names_of_roles_are_refused(made: Clinic) -> None:
    done = made.setup(KEEPWELL_KEYS_DB=made.url("somebody", STORES["KEYS"]))
    assert done.returncode == 2
    assert "it must be keepwell_app" in done.stderr
