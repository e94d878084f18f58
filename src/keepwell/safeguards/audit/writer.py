"""The one thread of a process that writes the trail.

Whoever discloses hands over an entry and waits: all that wait share one commit (group commit).
Whoever changed something only wakes the thread, which then moves the outbox. The thread begins with
the first use, sweeps what an earlier process left, keeps connections of its own, and after a fork a
child begins a thread of its own.

On SQLite that commit adds to the log. On PostgreSQL it is durable in the inbox, and the sequencer
moves inbox and outbox into the log: this same thread ten times a second at most, in a process that
was given the sequencer's role, and another process otherwise.
"""

import atexit
import logging
import math
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections

from keepwell.safeguards.audit import logs, outbox, waiting
from keepwell.safeguards.audit.entries import SealedEntry
from keepwell.safeguards.audit.errors import TrailBroken, TrailUnavailable
from keepwell.safeguards.audit.sequencer import Sequencer
from keepwell.safeguards.audit.trail import inbox, statements, store

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE_SECONDS = 5.0  # how long a disclosure waits before it is refused
SWEEP_SECONDS = 30.0
SWEEP_INBOXES_SECONDS = 0.2
PACE_SECONDS = 0.1  # between two turns of sequencing on PostgreSQL
LOOK_SECONDS = 0.05
RETRY_SECONDS = 1.0
LARGEST_BATCH = 1000

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Submitted:
    entry: SealedEntry
    settled: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    is_abandoned: bool = False


