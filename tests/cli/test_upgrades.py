"""Whoever brings stores that are in use to another version says why, and every trail tells it."""

import getpass
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keepwell.toolkit.identifiers import uuid7
from tests.cli.test_keys import last_entries
from tests.serving import installation, keepwell_as_me

NEWEST = "0003_shared_part_of_the_trail"  # of the office; what an installation of before has not
BACK = ("DROP TABLE office_sharedextract", f"DELETE FROM django_migrations WHERE name = '{NEWEST}'")


def older(home: Path) -> Path:
    """Take an installation back to the tables of before."""
    with closing(sqlite3.connect(home / "data.sqlite3")) as data, data:
        for statement in BACK:
            assert data.execute(statement)
    return home


def applied(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "data.sqlite3")) as data:
        asked = "SELECT name FROM django_migrations WHERE app = 'office' ORDER BY name"
        return [name for (name,) in data.execute(asked)]


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """Give an installation in which two clinics work, with the tables of before."""
    home = tmp_path / "home"
    assert keepwell_as_me(home, "demo", "--no-serve", KEEPWELL_PORT="8443").returncode == 0
    return older(home)


def test_an_upgrade_needs_a_reason_and_is_on_every_trail(used: Path) -> None:
    refused = keepwell_as_me(used, "init")
    assert refused.returncode == 2
    assert "Type: keepwell init --reason 'why'" in refused.stderr
    assert NEWEST not in applied(used)
    done = keepwell_as_me(used, "init", "--reason", "Sharing of the trail")
    assert done.returncode == 0, done.stderr
    assert NEWEST in applied(used)
    account = getpass.getuser()
    expected = f"office:installation:upgrade console {account} {{'version': '0.1.0'}} "
    assert last_entries(used)[0] == f"{expected}Sharing of the trail"


def test_an_upgrade_that_was_interrupted_is_told_by_the_next_run(used: Path) -> None:
    said = {"id": str(uuid7()), "reason": "Cut short", "account": "ops", "version": "0.1.0"}
    assert keepwell_as_me(used, "init", "--reason", "Not yet").returncode == 0
    (used / "upgrade.json").write_text(json.dumps([said]))  # as it is left between the two
    done = keepwell_as_me(used, "init")
    assert done.returncode == 0, done.stderr
    assert not (used / "upgrade.json").exists()
    assert last_entries(used)[0].endswith("console ops {'version': '0.1.0'} Cut short")
    (used / "upgrade.json").write_text(json.dumps([said]))  # killed before it took this away
    assert keepwell_as_me(used, "init").returncode == 0
    told = [line for line in last_entries(used) if line.endswith("Cut short")]
    assert len(told) == 1


def test_what_an_interrupted_attempt_said_is_not_lost_by_the_next(used: Path) -> None:
    said = {"id": str(uuid7()), "reason": "Cut short", "account": "ops", "version": "0.1.0"}
    (used / "upgrade.json").write_text(json.dumps([said]))  # and the tables are older still
    assert keepwell_as_me(used, "init").returncode == 2
    assert keepwell_as_me(used, "init", "--reason", "Once more").returncode == 0
    newest, before, *_rest = last_entries(used)
    assert newest.endswith("Once more")
    assert before.endswith("console ops {'version': '0.1.0'} Cut short")
    assert not (used / "upgrade.json").exists()


def test_a_demonstration_leaves_an_older_installation_alone(used: Path) -> None:
    (used / "demo.json").unlink()
    done = keepwell_as_me(used, "demo", "--no-serve", KEEPWELL_PORT="8443")
    assert done.returncode == 1
    assert "no demonstration. Nothing was changed" in done.stderr
    assert NEWEST not in applied(used)


def test_what_changes_no_table_needs_none(used: Path) -> None:
    assert keepwell_as_me(used, "init", "--reason", "Once").returncode == 0
    again = keepwell_as_me(used, "init")
    assert again.returncode == 0, again.stderr
    told = [line for line in last_entries(used) if "installation:upgrade" in line]
    assert [line.rpartition(" ")[2] for line in told] == ["Once"]


def test_a_first_start_needs_none_also_after_it_was_interrupted(tmp_path: Path) -> None:
    home = older(installation(tmp_path / "home"))
    (home / "root.key").unlink()  # the last thing that is made
    done = keepwell_as_me(home, "init")
    assert "say why" not in done.stderr
    assert NEWEST in applied(home)
