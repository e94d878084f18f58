"""A trail that was put back to an older state is not served until somebody declares why."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from keepwell.toolkit.identifiers import uuid7
from tests.agreeing import agree
from tests.serving import WHY, keepwell, serving

pytestmark = pytest.mark.embedded
PATIENCE_SECONDS = 60
CLINIC = ("--organisation", "Riverside Clinic")
WRITING: tuple[tuple[str, ...], ...] = (
    ("jobs", "run", "--until-idle"),
    ("jobs", "retry", "0193b5c7-8d21-7a40-9c41-77e0b1d25f6a", *WHY),
    ("keys", "rotate", *WHY),
    ("keys", "escrow", "--yes", *WHY),
    ("shell", *CLINIC),
    ("trail", "export", *CLINIC, "--out", "nowhere", *WHY),
    ("trail", "keep", *CLINIC, *WHY, "--years", "10"),
)


def wait_for_checkpoint(folder: Path, count: int = 2) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while len(list(folder.rglob("*.checkpoint"))) < count:  # two of the demonstration
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_trail_put_back_is_noticed_declared_and_goes_on(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "elsewhere"
    folder.mkdir()
    told = {"KEEPWELL_CHECKPOINTS": str(folder)}
    assert keepwell(home, "demo", "--no-serve", **told).returncode == 0
    shutil.copy(home / "trail.sqlite3", tmp_path / "backup")
    export = ("trail", "export", "--organisation", "Riverside Clinic", *WHY, "--out")
    assert keepwell(home, *export, str(tmp_path / "export"), **told).returncode == 0
    assert "nothing yet in" in keepwell(home, "trail", "status", **told).stdout
    with serving(home, **told):
        wait_for_checkpoint(folder)
    assert "kept elsewhere: " in keepwell(home, "trail", "status", **told).stdout
    early = keepwell(home, "trail", "restored", "--reason", "why not", **told)
    assert early.returncode == 1
    assert "nothing to declare" in early.stderr

    shutil.copy(tmp_path / "backup", home / "trail.sqlite3")
    refused = keepwell(home, "serve", **told)
    assert refused.returncode == 1
    assert "was put back to an older state" in refused.stderr
    assert "keepwell trail restored --reason" in refused.stderr
    found = keepwell(home, "verify", **told)
    assert found.returncode == 1
    assert "was put back to an older state" in found.stdout

    for command in WRITING:
        refused = keepwell(home, *command, **told)
        assert refused.returncode == 1, command
        assert "was put back to an older state" in refused.stderr, command
    for looking in (("jobs", "list"), ("trail", "status"), ("keys", "status")):
        assert keepwell(home, *looking, **told).returncode == 0, looking

    assert keepwell(home, "trail", "restored", "--reason", " ", **told).returncode == 2
    declared = keepwell(home, "trail", "restored", "--reason", "the disk died", **told)
    assert declared.returncode == 0, declared.stderr
    assert "Riverside Clinic: goes on from" in declared.stdout
    assert keepwell(home, "verify", **told).returncode == 0
    with serving(home, **told):
        pass


def test_data_put_back_alone_is_noticed_without_checkpoints_and_declared(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell(home, "demo", "--no-serve").returncode == 0
    shutil.copy(home / "data.sqlite3", tmp_path / "backup")
    keep = ("trail", "keep", *CLINIC, *WHY, "--years", "11")
    assert keepwell(home, *keep).returncode == 0
    assert keepwell(home, "verify").returncode == 0
    assert "remember the same" in keepwell(home, "doctor").stdout

    for leftover in home.glob("data.sqlite3-*"):
        leftover.unlink()
    shutil.copy(tmp_path / "backup", home / "data.sqlite3")
    refused = keepwell(home, "serve")
    assert refused.returncode == 1
    assert "The data was put back to an older state" in refused.stderr
    assert "1 change that is" in refused.stderr
    assert keepwell(home, *keep).returncode == 1
    for command in ("verify", "doctor"):
        found = keepwell(home, command)
        assert found.returncode == 1
        assert "The data was put back" in found.stdout

    declared = keepwell(home, "trail", "restored", "--reason", "the disk died")
    assert declared.returncode == 0, declared.stderr
    assert keepwell(home, "verify").returncode == 0
    with serving(home):
        pass


def test_an_emptied_folder_and_a_vanished_organisation_are_said_and_patients_are_served(
    tmp_path: Path,
) -> None:
    home, folder = tmp_path / "home", tmp_path / "elsewhere"
    folder.mkdir()
    told = {"KEEPWELL_CHECKPOINTS": str(folder)}
    assert keepwell(home, "demo", "--no-serve", **told).returncode == 0
    assert "no checkpoint of" not in keepwell(home, "verify", **told).stdout  # too young
    with closing(sqlite3.connect(home / "trail.sqlite3")) as trail, trail:
        trail.execute("UPDATE trail_log SET created_us = created_us - 7200000000")
    stranger = folder / str(uuid7())
    stranger.mkdir()
    (stranger / "2026-11-01.checkpoint").write_text("signed with a key that is gone", "utf-8")

    found = keepwell(home, "verify", **told)
    assert found.returncode == 1
    assert "(KEEPWELL_CHECKPOINTS) holds no checkpoint of" in found.stdout
    assert f"Organisation {stranger.name} has checkpoints in {stranger}" in found.stdout
    ill = keepwell(home, "doctor", **told)
    (line,) = [line for line in ill.stdout.splitlines() if line.startswith("WRONG")]
    assert "checkpoints" in line
    assert stranger.name in line
    with serving(home, **told) as served:
        wait_for_checkpoint(folder, 3)
    log = "\n".join(served.log.all())
    assert f"Organisation {stranger.name} has checkpoints" in log
    assert "not mounted" in log
    shutil.move(stranger, tmp_path / "known")
    assert keepwell(home, "verify", **told).returncode == 0
    assert "every trail agrees" in keepwell(home, "doctor", **told).stdout


def test_a_folder_for_checkpoints_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    done = keepwell(tmp_path / "home", "verify", KEEPWELL_CHECKPOINTS=missing)
    assert done.returncode == 2
    assert "KEEPWELL_CHECKPOINTS" in done.stderr


def test_how_long_the_trail_is_kept_is_at_least_six_years(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell(home, "demo", "--no-serve").returncode == 0
    keep = ("trail", "keep", *CLINIC, *WHY, "--years")
    refused = keepwell(home, *keep, "5")
    assert refused.returncode == 1
    assert "164.316" in refused.stderr
    assert keepwell(home, *keep, "10").returncode == 0


def test_fewer_years_take_two_members_and_exactly_those_years(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell(home, "demo", "--no-serve").returncode == 0
    keep = ("trail", "keep", *CLINIC, *WHY, "--years")
    assert keepwell(home, *keep, "12").returncode == 0
    assert "This takes two persons." in keepwell(home, *keep, "10").stderr
    agree(home, "Riverside Clinic", "trail:shorten", {"years": "9"})
    assert keepwell(home, *keep, "10").returncode == 1
    assert keepwell(home, *keep, "9").returncode == 0
    assert keepwell(home, *keep, "11").returncode == 0
    again = keepwell(home, *keep, "9")
    assert again.returncode == 1, "it was agreed once"
    assert "Nothing was changed." in again.stderr
