"""Granian in this process: one parent that supervises the web worker (design.md, "Processes").

Three things differ from Granian's own command. Sockets are ours, so that a second server on the
same port is refused and a worker is replaced without losing a connection (see `listener`). A
certificate is tried before workers are replaced, so that a bad one never ends a working server. And
a worker that dies twice in a row is replaced: Granian would end the whole server, so that a request
that kills a worker, sent twice, would close the clinic. Only one that keeps dying ends it, with a
sentence that says so.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from granian._granian import SocketHolder
from granian._internal import load_target
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from keepwell.cli import listener as listening
from keepwell.cli import tls, two_doors
from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import warn
from keepwell.cli.two_doors import Door

HEADER_BYTES = 16 * 1024
HEADER_TIMEOUT_MS = 2_000
KILL_SECONDS = 10  # above what a worker grants requests on their way (config.worker)
BACKPRESSURE = 4096
WARM_SECONDS = 1.0  # a new worker gets no connection before
OVERLAP_SECONDS = 3.0  # an old worker ends after; until then its clients are asked to move
MOST_DEATHS, DEATHS_SECONDS = 10, 60.0  # more in this time is a loop, which is left to the operator
_LOOP = """
The part of Keepwell that answers requests died more than {most} times within {seconds:.0f} seconds,
the last time by {cause}, so Keepwell has ended. What it acknowledged is kept. Look at the lines
above for an error; if there is none, look whether the machine ran out of memory (journalctl -k).
Then run keepwell doctor, and start Keepwell again.
"""
# Levels only: the application's own configuration, and with it every handler, stays.
_LOGGING = {"incremental": True, "formatters": {}, "handlers": {}, "loggers": {}}


class Deaths:
    """When workers died, and whether that is a loop."""

    def __init__(self) -> None:
        self._latest: deque[float] = deque(maxlen=MOST_DEATHS + 1)

    def is_loop(self, now: float) -> bool:
        """Note a death at `now`, in seconds of any clock; tell whether it is one too many."""
        self._latest.append(now)
        return len(self._latest) > MOST_DEATHS and now - self._latest[0] <= DEATHS_SECONDS


class Supervisor(MPServer):
    """Granian's parent process, on our sockets and careful with certificates."""

    def __init__(self, root: str, doors: Sequence[Door], files: tls.Served) -> None:
        multiprocessing.set_start_method("fork", force=True)  # workers inherit the sockets
        self._doors = tuple(doors)
        self._retiring: tuple[Door, ...] = ()
        self._files = files
        self._deaths = Deaths()
        self.trouble = ""  # why it ended by itself, for the operator
        address = self._doors[0].listener.getsockname()
        super().__init__(
            root,
            address=address[0],
            port=address[1],
            interface=Interfaces.ASGI,
            http=HTTPModes.auto,
            websockets=False,
            backlog=listening.BACKLOG,
            backpressure=BACKPRESSURE,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=HEADER_BYTES
            ),
            http2_settings=HTTP2Settings(max_headers_size=HEADER_BYTES),
            log_level=LogLevels.warning,
            log_dictconfig=_LOGGING,
            ssl_cert=files.certificate,
            ssl_key=files.key,
            ssl_protocol_min=SSLProtocols.tls12,
            respawn_failed_workers=True,
            respawn_interval=OVERLAP_SECONDS,
            workers_kill_timeout=KILL_SECONDS,
        )

    def load_root(self, target: str) -> Any:
        """Load the application, in the worker; let go of the sockets of the worker before."""
        _close(self._retiring)
        return load_target(target)

    def serve_doors(self) -> None:
        """Serve as Granian does behind one door, and by a worker of ours behind two."""
        target = two_doors.target(self, lambda: self._doors) if len(self._doors) > 1 else None
        self.serve(spawn_target=target, target_loader=self.load_root)

    def _init_shared_socket(self) -> None:
        self._ssp: Any = None
        self._sso: Any = self._doors[0].listener
        self._sfd: Any = self._sso.fileno()
        # By position: file descriptor, whether it is a Unix socket, backlog. The stub knows one.
        self._shd: Any = SocketHolder(self._sfd, False, listening.BACKLOG)  # type: ignore[call-arg]  # noqa: FBT003

    def _drop_shared_socket(self) -> None:
        _close(self._doors)

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """Replace a worker: without a delay one that died, which is refused to a loop."""
        if not delay and self._deaths.is_loop(time.monotonic()):
            cause = cause_of(self.wrks[workers[0]].inner.exitcode)
            loop = _LOOP.format(most=MOST_DEATHS, seconds=DEATHS_SECONDS, cause=cause)
            self.trouble = " ".join(loop.split())
            self.interrupt_signal = True
            self.main_loop_interrupt.set()
            return
        super()._respawn_workers(workers, spawn_target, target_loader, delay=delay)
        self.respawned_wrks.clear()  # Granian's own limit, two within 5.5 seconds, is not ours

    def _reload(self, spawn_target: Any, target_loader: Any) -> None:
        self.reload_signal = False
        self.main_loop_interrupt.clear()
        try:
            tls.check(self._files)
        except Refusal as refusal:
            warn(f"keepwell: {refusal} The certificate of before is still served.")
        else:
            self._replace_worker(spawn_target, target_loader)

    def _replace_worker(self, spawn_target: Any, target_loader: Any) -> None:
        self._retiring, self._doors = self._doors, tuple(door.anew() for door in self._doors)
        self._init_shared_socket()
        moving = threading.Timer(WARM_SECONDS, self._move_clients, (self.wrks[0].inner.pid,))
        moving.start()
        self._respawn_workers([0], spawn_target, target_loader, delay=OVERLAP_SECONDS)
        moving.join()
        _close(self._retiring)
        self._retiring = ()
        self._steer(0)

    def _move_clients(self, old_worker: int) -> None:
        """Send new connections to the new worker, and ask those of the old one to come anew."""
        self._steer(1)
        with contextlib.suppress(ProcessLookupError):
            os.kill(old_worker, signal.SIGUSR1)

    def _steer(self, number: int) -> None:
        for door in self._doors:
            listening.steer(door.listener, number)


def _close(doors: Sequence[Door]) -> None:
    for door in doors:
        door.listener.close()


def cause_of(exit_code: int | None) -> str:
    """Name what ended a process, as multiprocessing tells it: signals are negative."""
    if exit_code is None or exit_code >= 0:
        return f"exit status {exit_code}"
    try:
        return signal.Signals(-exit_code).name
    except ValueError:  # a real-time signal between the first and the last has no name
        return f"signal {-exit_code}"


def serve(root: str, doors: Sequence[Door], ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called when connections are taken.

    `root` follows the life of workers, and each door's own answers. Raises Refusal when workers
    die one after the other.
    """
    supervisor = Supervisor(root, doors, tls.served())
    supervisor.on_startup(ready)
    supervisor.serve_doors()
    if supervisor.trouble:
        raise Refusal(supervisor.trouble)
