"""One worker behind two sockets: patients' and staff's, each with an application of its own.

Granian gives a worker one socket, and says of a request only at which address it came in. Its
worker object can be made twice in a process, on one event loop, so that which application answers
is decided by the socket that took the connection and by nothing that a client, a proxy or an
address could say; threads, keys and database connections stay one set. What follows is Granian's
`MPServer._spawn_asgi_lifespan_worker` with a loop over doors (docs/decisions/0023).
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from socket import socket
from typing import Any

from granian._futures import _future_watcher_wrapper, _new_cbscheduler
from granian._granian import ASGIWorker, SocketHolder, WorkerSignal
from granian._internal import load_target
from granian.asgi import LifespanProtocol, _callback_wrapper
from granian.constants import TaskImpl
from granian.server.common import WORKERS_METHODS
from granian.server.mp import MPServer, WorkerProcess

from keepwell.cli import listener as listening

# Private and untyped, so as of the pinned version; tests serve through them.
_in_process: Any = WorkerProcess.wrap_target
_lifespan_of: Any = LifespanProtocol
_as_application: Any = _callback_wrapper
_watched: Any = _future_watcher_wrapper
_scheduler_of: Any = _new_cbscheduler
_worker_of: Any = ASGIWorker
_holder_of: Any = SocketHolder


@dataclass(frozen=True, slots=True)
class Door:
    """A listening socket and the name of the application that answers behind it."""

    root: str
    listener: socket

    def anew(self) -> "Door":
        """Return the same door with a second socket at its address, for the next worker."""
        return replace(self, listener=listening.another(self.listener))


def target(server: MPServer, doors: Callable[[], Sequence[Door]]) -> Callable[..., None]:
    """Return what a worker process of this server runs: all doors, until it is told to end."""

    def serve(
        worker_id: int, root: Any, _socket: Any, _ipc: Any, loop: Any, *_settings: Any
    ) -> None:
        _Worker(server, worker_id, loop).serve(root, doors())

    made: Callable[..., None] = _in_process(serve)
    return made


class _Worker:
    """Granian's worker, once per door."""

    def __init__(self, server: MPServer, worker_id: int, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._id = worker_id
        self._loop = loop

    def serve(self, root: Any, doors: Sequence[Door]) -> None:
        """Follow the life of one worker: begin, open every door, close them together, end."""
        endings = [WorkerSignal() for _ in doors]
        closed = [self._closed_event(ending) for ending in endings]
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, _set_all, endings)
        lifespan = _lifespan_of(root)
        self._loop.run_until_complete(lifespan.startup())
        if lifespan.interrupt:
            sys.exit(1)
        for door, ending in zip(doors, endings, strict=True):
            self._open(door, ending, lifespan.state)
        self._loop.run_until_complete(_all_set(closed))
        self._loop.run_until_complete(lifespan.shutdown())

    def _closed_event(self, ending: WorkerSignal) -> asyncio.Event:
        """Return what is set once the door told by this signal has given its last answer."""
        event = asyncio.Event()
        ending.add_cb(lambda: self._loop.call_soon_threadsafe(event.set))
        return event

    def _open(self, door: Door, ending: WorkerSignal, state: dict[str, Any]) -> None:
        answer = _as_application(load_target(door.root), {}, state)
        scheduler = _scheduler_of(
            self._loop,
            _watched(answer),
            impl_asyncio=self._server.task_impl == TaskImpl.asyncio,
        )
        method = WORKERS_METHODS[self._server.runtime_mode][False]  # not a Unix socket
        getattr(self._worker(door), method)(scheduler, self._loop, ending)

    def _worker(self, door: Door) -> Any:
        """Make Granian's worker object for one door, its arguments in Granian's order."""
        of = self._server
        holder = _holder_of(door.listener.fileno(), False, listening.BACKLOG)  # noqa: FBT003
        return _worker_of(
            self._id,
            (None, holder),
            None,  # no channel for metrics
            of.runtime_threads,
            of.runtime_blocking_threads,
            of.blocking_threads,
            of.blocking_threads_idle_timeout,
            of.backpressure,
            of.http,
            of.http1_settings,
            of.http2_settings,
            of.websockets,
            of.static_path,
            *of.ssl_ctx,
            (None, None),  # no metrics
        )


def _set_all(endings: Sequence[WorkerSignal]) -> None:
    for ending in endings:
        ending.set()


async def _all_set(events: Sequence[asyncio.Event]) -> None:
    for event in events:
        await event.wait()
