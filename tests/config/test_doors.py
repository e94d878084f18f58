"""Two listeners: which pages are there is decided by the socket, and by nothing that is sent."""

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import http2, remote
from tests.cli.test_serve import refused
from tests.serving import Demo, Served, free_port, installation, keepwell, serving, start

REQUEST = "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n"
STAFF_PATHS = ("/", "/sign-in/", "/sign-in", "/inbox/", "/inbox", "/session/stay/", "/ready")


@dataclass(frozen=True)
class Doors:
    """A demonstration behind two listeners."""

    patients: Demo
    staff: Demo

    @property
    def form(self) -> str:
        """The path of a form that patients fill in."""
        return str(urlsplit(self.patients.said["forms"][0]["link"]).path)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """Serve the demonstration clinic behind two listeners."""
    home, port = installation(tmp_path_factory.mktemp("doors") / "home"), free_port()
    with serving(home, "demo", "--json", KEEPWELL_STAFF_PORT=str(port)) as served:
        patients = Demo(served, json.loads("\n".join(served.out.all())))
        yield Doors(patients, replace(patients, served=served.at(port)))


def ask(
    served: Served, path: str, *, host: str = "", method: str = "GET", more: str = ""
) -> tuple[int, str]:
    """Ask once and return status and page, without what differs from request to request."""
    host = host or f"localhost:{served.port}"
    sent = REQUEST.format(method=method, path=path, host=host, more=more)
    head, _, body = served.ask(sent.encode()).decode().partition("\r\n\r\n")
    lines = [
        line for line in head.split("\r\n")[1:] if not line.startswith(("date:", "set-cookie"))
    ]
    body = re.sub(r'(<span class="mono">)[0-9a-f]{12}|value="[A-Za-z0-9]{64}"', r"\1", body)
    return int(head.split(" ", 2)[1]), "\n".join(sorted(lines)) + body


def test_each_set_of_pages_is_behind_its_own_door(doors: Doors) -> None:
    assert ask(doors.patients.served, doors.form)[0] == 200
    assert ask(doors.staff.served, "/sign-in/")[0] == 200
    assert ask(doors.staff.served, doors.form)[0] == 404
    assert ask(doors.patients.served, "/sign-in/")[0] == 404


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", STAFF_PATHS)
def test_a_staff_address_answers_patients_like_one_that_does_not_exist(
    doors: Doors, method: str, path: str
) -> None:
    at = doors.patients.served
    status, page = ask(at, path, method=method)
    assert (status, page) == ask(at, "/never-there/", method=method)
    assert status == 404
    assert "sign-in" not in page.lower()
    assert str(doors.staff.served.port) not in page


@pytest.mark.parametrize("kind", ["f", "e", "r", "notice"])
def test_a_patients_address_answers_staff_like_one_that_does_not_exist(
    doors: Doors, kind: str
) -> None:
    at, known = doors.staff.served, doors.form.removeprefix("/f/")
    for path in (f"/{kind}/{known}", f"/{kind}/{known}".rstrip("/")):
        assert ask(at, path) == ask(at, "/never-there/")
        assert ask(at, path, method="POST") == ask(at, "/never-there/", method="POST")


@pytest.mark.parametrize(
    "more",
    [
        "X-Forwarded-Host: {other}\r\n",
        "X-Forwarded-Port: {port}\r\nX-Forwarded-Proto: https\r\n",
        "Forwarded: host={other};proto=https\r\n",
        "X-Original-Url: https://{other}/\r\nX-Rewrite-Url: /sign-in/\r\n",
        "X-Forwarded-Server: {other}\r\nX_Forwarded_Host: {other}\r\n",
        "Keepwell-Door: staff\r\nKeepwell.Door: staff\r\n",
    ],
)
def test_no_header_opens_the_other_door(doors: Doors, more: str) -> None:
    patients, staff = doors.patients.served, doors.staff.served
    for at, other, path in ((patients, staff, "/sign-in/"), (staff, patients, doors.form)):
        host = f"localhost:{other.port}"
        sent = more.format(other=host, port=other.port)
        assert ask(at, path, more=sent)[0] == 404
        assert ask(at, path, more=sent, host=host)[0] == 404
        assert ask(other, path, more=sent, host=f"localhost:{at.port}")[0] == 200


