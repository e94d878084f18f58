"""The one thread of a process that writes the trail.

Whoever discloses hands over an entry and waits: all that wait share one commit (group commit).
Whoever changed something only wakes the thread, which then moves the outbox. The thread begins with
the first use, sweeps what an earlier process left, keeps connections of its own, and after a fork a
child begins a thread of its own.
"""

import atexit
import logging
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections

from keepwell.safeguards.audit import logs, outbox
from keepwell.safeguards.audit.entries import SealedEntry
from keepwell.safeguards.audit.errors import TrailBroken, TrailUnavailable
from keepwell.safeguards.audit.sequencer import Sequencer

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE_SECONDS = 5.0  # how long a disclosure waits before it is refused
SWEEP_SECONDS = 30.0
RETRY_SECONDS = 1.0
LARGEST_BATCH = 1000

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Waiting:
    entry: SealedEntry
    settled: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    is_abandoned: bool = False


class Writer:
    """A queue, the organisations with news in their outbox, and the thread that serves both."""

    def __init__(self) -> None:
        self._signal = threading.Condition()
        self._queue: deque[_Waiting] = deque()
        self._woken: set[UUID] = set()
        self._failed: set[UUID] = set()
        self._sweep_at = 0.0
        self._is_stopping = False
        self._thread: threading.Thread | None = None
        self._sequencer = Sequencer()
        self._connections: list[BaseDatabaseWrapper] = []
        self._working = threading.Lock()  # held while the stores are used
        self._paused_by: int | None = None

    def start(self) -> None:
        """Begin the thread if it does not run."""
        with self._signal:
            self._begin()

    def _begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._is_stopping, self._sweep_at = False, 0.0
            self._thread = threading.Thread(target=self._run, name="keepwell-trail", daemon=True)
            self._thread.start()

    def submit(self, entry: SealedEntry) -> None:
        """Return when the entry is durable; raise TrailUnavailable if it is not in time."""
        waiting = _Waiting(entry)
        with self._signal:
            self._queue.append(waiting)
            self._begin()
            self._signal.notify()
        if not waiting.settled.wait(PATIENCE_SECONDS):
            waiting.is_abandoned = True
            raise TrailUnavailable("The trail did not answer in time.")
        if waiting.error is not None:
            raise _refusal(waiting.error) from waiting.error

    def wake(self, organisation: UUID) -> None:
        """Say that this organisation's outbox has news."""
        with self._signal:
            self._woken.add(organisation)
            self._begin()
            self._signal.notify()

    def stop(self) -> None:
        """Serve what is queued, end the thread and close its connections."""
        with self._signal:
            thread = self._thread
            self._is_stopping = True
            self._signal.notify()
        if thread is not None:
            thread.join(2 * PATIENCE_SECONDS)

    def close_before_fork(self) -> None:
        """Wait until no transaction is open and close the connections; they are opened again.

        SQLite keeps what it has locked in memory: a child that inherits an open connection would
        take locks for held that are not, or wait for ever for one that nobody can give back.
        """
        if not self._working.acquire(timeout=PATIENCE_SECONDS):
            return
        self._paused_by = threading.get_ident()
        for connection in self._connections:
            connection.inc_thread_sharing()
            connection.close()
            connection.dec_thread_sharing()

    def go_on_after_fork(self) -> None:
        """Let the thread of the parent work again."""
        if self._paused_by == threading.get_ident():
            self._paused_by = None
            self._working.release()

    def _run(self) -> None:
        self._connections = [connections[alias] for alias in ("default", "trail", "keys")]
        try:
            while self._turn():
                pass
        finally:
            self._close_connections()

    def _turn(self) -> bool:
        batch, woken = self._next()
        with self._working:
            self._write(batch)
            for organisation in woken | self._swept():
                self._drain(organisation)
                self._write(self._queued())  # nobody waits for a whole sweep
        with self._signal:
            has_ended = self._is_stopping and not self._queue and not self._woken
            if has_ended:  # whoever comes from now on begins a new thread
                self._thread = None
        return not has_ended

    def _next(self) -> tuple[list[_Waiting], set[UUID]]:
        with self._signal:
            pause = min(self._sweep_at - time.monotonic(), RETRY_SECONDS if self._failed else 3600)
            if not (self._queue or self._woken or self._is_stopping) and pause > 0:
                self._signal.wait(pause)
            woken, self._woken = self._woken, set()
        woken, self._failed = woken | self._failed, set()
        return self._queued(), woken

    def _queued(self) -> list[_Waiting]:
        with self._signal:
            return [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_BATCH))]

    def _swept(self) -> set[UUID]:
        """Return every organisation when a sweep is due: its outbox may have been left full."""
        if time.monotonic() < self._sweep_at:
            return set()
        self._sweep_at = time.monotonic() + SWEEP_SECONDS
        try:
            return set(logs.all_logs())
        except Exception as error:  # the thread must outlive whatever happens to a store
            self._recover("sweep", error)
            self._sweep_at = time.monotonic() + RETRY_SECONDS
            return set()

    def _write(self, batch: list[_Waiting]) -> None:
        by_organisation: dict[UUID, list[_Waiting]] = {}
        for waiting in batch:
            if not waiting.is_abandoned:
                by_organisation.setdefault(waiting.entry.organisation, []).append(waiting)
        for organisation, group in by_organisation.items():
            error = self._append(organisation, [waiting.entry for waiting in group])
            for waiting in group:
                waiting.error = error
                waiting.settled.set()

    def _append(self, organisation: UUID, entries: list[SealedEntry]) -> Exception | None:
        """Append; try once more on a new connection, for the old one may have died meanwhile."""
        failure: Exception | None = None
        for is_second in (False, True):
            try:
                self._sequencer.append(organisation, entries, may_be_there=is_second)
            except TrailBroken as error:
                self._recover("append", error)
                return error
            except Exception as error:
                self._recover("append", error)
                failure = error
            else:
                return None
        return failure

    def _drain(self, organisation: UUID) -> None:
        try:
            if outbox.drain(organisation, self._sequencer):
                self.wake(organisation)
        except Exception as error:
            self._recover("drain", error)
            self._failed.add(organisation)

    def _recover(self, what: str, error: Exception) -> None:
        cause = type(error.__cause__ or error).__name__  # never the text, which may hold values
        _log.warning("trail %s failed: %s", what, cause)
        self._close_connections()

    def _close_connections(self) -> None:
        connections.close_all()


def _refusal(error: Exception) -> TrailUnavailable:
    return TrailBroken(*error.args) if isinstance(error, TrailBroken) else TrailUnavailable()


_writer = Writer()
_inherited: list[Writer] = []


def start() -> None:
    """Begin the thread of this process; it first moves what an earlier process left."""
    _writer.start()


def stop() -> None:
    """Serve what is queued, end the thread, close its connections; a later use begins it anew."""
    _writer.stop()


def wake(organisation: UUID) -> None:
    """Say that this organisation's outbox has news. Called after commit."""
    _writer.wake(organisation)


def submit(entry: SealedEntry) -> None:
    """Return when the entry is durable on the trail; raise TrailUnavailable if it is not."""
    _writer.submit(entry)


def _after_fork() -> None:
    global _writer  # noqa: PLW0603  one writer per process
    _inherited.append(_writer)
    _writer = Writer()


def _before_fork() -> None:
    _writer.close_before_fork()


def _go_on_after_fork() -> None:
    _writer.go_on_after_fork()


os.register_at_fork(
    before=_before_fork, after_in_parent=_go_on_after_fork, after_in_child=_after_fork
)
atexit.register(stop)
