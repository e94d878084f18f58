"""`keepwell serve` as an operator meets it: start, stop, refuse, recover."""

import os
import shutil
import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from tests.serving import Served, free_port, installation, keepwell, serving, start


def refused(home: Path, *arguments: str, status: int = 1, **settings: str) -> str:
    """Run a command that must fail with one sentence and no traceback; return the sentence."""
    settings.setdefault("KEEPWELL_PORT", str(free_port()))
    done = keepwell(home, *(arguments or ("serve",)), **settings)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("keepwell: ")
    return lines[0]


def test_an_empty_folder_becomes_an_installation_and_says_how_to_begin(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as served:
        said = "\n".join(served.out.all())
        assert "keepwell root key" in said
        assert f"{served.url}/set-up/" in said
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()}
    assert {"data.sqlite3", "trail.sqlite3", "keys.sqlite3", "root.key", "tls"} <= set(modes)
    assert [name for name, mode in modes.items() if mode & 0o077] == []
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_leaves_nothing_behind(tmp_path: Path, how: signal.Signals) -> None:
    served = start(installation(tmp_path / "home"))
    worker = served.worker()
    assert served.stop(how) == 0
    assert served.log.all() == [line for line in served.log.all() if '"event": "request"' in line]
    assert not Path(f"/proc/{worker}").exists()
    with socket.create_server(("127.0.0.1", served.port)):
        pass  # the port is free


def test_requests_on_their_way_do_not_keep_a_worker_from_ending(tmp_path: Path) -> None:
    served = start(installation(tmp_path / "home"))
    head = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n"
    connections = [served.connect() for _ in range(24)]
    for connection in connections:
        connection.sendall(head % served.port)
    assert served.stop(signal.SIGTERM) == 0
    for connection in connections:
        connection.close()
    assert [line for line in served.log.all() if "_granian" in line] == []


def test_control_c_in_a_terminal_reaches_everybody_and_still_ends_cleanly(tmp_path: Path) -> None:
    served = start(installation(tmp_path / "home"))
    os.killpg(served.process.pid, signal.SIGINT)
    assert served.stop(signal.SIGINT) == 0


def test_a_busy_port_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refused(installation(tmp_path / "home"), KEEPWELL_PORT=str(port))
    assert f"port {port}" in sentence
    assert "KEEPWELL_PORT" in sentence


def test_the_same_port_is_not_shared_with_another_keepwell(served: Served, tmp_path: Path) -> None:
    sentence = refused(installation(tmp_path / "home"), KEEPWELL_PORT=str(served.port))
    assert f"port {served.port}" in sentence


def test_a_folder_is_served_once(served: Served) -> None:
    sentence = refused(served.home)
    assert f"process {served.process.pid}" in sentence


def test_a_missing_root_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    (home / "root.key").unlink()
    for command in ("serve", "init"):
        assert "root.key" in refused(home, command)
        assert not (home / "root.key").exists()


def test_a_lost_secret_is_made_anew_and_said_so(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    lost = (home / "secret.key").read_text()
    (home / "secret.key").unlink()
    ill = [line for line in keepwell(home, "doctor").stdout.splitlines() if "WRONG" in line]
    assert len(ill) == 1
    assert "secret.key is missing" in ill[0]
    with serving(home) as served:
        assert "nobody is signed out" in served.log.wait_for("secret.key was missing")
    assert (home / "secret.key").read_text() not in ("", lost)


def test_early_second_factors_need_the_secret_they_were_sealed_with(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    with sqlite3.connect(home / "data.sqlite3") as data:
        data.execute(
            "INSERT INTO identity_user "
            "(id, email, name, is_active, created, password, theme, density, has_keys, language,"
            " device_round) VALUES "
            f"('{'0' * 31}1', 'ada@example.org', 'Ada', 1, '2026-11-24', '', '', '', 1, '', 0)"
        )
        data.execute(
            "INSERT INTO mfa_authenticator (user_id, type, data, created_at) "
            f"""VALUES ('{"0" * 31}1', 'totp', '{{"secret": "{"A" * 64}"}}', '2026-11-24')"""
        )
    data.close()
    for command in ("serve", "init"):
        assert "Put that one back from your backup" in refused(home, command)


def test_a_root_key_of_another_installation_is_refused(tmp_path: Path) -> None:
    home, other = installation(tmp_path / "home"), tmp_path / "other"
    assert keepwell(other, "init").returncode == 0
    shutil.copy(other / "root.key", home / "root.key")
    assert "is not the one this keystore was made with" in refused(home)


def test_a_root_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    (home / "root.key").chmod(0o644)
    assert "0600" in refused(home)


def test_a_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    home.chmod(0o755)
    assert f"chmod 700 {home}" in refused(home)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    assert str(home) in refused(home, status=2)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    home.chmod(0)
    try:
        assert str(home) in refused(home, status=2)
    finally:
        home.chmod(0o700)


def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    with sqlite3.connect(home / "data.sqlite3") as data:
        data.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('tenancy', '9999_the_future', '2031-01-01')"
        )
    data.close()
    for command in ("serve", "init"):
        sentence = refused(home, command)
        assert "later version" in sentence
        assert "tenancy.9999_the_future" in sentence


def test_a_database_of_an_earlier_version_asks_for_init(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    with sqlite3.connect(home / "keys.sqlite3") as keys:
        keys.execute("DELETE FROM django_migrations WHERE app = 'keystore'")
    keys.close()
    sentence = refused(home)
    assert "earlier version" in sentence
    assert "keepwell init" in sentence


def test_a_database_that_is_none_is_said_so(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    for path in home.glob("trail.sqlite3*"):
        path.unlink()
    (home / "trail.sqlite3").write_bytes(b"this is no database at all" * 1000)
    assert "The trail store cannot be used" in refused(home)


def test_a_setting_nobody_knows_is_refused(tmp_path: Path) -> None:
    assert "KEEPWELL_PROT" in refused(tmp_path / "home", status=2, KEEPWELL_PROT="8443")


def test_a_killed_server_can_be_started_again_at_once(tmp_path: Path) -> None:
    first = start(installation(tmp_path / "home"))
    first.process.kill()
    first.process.wait()
    with serving(first.home, KEEPWELL_PORT=str(first.port)) as second:
        assert second.worker() > 0


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    with serving(installation(tmp_path / "home")) as served:
        before = served.worker()
        os.kill(before, signal.SIGKILL)
        answer = served.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 ")
        assert served.worker() != before


def test_a_demonstration_is_served_on_this_machine_only(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    (home / "demo.json").write_text("{}")
    url = "https://forms.clinic.example"
    sentence = refused(home, KEEPWELL_HOST="0.0.0.0", KEEPWELL_PUBLIC_URL=url)  # noqa: S104
    assert "this machine only" in sentence


def test_help_and_version_ask_nothing_of_the_installation(tmp_path: Path) -> None:
    for arguments in (("--help",), ("serve", "--help"), ("version",)):
        done = keepwell(tmp_path / "home", *arguments, KEEPWELL_PORT="nonsense")
        assert done.returncode == 0
        assert done.stdout
    assert not (tmp_path / "home").exists()


def test_a_command_that_does_not_exist_is_a_misuse(tmp_path: Path) -> None:
    assert keepwell(tmp_path / "home", "serv").returncode == 2