def test_a_whole_address_in_the_request_line_opens_no_door(doors: Doors) -> None:
    staff = doors.staff.served.port
    whole = f"https://localhost:{staff}/sign-in/"
    assert ask(doors.patients.served, whole, host=f"localhost:{staff}")[0] in {400, 404}
    assert ask(doors.staff.served, "/sign-in/")[0] == 200


def test_a_believed_proxy_opens_no_door_either(tmp_path: Path) -> None:
    port = free_port()
    settings = {"KEEPWELL_STAFF_PORT": str(port), "KEEPWELL_PROXIES": "127.0.0.1/32"}
    more = f"X-Forwarded-For: 10.0.0.9\r\nX-Forwarded-Host: localhost:{port}\r\n"
    with serving(installation(tmp_path / "home"), **settings) as served:
        assert ask(served, "/sign-in/", more=more)[0] == 404
        assert ask(served.at(port), "/sign-in/", more=more)[0] == 200


def test_http_2_makes_no_difference(doors: Doors) -> None:
    patients, staff = doors.patients.served, doors.staff.served
    host = f"localhost:{staff.port}"
    assert http2.ask(patients, doors.form).startswith(http2.STATUS_200)
    assert http2.ask(staff, "/sign-in/").startswith(http2.STATUS_200)
    assert http2.ask(patients, "/sign-in/", host=host).startswith(http2.STATUS_404)
    assert http2.ask(staff, doors.form).startswith(http2.STATUS_404)


def test_a_page_at_either_door_finds_its_style_sheets(doors: Doors) -> None:
    for at, path in ((doors.patients.served, doors.form), (doors.staff.served, "/sign-in/")):
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', ask(at, path)[1])
        assert sheets
        assert {ask(at, sheet)[0] for sheet in sheets} == {200}


def test_a_form_that_a_patient_sends_reaches_a_colleague_behind_the_other_door(
    doors: Doors,
) -> None:
    assert remote.patient(doors.patients).client.get(doors.form).status_code == 200
    ada = remote.staff(doors.staff, "ada")
    for path in ("/", "/inbox/", "/forms/", "/settings/"):
        assert ada.get(path).status_code == 200, path
    forms = ada.get("/forms/").text
    form = re.search(r'href="(/forms/[0-9a-f-]{36}/)"', forms)
    assert form, forms
    page = ada.get(form[1]).text
    assert f"https://localhost:{doors.patients.served.port}/f/" in page
    assert ada.get(f"{form[1]}preview/1/").status_code == 200


def test_a_body_too_large_tells_nothing_of_what_is_behind_the_other_door(doors: Doors) -> None:
    clinic = doors.patients.account("ada")["organisation"]
    for at, path in ((doors.staff.served, doors.form), (doors.patients.served, "/sign-in/")):
        page = refusal(at, path)
        assert page == refusal(at, "/never-there/")
        assert clinic not in page
    assert clinic in refusal(doors.patients.served, doors.form)


def refusal(served: Served, path: str) -> str:
    """Return the page that answers a body too large to be read."""
    status, page = ask(served, path, method="POST", more="Content-Length: 16000001\r\n")
    assert status == 413
    return page


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_both_doors_close_together_and_leave_nothing_behind(
    tmp_path: Path, how: signal.Signals
) -> None:
    port = free_port()
    served = start(installation(tmp_path / "home"), KEEPWELL_STAFF_PORT=str(port))
    worker = served.worker()
    head = b"GET /never-there/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    connections = [at.connect() for at in (served, served.at(port)) for _ in range(8)]
    for connection in connections:
        connection.sendall(head)
    assert served.stop(how) == 0
    for connection in connections:
        connection.close()
    assert [line for line in served.log.all() if "_granian" in line] == []
    assert not Path(f"/proc/{worker}").exists()
    for each in (served.port, port):
        with socket.create_server(("127.0.0.1", each)):
            pass  # the port is free


