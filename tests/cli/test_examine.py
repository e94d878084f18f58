"""`keepwell doctor`, `verify`, `trail`, `routes`: what an operator and an auditor ask."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from keepwell.cli import serving as server
from keepwell.cli.refusal import Refusal
from tests.serving import WHY, free_port, installation, keepwell, serving


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one installation for commands that change nothing."""
    return installation(tmp_path_factory.mktemp("cli") / "home")


def test_a_new_installation_is_healthy(home: Path) -> None:
    done = keepwell(home, "doctor")
    assert done.returncode == 0, done.stdout
    looked_at = (
        "data folder",
        "databases",
        "walls",
        "root key",
        "secret",
        "certificate",
        "listeners",
        "organisations",
        "erasures",
        "trail",
        "stores",
        "checkpoints",
        "jobs",
        "mail",
        "clock",
        "PDF",
        "settings",
    )
    assert [line[:20].strip() for line in done.stdout.splitlines()] == [
        f"ok     {what}" for what in looked_at
    ]


def test_the_doctor_names_every_illness_and_not_only_the_first(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    (home / "trail.sqlite3").chmod(0o644)
    (home / "root.key").unlink()
    done = keepwell(home, "doctor")
    assert done.returncode == 1
    ill = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert len(ill) == 2
    assert "trail.sqlite3" in ill[0]
    assert "root key" in ill[1]


def test_the_doctor_asks_the_running_server_where_it_is_told_to(tmp_path: Path) -> None:
    home, port = installation(tmp_path / "home"), str(free_port())
    assert keepwell(home, "doctor", KEEPWELL_PORT=port).returncode == 0
    stopped = keepwell(home, "doctor", "--serving", KEEPWELL_PORT=port)
    assert stopped.returncode == 1
    (ill,) = [line for line in stopped.stdout.splitlines() if line.startswith("WRONG")]
    assert ill.startswith("WRONG  server        nothing answers on ")
    where = {"KEEPWELL_PORT": port, "KEEPWELL_STAFF_URL": "https://staff.clinic.example"}
    with serving(home, **where):  # its own certificate and listener, not what that name leads to
        runs = keepwell(home, "doctor", "--serving", **where)
    assert runs.returncode == 0, runs.stdout
    assert runs.stdout.splitlines()[-1].startswith("ok     server        ready on ")


def test_a_server_that_is_not_ready_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b'{"ready": false, "findings": [{"id": "keys", "code": "root_key_missing"}]}'
    monkeypatch.setattr("keepwell.cli.serving._asked", lambda _place: (503, said))
    with pytest.raises(Refusal, match="is not ready: root_key_missing"):
        server.look()
    monkeypatch.setattr("keepwell.cli.serving._asked", lambda _place: (502, b"<html>"))
    with pytest.raises(Refusal, match="is not ready: 502"):
        server.look()
    monkeypatch.setattr("keepwell.cli.serving._asked", lambda _place: (200, b'{"ready": true}'))
    assert server.look().startswith("ready on ")


def test_every_route_says_who_may_use_it(home: Path) -> None:
    done = keepwell(home, "routes", "--json")
    routes = json.loads(done.stdout)
    assert {"method", "path", "permission", "surface"} <= set(routes[0])
    assert [route for route in routes if route["permission"] in ("", "undeclared")] == []
    assert {route["surface"] for route in routes} == {"patient", "staff"}
    assert len(keepwell(home, "routes").stdout.splitlines()) == len(routes)


def test_an_installation_without_organisations_has_nothing_to_verify(home: Path) -> None:
    done = keepwell(home, "verify")
    assert done.returncode == 0
    assert "no organisation yet" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        ("verify", "--organisation", "Nowhere"),
        ("trail", "export", "--organisation", "Nowhere", "--out", "anywhere", *WHY),
    ],
)
def test_an_unknown_organisation_is_a_misuse(home: Path, command: tuple[str, ...]) -> None:
    done = keepwell(home, *command)
    assert done.returncode == 2
    assert "no organisation 'Nowhere'" in done.stderr


def test_init_may_be_repeated_and_never_prints_an_existing_root_key(home: Path) -> None:
    before = {path: path.read_bytes() for path in (home / "root.key", home / "secret.key")}
    done = keepwell(home, "init")
    assert done.returncode == 0
    assert "root key" not in done.stdout
    assert {path: path.read_bytes() for path in before} == before


def test_a_trail_that_vanished_is_named_and_not_left_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell(home, "demo", "--no-serve", KEEPWELL_PORT="8443").returncode == 0
    store = home / "trail.sqlite3"
    for edit in (
        "DELETE FROM trail_log WHERE id = (SELECT MIN(id) FROM trail_log)",
        "DELETE FROM trail_log",
        "DELETE FROM trail_checkpoint",
    ):
        with closing(sqlite3.connect(store)) as trail, trail:
            assert trail.execute(edit).rowcount
        done = keepwell(home, "verify")
        assert done.returncode == 1, done.stdout
        said = sorted(line for line in done.stdout.splitlines() if "sealed rows" not in line)
        lines = [line for line in said if not line.startswith("Organisation ")]
        assert [line.partition(":")[0] for line in lines] == [
            "Hillside Practice",
            "Riverside Clinic",
        ]
        assert ("older state than the data" in done.stdout) == ("checkpoint" in edit)
        assert sum(": whole" in line for line in lines) == ("MIN" in edit)


def test_the_doctor_names_an_organisation_without_its_keys_or_its_log(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell(home, "demo", "--no-serve", KEEPWELL_PORT="8443").returncode == 0
    assert keepwell(home, "doctor").returncode == 0
    for store, table in (("trail", "trail_checkpoint"), ("keys", "keystore_organisationkey")):
        path, whole = home / f"{store}.sqlite3", (home / f"{store}.sqlite3").read_bytes()
        with closing(sqlite3.connect(path)) as opened, opened:
            opened.execute(f"DELETE FROM {table}")
        done = keepwell(home, "doctor")
        assert done.returncode == 1
        ill, *more = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
        assert [line.split()[1] for line in more] == (["stores"] if store == "trail" else [])
        assert "organisations" in ill
        assert "lacks its keys or its log" in ill
        path.write_bytes(whole)
