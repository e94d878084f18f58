"""SG29: two doors, only encrypted ways in, and who acts on the server is named with a reason."""

import getpass
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

from tests.cli.test_keys import last_entries
from tests.serving import Demo, free_port, installation, keepwell_as_me, serving

CLEAR = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
HIDDEN = b"GET %s HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n"


def in_the_clear(port: int) -> bytes:
    """Ask without encryption; return whatever comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(CLEAR)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_sg29_each_door_has_its_own_pages_and_neither_speaks_in_the_clear(tmp_path: Path) -> None:
    home, port = installation(tmp_path / "home"), free_port()
    with serving(home, "demo", "--json", KEEPWELL_STAFF_PORT=str(port)) as patients:
        said = Demo(patients, json.loads("\n".join(patients.out.all()))).said
        form, staff = urlsplit(said["forms"][0]["link"]).path, patients.at(port)
        found = {
            (door, path): int(at.ask(HIDDEN % (path.encode(), at.port)).split(b" ", 2)[1])
            for door, at in (("patients", patients), ("staff", staff))
            for path in (form, "/sign-in/")
        }
        assert found == {
            ("patients", form): 200,
            ("patients", "/sign-in/"): 404,
            ("staff", form): 404,
            ("staff", "/sign-in/"): 200,
        }
        for at in (patients, staff):
            assert b"HTTP/" not in in_the_clear(at.port)


def test_sg29_who_acts_on_the_server_is_on_the_trail_with_a_reason(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert keepwell_as_me(home, "demo", "--no-serve", KEEPWELL_PORT="8443").returncode == 0
    act = ("keys", "rotate", "--organisation", "Riverside Clinic")
    assert keepwell_as_me(home, *act).returncode == 2
    assert not any("vault:organisation:rotate" in line for line in last_entries(home))
    assert keepwell_as_me(home, *act, "--reason", "The yearly change").returncode == 0
    newest = last_entries(home)[0]
    assert newest.startswith(f"vault:organisation:rotate console {getpass.getuser()} ")
    assert newest.endswith("The yearly change")