def test_a_killed_worker_is_replaced_behind_both_doors(tmp_path: Path) -> None:
    port = free_port()
    home = installation(tmp_path / "home")
    with serving(home, KEEPWELL_STAFF_PORT=str(port)) as served:
        before = served.worker()
        os.kill(before, signal.SIGKILL)
        assert ask(served.at(port), "/sign-in/")[0] == 200
        assert ask(served, "/sign-in/")[0] == 404
        assert served.worker() != before
    with serving(home, KEEPWELL_PORT=str(served.port), KEEPWELL_STAFF_PORT=str(port)) as again:
        assert ask(again.at(port), "/sign-in/")[0] == 200  # a restart finds both ports free


def test_each_busy_port_has_a_sentence_of_its_own(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = str(taken.getsockname()[1])
        staff = refused(home, KEEPWELL_STAFF_PORT=busy)
        patients = refused(home, KEEPWELL_PORT=busy, KEEPWELL_STAFF_PORT=str(free_port()))
    assert f"port {busy}" in staff
    assert staff.endswith("or set KEEPWELL_STAFF_PORT.")
    assert f"port {busy}" in patients
    assert patients.endswith("or set KEEPWELL_PORT.")


def test_an_address_that_is_not_there_yet_is_told_from_a_busy_one(tmp_path: Path) -> None:
    sentence = refused(installation(tmp_path / "home"), KEEPWELL_STAFF_HOST="192.0.2.7")
    assert "192.0.2.7" in sentence
    assert "Is its network up?" in sentence
    assert "KEEPWELL_STAFF_HOST" in sentence


def test_a_demonstration_has_no_door_to_a_network(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    (home / "demo.json").write_text("{}")
    sentence = refused(
        home,
        KEEPWELL_STAFF_HOST="0.0.0.0",  # noqa: S104
        KEEPWELL_STAFF_PORT=str(free_port()),
        KEEPWELL_STAFF_URL="https://staff.clinic.example",
    )
    assert "this machine only" in sentence
    assert "KEEPWELL_STAFF_HOST" in sentence


def test_the_first_lines_and_the_doctor_name_both_doors(tmp_path: Path) -> None:
    port, home = str(free_port()), installation(tmp_path / "home")
    with serving(home, KEEPWELL_STAFF_PORT=port) as served:
        said = "\n".join(served.out.all())
        mine = f"localhost port {served.port} (this machine only)"
        assert f"Patients' pages listen on {mine}" in said
        assert f"Staff pages listen on localhost port {port} (this machine only)" in said
        assert f"https://localhost:{port}/set-up/" in said
        assert [line for line in served.log.all() if line.startswith("keepwell: ")] == []
    seen = keepwell(home, "doctor", KEEPWELL_PORT=str(served.port), KEEPWELL_STAFF_PORT=port).stdout
    assert f"patients on {mine}, staff on localhost port {port} (this machine only)" in seen
    assert f"staff at https://localhost:{port}, patients at {served.url}" in seen


def test_one_door_for_everybody_is_said_in_one_line(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    with serving(home) as served:
        assert "listen on" not in "\n".join(served.out.all())
        assert {ask(served, path)[0] for path in ("/sign-in/", "/ready")} == {200}
    seen = keepwell(home, "doctor", KEEPWELL_PORT=str(served.port)).stdout
    assert f"patients and staff on localhost port {served.port} (this machine only)" in seen


def test_a_staff_door_to_every_network_is_warned_of(tmp_path: Path) -> None:
    settings = {
        "KEEPWELL_STAFF_HOST": "0.0.0.0",  # noqa: S104
        "KEEPWELL_STAFF_PORT": str(free_port()),
        "KEEPWELL_STAFF_URL": "https://staff.clinic.example",
    }
    with serving(installation(tmp_path / "home"), **settings) as served:
        assert "every address of this machine" in served.out.wait_for("Staff pages listen")
        assert "KEEPWELL_STAFF_HOST" in served.log.wait_for("is not on a private address")
