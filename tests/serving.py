"""A real `keepwell serve` in its own process, data folder and port, for journeys and faults.

Nothing here sleeps: readiness and every later event are lines that the process writes, waited for
with a limit. A test that waits in vain shows what the process said instead.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import IO, Any

import pytest

from tests.stores.session import JOINED

COMMAND = Path(sys.executable).parent / "keepwell"
PATIENCE_SECONDS = 60  # a loaded machine; a healthy one needs two
WHY = ("--reason", "A test wants it")  # what commands that act ask for
COMMAND_SECONDS = 600  # to load a demonstration, or prove a drill's long trail, on such a machine


def environment(home: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a command that knows this data folder and nothing of the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KEEPWELL_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return kept | {"KEEPWELL_HOME": str(home)} | settings


# Root may read everything; without its capabilities it is an ordinary user of its own files.
UNPRIVILEGED = () if os.geteuid() else ("setpriv", "--bounding-set=-all")


def keepwell(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, as an ordinary user."""
    return _run([*UNPRIVILEGED, str(COMMAND), *arguments], home, settings)


def keepwell_as_me(
    home: Path, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, as whoever runs the tests (the socket of their PostgreSQL)."""
    return _run([str(COMMAND), *arguments], home, settings)


def _run(
    command: Sequence[str], home: Path, settings: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )


def free_port() -> int:
    """Return a port of loopback that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@cache
def _template() -> Path:
    """Make one installation; copying it is quicker than making another."""
    session = Path(os.environ[JOINED].partition(":")[2])  # it goes when the session ends
    home = session / f"served-{os.getpid()}"
    made = keepwell(home, "init")
    assert made.returncode == 0, made.stderr
    return home


def installation(folder: Path) -> Path:
    """Return a new data folder that `keepwell init` has made."""
    shutil.copytree(_template(), folder, ignore=shutil.ignore_patterns("serve.lock"))
    folder.chmod(0o700)
    return folder


class Lines:
    """What a process writes to one of its pipes, kept and waited for."""

    def __init__(self, pipe: IO[str]) -> None:
        self._said: list[str] = []
        self._news = threading.Condition()
        self._has_ended = False
        self._reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._reader.start()

    def _read(self, pipe: IO[str]) -> None:
        with pipe:
            for line in pipe:
                with self._news:
                    self._said.append(line.rstrip("\n"))
                    self._news.notify_all()
        with self._news:
            self._has_ended = True
            self._news.notify_all()

    def all(self) -> list[str]:
        """Return what was written so far."""
        with self._news:
            return list(self._said)

    def wait_for(self, text: str, *, since: int = 0) -> str:
        """Return the first line from `since` on that contains the text."""

        def found() -> str | None:
            return next((line for line in self._said[since:] if text in line), None)

        with self._news:
            self._news.wait_for(lambda: found() or self._has_ended, PATIENCE_SECONDS)
            line = found()
            assert line is not None, f"{text!r} was not said, but:\n" + "\n".join(self._said)
            return line

    def until_end(self) -> list[str]:
        """Wait for the pipe to close and return everything."""
        self._reader.join(PATIENCE_SECONDS)
        return self.all()


@dataclass
class Served:
    """A server that runs."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    out: Lines
    log: Lines

    @property
    def url(self) -> str:
        """Return its address."""
        return f"https://localhost:{self.port}"

    @property
    def ca_file(self) -> Path:
        """Return the certificate of its own authority."""
        return self.home / "tls" / "ca.pem"

    def at(self, port: int) -> "Served":
        """Return the same server as its other listener is asked."""
        return replace(self, port=port)

    def tls(self, *protocols: str) -> ssl.SSLContext:
        """Return a context that believes this server and nobody else."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        context.set_alpn_protocols(list(protocols) or ["http/1.1"])
        return context

    def connect(self, *protocols: str) -> ssl.SSLSocket:
        """Open a connection."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        return self.tls(*protocols).wrap_socket(plain, server_hostname="localhost")

    def ask(self, request: bytes) -> bytes:
        """Send bytes on a connection of their own and return everything that comes back."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError, ssl.SSLEOFError):  # it need not read it all
                connection.sendall(request)
            return read_to_end(connection)

    def worker(self) -> int:
        """Return the process id of the one worker."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        children = [
            child for task in tasks.iterdir() for child in (task / "children").read_text().split()
        ]
        return int(children[0])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(PATIENCE_SECONDS)
        self.log.until_end()
        return status


def read_to_end(connection: ssl.SSLSocket) -> bytes:
    """Read until the server ends the connection, however it does."""
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except (ConnectionResetError, ssl.SSLEOFError):
        pass
    return answer


def start(home: Path, *arguments: str, **settings: str) -> Served:
    """Start a server on this data folder and return when it takes connections."""
    port = int(settings.pop("KEEPWELL_PORT", 0)) or free_port()
    process = subprocess.Popen(
        [str(COMMAND), *(arguments or ("serve",))],
        env=environment(home, KEEPWELL_PORT=str(port), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    served = Served(home, port, process, Lines(process.stdout), Lines(process.stderr))
    try:
        _wait_until_ready(served)
    except BaseException as error:
        end(served)
        error.add_note("\n".join(served.log.all()))
        raise
    return served


def _wait_until_ready(served: Served) -> None:
    """Wait for its line, or for its end; then for an answer."""
    served.out.wait_for("https://")
    answer = served.ask(
        b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % served.port
    )
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]


def end(served: Served) -> None:
    """End a server that a test leaves behind, with its workers."""
    _terminate(served)
    served.out.until_end()
    served.log.until_end()


def _terminate(served: Served) -> None:
    if served.process.poll() is None:
        served.process.terminate()
        try:
            served.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(served.process.pid, signal.SIGKILL)
            served.process.wait(10)


@contextmanager
def serving(home: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    """Serve this data folder while the block runs, on a free port unless KEEPWELL_PORT is given."""
    served = start(home, *arguments, **settings)
    try:
        yield served
    finally:
        end(served)


@dataclass(frozen=True)
class Demo:
    """A served demonstration and what `keepwell demo --json` said of it."""

    served: Served
    said: dict[str, Any]

    def account(self, name: str) -> dict[str, str]:
        """Return how somebody signs in: "ada", "ben", "dee", "abe" or "cy"."""
        accounts: list[dict[str, str]] = self.said["accounts"]
        return next(each for each in accounts if each["email"].startswith(f"{name}@"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Serve the demonstration clinic for the tests of one module."""
    home = installation(tmp_path_factory.mktemp("demo") / "home")
    with serving(home, "demo", "--json") as running:
        yield Demo(running, json.loads("\n".join(running.out.all())))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a new installation for the tests of one module."""
    with serving(installation(tmp_path_factory.mktemp("served") / "home")) as running:
        yield running
