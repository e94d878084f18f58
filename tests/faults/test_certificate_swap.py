"""A certificate is replaced while people use the server: nobody notices."""

import http.client
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from keepwell.toolkit import clock
from keepwell.toolkit.certificates import keep_current
from tests.serving import PATIENCE_SECONDS, Served, free_port, installation, serving

HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass
class Askers:
    """Clients that ask without pause: new connections, and one that is kept."""

    served: Served
    answers: int = 0
    lost: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def ask_anew(self) -> None:
        """Ask on a new connection each time."""
        while not self.ending.is_set():
            connection = self._connection()
            self._ask(connection)
            connection.close()

    def ask_on(self) -> None:
        """Ask on the same connection until the server asks for another."""
        connection = self._connection()
        while not self.ending.is_set():
            self._ask(connection)
        connection.close()

    def _connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "localhost", self.served.port, context=self.served.tls(), timeout=PATIENCE_SECONDS
        )

    def _ask(self, connection: http.client.HTTPSConnection) -> None:
        try:
            connection.request("GET", "/nowhere")
            connection.getresponse().read()
            self.answers += 1
        except (OSError, http.client.HTTPException) as error:
            self.lost.append(repr(error))
            connection.close()


@contextmanager
def asking(served: Served) -> Iterator[Askers]:
    """Let three clients ask while the block runs."""
    askers = Askers(served)
    ways = (askers.ask_anew, askers.ask_anew, askers.ask_on)
    threads = [threading.Thread(target=way) for way in ways]
    for thread in threads:
        thread.start()
    try:
        yield askers
    finally:
        askers.ending.set()
        for thread in threads:
            thread.join()


def shown(served: Served) -> bytes:
    """Return the certificate that a new connection gets."""
    with served.connect() as connection:
        return connection.getpeercert(binary_form=True) or b""


def wait_for_another(served: Served, before: bytes, worker: int) -> None:
    """Return when the new certificate is shown and the old worker has gone."""
    for _ in range(100_000):  # each turn is a handshake: no clock is needed to give up
        if shown(served) != before and not Path(f"/proc/{worker}").exists():
            return
    pytest.fail("the certificate stayed the same")


def replace(home: Path, new: Path) -> None:
    """Put another leaf of the same authority in place, whole."""
    shutil.copytree(home / "tls", new)
    (new / "server.pem").unlink()
    assert keep_current(new, HOSTS, clock.now())
    (new / "server.pem").replace(home / "tls" / "server.pem")


def test_a_replaced_certificate_is_served_without_a_lost_request(tmp_path: Path) -> None:
    with serving(installation(tmp_path / "home")) as served, asking(served) as askers:
        before, worker = shown(served), served.worker()
        replace(served.home, tmp_path / "new")
        wait_for_another(served, before, worker)
        answers = askers.answers
        while askers.answers < answers + 10:
            assert served.process.poll() is None
            shown(served)
    assert askers.lost == []


def test_a_replaced_certificate_is_served_behind_both_doors(tmp_path: Path) -> None:
    home, port = installation(tmp_path / "home"), free_port()
    with (
        serving(home, KEEPWELL_STAFF_PORT=str(port)) as served,
        asking(served) as patients,
        asking(served.at(port)) as staff,
    ):
        before, worker = shown(served), served.worker()
        assert shown(served.at(port)) == before
        replace(served.home, tmp_path / "new")
        wait_for_another(served, before, worker)
        assert shown(served.at(port)) == shown(served) != before
        answers = patients.answers, staff.answers
        while patients.answers < answers[0] + 10 or staff.answers < answers[1] + 10:
            assert served.process.poll() is None
            shown(served)
    assert patients.lost == staff.lost == []


def test_a_certificate_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    with serving(installation(tmp_path / "home")) as served:
        before, worker = shown(served), served.worker()
        (served.home / "tls" / "server.pem").write_text("not a certificate")
        served.log.wait_for("certificate_refused")
        assert shown(served) == before
        assert served.worker() == worker


def test_own_files_are_served_and_replaced_too(tmp_path: Path) -> None:
    own = tmp_path / "own"
    keep_current(own, HOSTS, clock.now())
    pem = str(own / "server.pem")
    home = installation(tmp_path / "home")
    shutil.copy(own / "ca.pem", home / "tls" / "ca.pem")
    with serving(home, KEEPWELL_TLS_CERT=pem, KEEPWELL_TLS_KEY=pem) as served:
        leaf = ssl.PEM_cert_to_DER_cert(_first_certificate(own / "server.pem"))
        assert shown(served) == leaf
        worker = served.worker()
        (own / "server.pem").unlink()
        keep_current(own, HOSTS, clock.now())
        wait_for_another(served, leaf, worker)


def _first_certificate(path: Path) -> str:
    begin = "-----BEGIN CERTIFICATE-----"
    return begin + path.read_text().split(begin)[1]
