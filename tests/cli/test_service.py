"""Run as a service: nothing secret in a log that others read."""

import configparser
import json
from pathlib import Path

import pytest

from keepwell.cli import arguments
from tests.serving import free_port, installation, keepwell, read_to_end, serving

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_a_service_makes_no_installation(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = keepwell(home, "serve", "--as-service", KEEPWELL_PORT=str(free_port()))
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"keepwell: There is no installation in {home}.")
    assert "keepwell init" in sentence
    assert done.stdout == ""
    assert not home.exists()


def test_a_service_prints_no_link_and_the_one_of_init_opens(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    port = str(free_port())
    made = keepwell(home, "init", KEEPWELL_PORT=port)
    (link,) = [line.strip() for line in made.stdout.splitlines() if "/set-up/" in line]
    with serving(home, "serve", "--as-service", KEEPWELL_PORT=port) as served:
        path = link.removeprefix(served.url)
        head = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        with served.connect() as connection:
            connection.sendall(head.encode())
            assert read_to_end(connection).startswith(b"HTTP/1.1 200 ")
    said = "\n".join(served.out.all() + served.log.all())
    assert "keepwell init" in said
    assert "/set-up/" not in said
    assert path.split("/")[2] not in said


@pytest.mark.parametrize("command", ["unit", "container"])
def test_what_we_deploy_is_a_service(command: str) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # systemd minds the case
    unit.read(DEPLOY / "keepwell.service")
    container = (DEPLOY / "Containerfile").read_text().rpartition("\nCMD ")[2]
    typed = {
        "unit": unit["Service"]["ExecStart"].split()[1:],
        "container": json.loads(container),
    }
    assert arguments.build().parse_args(typed[command]).as_service


def test_the_container_is_well_only_while_its_server_is_ready() -> None:
    (check,) = [
        line
        for line in (DEPLOY / "Containerfile").read_text().splitlines()
        if line.startswith("HEALTHCHECK")
    ]
    typed = json.loads(check.partition(" CMD ")[2])
    assert typed[0] == "keepwell"
    assert arguments.build().parse_args(typed[1:]).serving
    assert not arguments.build().parse_args(["doctor"]).serving