class Writer:
    """A queue, the organisations with news in their outbox, and the thread that serves both."""

    def __init__(self) -> None:
        self._signal = threading.Condition()
        self._queue: deque[_Submitted] = deque()
        self._woken: set[UUID] = set()
        self._failed: set[UUID] = set()
        self._broken: dict[UUID, TrailBroken] = {}
        self._settling: dict[UUID, list[threading.Event]] = {}
        self._draining: UUID | None = None
        self._last_put: dict[UUID, UUID] = {}
        self._sweep_at = self._drain_at = self._retry_at = 0.0
        self._is_stopping = False
        self._thread: threading.Thread | None = None
        self._sequencer = Sequencer()
        self._connections: list[BaseDatabaseWrapper] = []
        self._working = threading.Lock()  # held while the stores are used
        self._paused_by: int | None = None

    def start(self) -> None:
        """Begin the thread if it does not run; a new one also tries at once what had failed."""
        with self._signal:
            self._begin()

    def _begin(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._is_stopping, self._sweep_at, self._retry_at = False, 0.0, 0.0
            self._thread = threading.Thread(target=self._run, name="keepwell-trail", daemon=True)
            self._thread.start()

    def submit(self, entry: SealedEntry) -> None:
        """Return when the entry is durable; raise TrailUnavailable if it is not in time."""
        waiting = _Submitted(entry)
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
        if not store.may_sequence():
            return
        with self._signal:
            self._woken.add(organisation)
            self._begin()
            self._signal.notify()

    def settle(self, organisation: UUID) -> None:
        """Return when what this process has recorded is in the log, or could not be added."""
        settled = threading.Event()
        with self._signal:
            if organisation not in self._woken | self._failed | {self._draining}:
                return
            self._settling.setdefault(organisation, []).append(settled)
            self._woken.add(organisation)
            self._drain_at = 0.0
            self._begin()
            self._signal.notify()
        settled.wait(PATIENCE_SECONDS)

    def look_until_sequenced(self, organisation: UUID) -> None:
        """Return when another process has added what this one recorded last, or takes too long."""
        last = self._last_put.pop(organisation, None)
        until = time.monotonic() + PATIENCE_SECONDS
        while last is not None and time.monotonic() < until:
            with store.reading(organisation) as connection:
                if statements.places(connection, organisation, [last]):
                    return
            time.sleep(LOOK_SECONDS)

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
        self._connections = [connections[alias] for alias in connections]
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

    def _next(self) -> tuple[list[_Submitted], set[UUID]]:
        with self._signal:
            pause = self._pause()
            if not (self._queue or self._is_stopping) and pause > 0:
                self._signal.wait(min(pause, threading.TIMEOUT_MAX))
            woken = self._due()
        return self._queued(), woken

    def _pause(self) -> float:
        due = [self._sweep_at]
        if self._woken:
            due.append(self._drain_at)
        if self._failed:
            due.append(self._retry_at)
        return min(due) - time.monotonic()

    def _due(self) -> set[UUID]:
        """Take the organisations whose turn it is."""
        due: set[UUID] = set()
        if self._is_stopping or time.monotonic() >= self._drain_at:
            due, self._woken = self._woken, set()
        if self._is_stopping or time.monotonic() >= self._retry_at:
            due, self._failed = due | self._failed, set()
        return due

    def _queued(self) -> list[_Submitted]:
        with self._signal:
            return [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_BATCH))]

    def _swept(self) -> set[UUID]:
        """Return every organisation when a sweep is due: its outbox may have been left full."""
        if time.monotonic() < self._sweep_at:
            return set()
        try:
            return self._left_over()
        except Exception as error:  # the thread must outlive whatever happens to a store
            self._recover("sweep", error)
            self._sweep_at = time.monotonic() + RETRY_SECONDS
            return set()

    def _left_over(self) -> set[UUID]:
        """Plan the next sweep; on PostgreSQL the store itself says for whom something waits."""
        if not store.may_sequence():
            self._sweep_at = math.inf
            return set()
        if not store.has_inbox():
            self._sweep_at = time.monotonic() + SWEEP_SECONDS
            return set(logs.all_logs())
        self._sweep_at = time.monotonic() + SWEEP_INBOXES_SECONDS
        return {one.organisation for one in waiting.waiting()} - self._failed

    def _write(self, batch: list[_Submitted]) -> None:
        by_organisation: dict[UUID, list[_Submitted]] = {}
        for one in batch:
            if not one.is_abandoned:
                by_organisation.setdefault(one.entry.organisation, []).append(one)
        for organisation, group in by_organisation.items():
            error = self._append(organisation, [one.entry for one in group])
            for one in group:
                one.error = error
                one.settled.set()

    def _append(self, organisation: UUID, entries: list[SealedEntry]) -> Exception | None:
        """Append; try once more on a new connection, for the old one may have died meanwhile."""
        failure: Exception | None = None
        for is_second in (False, True):
            try:
                self._make_durable(organisation, entries, is_second=is_second)
            except TrailBroken as error:
                self._recover("append", error)
                return error
            except Exception as error:
                self._recover("append", error)
                failure = error
            else:
                return None
        return failure

    def _make_durable(
        self, organisation: UUID, entries: list[SealedEntry], *, is_second: bool
    ) -> None:
        if not store.has_inbox():
            self._sequencer.append(organisation, entries, may_be_there=is_second)
            return
        if organisation in self._broken:  # until a turn of sequencing has found it whole again
            raise self._broken[organisation]
        inbox.put(organisation, entries)
        self._last_put[organisation] = entries[-1].id
        self.wake(organisation)

    def _drain(self, organisation: UUID) -> None:
        with self._signal:
            self._draining = organisation
            settling = self._settling.pop(organisation, [])
        is_more = False
        try:
            is_more = self._moved(organisation)
        except outbox.OutboxBusy as error:
            self._try_again(organisation, error)
        except Exception as error:
            self._recover("drain", error)
            self._try_again(organisation, error)
        with self._signal:
            self._draining = None
            if is_more:
                self._woken.add(organisation)
                self._settling.setdefault(organisation, []).extend(settling)
        if not is_more:
            for settled in settling:
                settled.set()

    def _moved(self, organisation: UUID) -> bool:
        """Move a batch of the outbox and one of the inbox; return whether there may be more."""
        is_more = outbox.drain(organisation, self._sequencer)
        if store.has_inbox():
            self._drain_at = time.monotonic() + PACE_SECONDS
            is_more = self._sequencer.take_inbox(organisation) or is_more
        self._broken.pop(organisation, None)
        return is_more

    def _try_again(self, organisation: UUID, error: Exception) -> None:
        if isinstance(error, TrailBroken):
            self._broken[organisation] = error
        with self._signal:
            self._failed.add(organisation)
            self._retry_at = time.monotonic() + RETRY_SECONDS

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


def settle(organisation: UUID) -> None:
    """Let what this process has recorded appear in the log before the log is read."""
    if not store.has_inbox():
        return  # whatever was waited for is in the log already
    if store.may_sequence():
        _writer.settle(organisation)
    else:
        _writer.look_until_sequenced(organisation)


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
