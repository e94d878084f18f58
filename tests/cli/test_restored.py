"""A trail that was put back to an older state is not served until somebody declares why."""

import shutil
import time
from pathlib import Path

import pytest

from tests.serving import keepwell, serving

pytestmark = pytest.mark.embedded
PATIENCE_SECONDS = 60


def wait_for_checkpoint(folder: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while len(list(folder.rglob("*.checkpoint"))) < 2:  # of the demonstration's two organisations
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_trail_put_back_is_noticed_declared_and_goes_on(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "elsewhere"
    folder.mkdir()
    told = {"KEEPWELL_CHECKPOINTS": str(folder)}
    assert keepwell(home, "demo", "--no-serve", **told).returncode == 0
    shutil.copy(home / "trail.sqlite3", tmp_path / "backup")
    export = ("trail", "export", "--organisation", "Riverside Clinic", "--out")
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

    assert keepwell(home, "trail", "restored", "--reason", " ", **told).returncode == 1
    declared = keepwell(home, "trail", "restored", "--reason", "the disk died", **told)
    assert declared.returncode == 0, declared.stderr
    assert "Riverside Clinic: goes on from" in declared.stdout
    assert keepwell(home, "verify", **told).returncode == 0
    with serving(home, **told):
        pass


def test_a_folder_for_checkpoints_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    done = keepwell(tmp_path / "home", "verify", KEEPWELL_CHECKPOINTS=missing)
    assert done.returncode == 2
    assert "KEEPWELL_CHECKPOINTS" in done.stderr


def test_how_long_the_trail_is_kept_is_at_least_six_years(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell(home, "demo", "--no-serve").returncode == 0
    keep = ("trail", "keep", "--organisation", "Riverside Clinic", "--years")
    refused = keepwell(home, *keep, "5")
    assert refused.returncode == 1
    assert "164.316" in refused.stderr
    assert keepwell(home, *keep, "10").returncode == 0
