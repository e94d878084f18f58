"""A store's file that is missing beside others: said so, and never made anew."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.serving import WHY, free_port, installation, keepwell

STORES = ("data", "trail", "keys")


def take_away(path: Path) -> None:
    """Move it to another folder, as a disk does that is not mounted."""
    path.rename(path.parent.parent / path.name)


def empty(path: Path) -> None:
    """Leave nothing in it."""
    path.write_bytes(b"")


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("lose", [take_away, empty])
def test_an_installation_without_a_store_is_refused_and_left_as_it_is(
    tmp_path: Path, store: str, lose: Callable[[Path], None]
) -> None:
    home = installation(tmp_path / "home")
    path = home / f"{store}.sqlite3"
    lose(path)
    before = sizes(home)
    for command in ("serve", "init"):
        done = keepwell(home, command, KEEPWELL_PORT=str(free_port()))
        assert done.returncode == 1, done.stderr
        (sentence,) = done.stderr.strip().splitlines()
        assert sentence.startswith(f"keepwell: {path} is missing or empty")
        assert "Put the file back" in sentence
    assert sizes(home) == before


@pytest.mark.parametrize("store", ["trail", "keys"])
def test_a_store_without_a_table_beside_others_is_no_earlier_version(
    tmp_path: Path, store: str
) -> None:
    home = installation(tmp_path / "home")
    path = home / f"{store}.sqlite3"
    for each in home.glob(f"{path.name}*"):
        each.unlink()
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA user_version = 1")  # has bytes, so it is no empty file
        made.commit()
    for command in ("serve", "init", "doctor"):
        done = keepwell(home, command, KEEPWELL_PORT=str(free_port()))
        assert done.returncode == 1
        assert f"The {store} store is missing or empty" in done.stdout + done.stderr
        assert "earlier version" not in done.stdout + done.stderr
    with closing(sqlite3.connect(path)) as left:
        assert left.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (0,)


def test_a_store_that_is_alone_is_not_given_others(tmp_path: Path) -> None:
    """Somebody put back the trail and forgot the rest: not a new installation beside it."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (installation(tmp_path / "other") / "trail.sqlite3").rename(home / "trail.sqlite3")
    done = keepwell(home, "serve", KEEPWELL_PORT=str(free_port()))
    assert done.returncode == 1
    assert "data.sqlite3 is missing" in done.stderr
    assert not list(home.glob("data.*")) + list(home.glob("keys.*"))


@pytest.mark.parametrize("command", ["doctor", "verify", "trail"])
def test_looking_at_an_installation_makes_no_store(tmp_path: Path, command: str) -> None:
    home = installation(tmp_path / "home")
    take_away(home / "data.sqlite3")
    arguments = ("export", "--organisation", "any", "--out", str(tmp_path / "out"), *WHY)
    done = keepwell(home, command, *(arguments if command == "trail" else ()))
    assert done.returncode == 1
    assert "data.sqlite3" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (home / "data.sqlite3").exists()


@pytest.mark.parametrize("made", [1, len(STORES)])
def test_a_first_start_that_was_interrupted_is_finished_by_the_next(
    tmp_path: Path, made: int
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for store in STORES[:made]:
        (home / f"{store}.sqlite3").touch(mode=0o600)
    done = keepwell(home, "init")
    assert done.returncode == 0, done.stderr
    assert keepwell(home, "doctor").returncode == 0


def sizes(home: Path) -> dict[str, int]:
    """Return what the stores' files are."""
    return {path.name: path.stat().st_size for path in home.glob("*.sqlite3*")}
