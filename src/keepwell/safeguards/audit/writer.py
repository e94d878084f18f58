"""What writes the trail in each process: whoever discloses, in turn, and one thread.

Whoever discloses makes entries durable in the inbox, its own and those of all who came meanwhile
(group commit), and waits for nobody else. The thread moves inbox and outbox into the log a moment
later: the sequencer; on PostgreSQL in a process that was given the sequencer's role, and another
process does it otherwise. It begins with the first use, sweeps what an earlier process left, keeps
connections of its own, and after a fork a child begins a thread of its own.
"""

import asyncio
import atexit
import logging
import math
import os
import threading
import time
from collections import deque
from contextvars import Context
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connections

from keepwell.safeguards.audit import outbox, waiting
from keepwell.safeguards.audit.entries import SealedEntry
from keepwell.safeguards.audit.errors import TrailBroken, TrailUnavailable
from keepwell.safeguards.audit.sequencer import Sequencer
from keepwell.safeguards.audit.trail import inbox, statements, store

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

PATIENCE_SECONDS = 5.0  # how long a disclosure waits before it is refused
# How often to look for what others left, and how long to gather what one turn of sequencing moves:
# on SQLite each process moves its own, on PostgreSQL this may be the only one that can.
SWEEP_SECONDS = {"sqlite": 5.0, "postgresql": 0.2}
PACE_SECONDS = {"sqlite": 0.0, "postgresql": 0.1}
# Readings come in crowds and wait for nobody: moving them takes a tenth of the processor at most.
REST_FOR_WORK = 9
LOOK_SECONDS = 0.05
RETRY_SECONDS = 1.0
LARGEST_BATCH = 1000

_log = logging.getLogger(__name__)


class _Source(Enum):
    """Where entries wait for the log: those of changes, and those of disclosures."""

    OUTBOX = "outbox"
    INBOX = "inbox"


_BOTH = frozenset(_Source)
_Due = dict[UUID, frozenset[_Source]]


@dataclass(eq=False, slots=True)
class _Submitted:
    entry: SealedEntry
    is_settled: bool = False
    error: Exception | None = None
    is_abandoned: bool = False


