"""`keepwell keys`: status, rotate, rewrap, escrow and certificate on a real installation."""

import getpass
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.serving import COMMAND, WHY, environment, installation, keepwell

CLINIC = "Riverside Clinic"


def status(home: Path) -> Any:
    done = keepwell(home, "keys", "status", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def clinic(home: Path) -> Any:
    return next(one for one in status(home)["organisations"] if one["name"] == CLINIC)


def run(home: Path, *arguments: str) -> str:
    """Run a command, with a reason where it asks for one and none is given."""
    acts = arguments[0] in ("rotate", "rewrap", "reindex", "escrow")
    reason = WHY if acts and "--reason" not in arguments else ()
    done = keepwell(home, "keys", *arguments, *reason)
    assert done.returncode == 0, done.stderr
    return done.stdout


def typed(home: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that asks, and answer."""
    return subprocess.run(
        [str(COMMAND), "keys", *arguments, *WHY],
        env=environment(home),
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


SHOW_LAST = """
import django; django.setup()
from keepwell.cli import organisations
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import queries, writer
named = organisations.meant("Riverside Clinic")
viewer = viewers.console(named.id, account="tests")
page = queries.page_of_entries(viewer, limit=10)
writer.stop()
for entry in page.entries:
    said = entry.payload
    print(entry.kind, said.viewer_kind, said.account, dict(said.detail), said.reason)
"""


def last_entries(home: Path) -> list[str]:
    """Return the clinic's newest entries in words, newest first."""
    done = subprocess.run(
        [str(COMMAND.parent / "python"), "-c", SHOW_LAST],
        env=environment(home) | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


def test_status_says_how_keys_stand(home: Path) -> None:
    found = status(home)
    assert found["root"]["finding"] == ""
    assert not found["root"]["rotating"]
    ours = clinic(home)
    assert (ours["newest"], ours["waiting"]) == (1, 0)
    assert 0 < ours["spare"] < ours["wrapped"]["1"]
    said = run(home, "status")
    assert found["root"]["fingerprint"] in said
    assert f"version 1: {ours['wrapped']['1']} data keys" in said


def test_status_fails_and_says_why_without_the_root_key(home: Path) -> None:
    kept = (home / "root.key").rename(home / "root.kept")
    done = keepwell(home, "keys", "status", "--json")
    kept.rename(home / "root.key")
    assert done.returncode == 1
    assert json.loads(done.stdout)["root"]["finding"] == "root_key_missing"


def test_rotate_then_rewrap_moves_every_key_and_says_who_did(home: Path) -> None:
    whole = clinic(home)["wrapped"]["1"]
    assert "version 2 of its key" in run(home, "rotate", "--organisation", CLINIC)
    assert clinic(home)["waiting"] == whole
    said = run(home, "rewrap")
    assert f"{CLINIC}: {whole} keys moved to version 2" in said
    assert "The installation itself: " in said
    assert clinic(home)["wrapped"] == {"2": whole}
    entries = [line for line in last_entries(home) if "installation" not in line]
    account = getpass.getuser()
    detail = {"keys": str(whole), "retired": "1", "version": "2"}
    assert entries[0] == f"vault:rewrap:end console {account} {detail} {WHY[1]}"
    assert entries[1] == (f"vault:rewrap:begin console {account} {{'waiting': '{whole}'}} {WHY[1]}")
    assert entries[2] == f"vault:organisation:rotate console {account} {{'before': '1'}} {WHY[1]}"
    assert keepwell(home, "verify").returncode == 0


def test_a_reason_stands_on_the_trail_beside_who_did_it(home: Path, tmp_path: Path) -> None:
    acts = (("rotate",), ("rewrap",), ("reindex",), ("escrow", "--yes"))
    for act in acts:
        run(home, *act, "--reason", f"why {act[0]}")
    out, account = tmp_path / "lines.csv", getpass.getuser()
    asked = ("trail", "export", "--organisation", CLINIC, "--out", str(out), "--format", "csv")
    assert keepwell(home, *asked, "--reason", "why export").returncode == 0
    told = [line for line in last_entries(home) if f" console {account} " in line]
    for name in ("rotate", "rewrap", "reindex", "escrow", "export"):
        assert any(line.endswith(f" why {name}") for line in told), name


def test_a_new_root_key_is_printed_and_takes_over_once_confirmed(home: Path) -> None:
    before = status(home)["root"]["fingerprint"]
    old = (home / "root.key").read_text()
    asked = typed(home, "no\n", "rotate", "--root")
    assert asked.returncode == 1
    assert "Run the command again" in asked.stderr
    text = (home / "root.next.key").read_text()
    assert text in asked.stdout
    assert status(home)["root"]["rotating"]
    done = typed(home, "yes\n", "rotate", "--root")
    assert done.returncode == 0, done.stderr
    assert text in done.stdout
    assert (home / "root.key").read_text() == text != old
    assert not (home / "root.next.key").exists()
    assert not (home / "root.old.key").exists()
    found = status(home)["root"]
    assert found["fingerprint"] != before
    assert not found["rotating"]
    ended, *others = last_entries(home)
    assert ended.startswith(f"vault:root:end console {getpass.getuser()} ")
    assert before in others[0]
    assert keepwell(home, "doctor").returncode == 0


def test_the_root_key_is_printed_again_after_asking_and_on_the_trail(home: Path) -> None:
    text = (home / "root.key").read_text()
    refused = typed(home, "\n", "escrow")
    assert refused.returncode == 1
    assert text not in refused.stdout
    assert not last_entries(home)[0].startswith("vault:root:print")
    printed = typed(home, "print\n", "escrow")
    assert text in printed.stdout
    assert last_entries(home)[0].startswith(f"vault:root:print console {getpass.getuser()} ")
    assert text in run(home, "escrow", "--yes")


ERASE = """
import django; django.setup()
from keepwell.cli import organisations
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.persons import actions, queries
named = organisations.meant("Riverside Clinic")
viewer = viewers.console(named.id, account="tests")
person = queries.persons_of(viewer)[0].pk
actions.erase_person(viewer, person=person, reason="asked for it")
writer.stop()
print(person)
"""


def test_the_certificate_of_an_erasure_is_printed(home: Path) -> None:
    erased = subprocess.run(
        [str(COMMAND.parent / "python"), "-c", ERASE],
        env=environment(home) | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    person = erased.stdout.strip()
    said = run(home, "certificate", "--person", person)
    assert f"Person         {person}" in said
    assert "checked just now" in said
    found = json.loads(run(home, "certificate", "--person", person, "--json"))
    assert found["format"] == "keepwell certificate of erasure 1"
    assert found["keys_destroyed"] >= found["erased"][0]["count"] > 0
    assert any("vault:certificate:print" in line for line in last_entries(home))


@pytest.mark.parametrize(
    ("person", "status_code", "sentence"),
    [
        ("00000000-0000-0000-0000-000000000001", 1, "No erasure"),
        ("nonsense", 2, "is no id"),
    ],
)
def test_a_person_who_was_not_erased_has_no_certificate(
    home: Path, person: str, status_code: int, sentence: str
) -> None:
    done = keepwell(home, "keys", "certificate", "--person", person)
    assert done.returncode == status_code
    assert sentence in done.stderr


def test_without_an_organisation_there_is_nothing_to_do(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    assert "no organisation yet" in run(home, "rotate")
    assert run(home, "rotate", "--root", "--yes").endswith("The old file is removed.\n")
    assert keepwell(home, "doctor").returncode == 0