class Writer:
    """A queue for the inbox, the organisations with news for the log, and the thread for those."""

    def __init__(self) -> None:
        self._signal = threading.Condition()
        self._queue: deque[_Submitted] = deque()
        self._woken: dict[_Source, set[UUID]] = {source: set() for source in _Source}
        self._failed: set[UUID] = set()
        self._broken: dict[UUID, TrailBroken] = {}
        self._settling: dict[UUID, list[threading.Event]] = {}
        self._moving: set[UUID] = set()  # whose turn it is just now
        self._last_put: dict[UUID, UUID] = {}
        self._sweep_at = self._retry_at = 0.0
        self._move_at = dict.fromkeys(_Source, 0.0)
        self._is_stopping = False
        self._thread: threading.Thread | None = None
        self._sequencer = Sequencer()
        self._connections: list[BaseDatabaseWrapper] = []  # of the thread
        self._lent = store.Lent()  # to whoever discloses
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
        mine = _Submitted(entry)
        self._queue.append(mine)
        if _is_in_event_loop():  # where Django lets nobody wait for a store
            helper = threading.Thread(target=self._serve, args=(mine,))
            helper.start()
            helper.join()
        else:
            self._serve(mine)
        if mine.error is not None:
            raise _refusal(mine.error) from mine.error

    def _serve(self, mine: _Submitted) -> None:
        """Write what is queued, unless whoever came before has written this one too."""
        if not self._working.acquire(timeout=PATIENCE_SECONDS):
            mine.is_abandoned, mine.error = True, TrailUnavailable("The trail took too long.")
            return
        try:
            while not mine.is_settled:
                Context().run(self._write, self._queued())  # behind no wall, or another's
        finally:
            self._working.release()

    def wake(self, organisation: UUID, source: _Source) -> None:
        """Say that something of this organisation waits there."""
        if not store.may_sequence():
            return
        with self._signal:
            woken = self._woken[source]
            is_known = bool(woken)  # to the thread, which waits until it is time
            woken.add(organisation)
            self._begin()
            if not is_known:
                self._signal.notify()

    def settle(self, organisation: UUID) -> None:
        """Return when what this process has recorded is in the log, or could not be added."""
        settled = threading.Event()
        with self._signal:
            if organisation not in self._failed.union(self._moving, *self._woken.values()):
                return
            self._settling.setdefault(organisation, []).append(settled)
            for source in _Source:
                self._woken[source].add(organisation)
                self._move_at[source] = 0.0
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
        """Move what is durable into the log, end the thread and close all connections."""
        with self._signal:
            thread = self._thread
            self._is_stopping = True
            self._signal.notify()
        if thread is not None:
            thread.join(2 * PATIENCE_SECONDS)
        if self._working.acquire(timeout=PATIENCE_SECONDS):
            self._lent.close()
            self._working.release()

    def close_before_fork(self) -> None:
        """Wait until no transaction is open and close the connections; they are opened again.

        SQLite keeps what it has locked in memory: a child that inherits an open connection would
        take locks for held that are not, or wait for ever for one that nobody can give back.
        """
        if not self._working.acquire(timeout=PATIENCE_SECONDS):
            return
        self._paused_by = threading.get_ident()
        self._lent.close()
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
            connections.close_all()

    def _turn(self) -> bool:
        due, is_last = self._next()
        with self._working:  # whenever a store is used: a fork closes the connections
            due = dict.fromkeys(self._swept(), _BOTH) | due
        for organisation, sources in due.items():
            with self._working:  # for one at a time: nobody waits for a whole sweep
                self._drain(organisation, sources)
        with self._signal:
            has_ended = is_last and not any(self._woken.values())
            if has_ended:  # whoever comes from now on begins a new thread
                self._thread = None
        return not has_ended

    def _next(self) -> tuple[_Due, bool]:
        """Return whose turn it is, and whether it is the last: then what had failed is tried."""
        with self._signal:
            pause = self._pause()
            if not self._is_stopping and pause > 0:
                self._signal.wait(min(pause, threading.TIMEOUT_MAX))
            due = self._due()
            self._moving.update(due)
            return due, self._is_stopping

    def _pause(self) -> float:
        due = [self._sweep_at]
        due += [self._move_at[source] for source, woken in self._woken.items() if woken]
        if self._failed:
            due.append(self._retry_at)
        return min(due) - time.monotonic()

    def _due(self) -> _Due:
        """Take the organisations whose turn it is."""
        now = math.inf if self._is_stopping else time.monotonic()
        due: _Due = {}
        for source in _Source:
            if now >= self._move_at[source]:
                for organisation in self._woken[source]:
                    due[organisation] = due.get(organisation, frozenset()) | {source}
                self._woken[source] = set()
        if now >= self._retry_at:
            due |= dict.fromkeys(self._failed, _BOTH)
            self._failed = set()
        return due

    def _queued(self) -> list[_Submitted]:
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
        """Plan the next sweep; the stores say for whom something waits."""
        if not store.may_sequence():
            self._sweep_at = math.inf
            return set()
        self._sweep_at = time.monotonic() + SWEEP_SECONDS[store.vendor()]
        return {one.organisation for one in waiting.waiting()} - self._failed

    def _write(self, batch: list[_Submitted]) -> None:
        by_organisation: dict[UUID, list[_Submitted]] = {}
        for one in batch:
            if not one.is_abandoned:
                by_organisation.setdefault(one.entry.organisation, []).append(one)
        for organisation, group in by_organisation.items():
            error: Exception | None = TrailUnavailable("Whoever wrote it was interrupted.")
            try:
                error = self._put(organisation, [one.entry for one in group])
            finally:  # or the others would wait for ever
                for one in group:
                    one.error, one.is_settled = error, True

    def _put(self, organisation: UUID, entries: list[SealedEntry]) -> Exception | None:
        """Put them in; try once more on a new connection, for the old one may have died."""
        failure: Exception | None = None
        for _attempt in range(2):
            try:
                self._make_durable(organisation, entries)
            except TrailBroken as error:
                return error
            except Exception as error:
                _say_failed("append", error)
                self._lent.close()
                failure = error
            else:
                return None
        return failure

    def _make_durable(self, organisation: UUID, entries: list[SealedEntry]) -> None:
        if organisation in self._broken:  # until a turn of sequencing has found it whole again
            raise self._broken[organisation]
        with self._lent.to_me(PATIENCE_SECONDS):
            inbox.put(organisation, entries)
        self._last_put[organisation] = entries[-1].id
        self.wake(organisation, _Source.INBOX)

    def _drain(self, organisation: UUID, sources: frozenset[_Source]) -> None:
        with self._signal:
            settling = self._settling.pop(organisation, [])
        if settling:  # whoever waits means both, also when one of them is not due yet
            sources = _BOTH
        left: set[_Source] = set()
        try:
            left = self._moved(organisation, sources)
        except outbox.OutboxBusy as error:
            self._try_again(organisation, error)
        except Exception as error:
            self._recover("drain", error)
            self._try_again(organisation, error)
        with self._signal:
            self._moving.discard(organisation)
            for source in left:
                self._woken[source].add(organisation)
            if left:
                self._settling.setdefault(organisation, []).extend(settling)
        if not left:
            for settled in settling:
                settled.set()

    def _moved(self, organisation: UUID, sources: frozenset[_Source]) -> set[_Source]:
        """Move a batch from each; return of which there may be more.

        Raises OutboxBusy after both: readings do not wait for whoever holds the data's lock.
        """
        start, pace, left = time.thread_time(), PACE_SECONDS[store.vendor()], set()
        self._move_at = dict.fromkeys(_Source, time.monotonic() + pace)
        busy: outbox.OutboxBusy | None = None
        if _Source.OUTBOX in sources:
            try:
                left |= {_Source.OUTBOX} if outbox.drain(organisation, self._sequencer) else set()
            except outbox.OutboxBusy as error:
                busy = error
        if _Source.INBOX in sources:
            if self._sequencer.take_inbox(organisation):
                left.add(_Source.INBOX)
            else:
                rest = REST_FOR_WORK * (time.thread_time() - start)
                self._move_at[_Source.INBOX] = time.monotonic() + max(pace, rest)
        self._broken.pop(organisation, None)
        if busy is not None:
            raise busy
        return left

    def _try_again(self, organisation: UUID, error: Exception) -> None:
        if isinstance(error, TrailBroken):
            self._broken[organisation] = error
        with self._signal:
            self._failed.add(organisation)
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def _recover(self, what: str, error: Exception) -> None:
        _say_failed(what, error)
        connections.close_all()


def _say_failed(what: str, error: Exception) -> None:
    cause = type(error.__cause__ or error).__name__  # never the text, which may hold values
    _log.warning("trail %s failed: %s", what, cause)


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _refusal(error: Exception) -> TrailUnavailable:
    return TrailBroken(*error.args) if isinstance(error, TrailBroken) else TrailUnavailable()


_writer = Writer()
_inherited: list[Writer] = []


def start() -> None:
    """Begin the thread of this process; it first moves what an earlier process left."""
    _writer.start()


def stop() -> None:
    """Move what is durable, end the thread, close all connections; a later use begins anew."""
    _writer.stop()


def wake(organisation: UUID) -> None:
    """Say that this organisation's outbox has news. Called after commit."""
    _writer.wake(organisation, _Source.OUTBOX)


def settle(organisation: UUID) -> None:
    """Let what this process has recorded appear in the log before the log is read."""
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
