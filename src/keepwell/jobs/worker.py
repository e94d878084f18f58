"""The workers of one process: two threads that take jobs, and one that keeps leases alive.

One thread takes short jobs only, so that a mail never stands behind an import; the other takes any.
A process that is killed leaves its jobs to whoever looks when the lease has run out.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections

from keepwell.jobs import leases, running, schedules, waking
from keepwell.jobs.declaring import kinds
from keepwell.jobs.work import Work

LOOK_SECONDS = 1.0  # how often an idle worker looks for what other processes put
TROUBLE_SECONDS = 2.0  # how long it waits when the store cannot be used
STOP_SECONDS = 3.0  # how long stopping waits for a job's next checkpoint
_log = logging.getLogger("keepwell.jobs")


class Workers:
    """The threads, and the work they hold at this moment."""

    def __init__(self, *, close: Callable[[], object] = connections.close_all) -> None:
        self._close = close
        self._stopping = threading.Event()
        self._held: set[Work] = set()
        self._threads: list[threading.Thread] = []
        self._name = f"{socket.gethostname()[:40]}:{os.getpid()}"

    def start(self) -> None:
        """Start the threads; a second start does nothing."""
        if self._threads:
            return
        self._stopping.clear()
        targets: tuple[tuple[str, Callable[[], None]], ...] = (
            ("short", self._take_short),
            ("any", self._take_any),
            ("lease", lambda: self._renew(self._stopping)),
        )
        self._threads = [
            threading.Thread(target=target, name=f"keepwell-jobs-{name}", daemon=True)
            for name, target in targets
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask running jobs to stop at their next checkpoint, and wait a little for that.

        One that does not is ended with the process and begins again when its lease has run out.
        """
        self._stopping.set()
        waking.wake()
        until = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads = []

    def until_idle(self) -> int:
        """Do what is due now in this thread and return how many tries that took."""
        count, is_idle = 0, threading.Event()
        beside = threading.Thread(target=self._renew, args=(is_idle,), daemon=True)
        beside.start()
        try:
            while self._turn(_all_names()):
                count += 1
        finally:
            is_idle.set()
            beside.join()
        return count

    def _take_short(self) -> None:
        self._loop(lambda: [kind.name for kind in kinds() if not kind.is_long])

    def _take_any(self) -> None:
        self._loop(_all_names)

    def _loop(self, names: Callable[[], list[str]]) -> None:
        while not self._stopping.is_set():
            seen = waking.count()
            try:
                schedules.put_due()
                if not self._turn(names()):
                    waking.wait(seen, LOOK_SECONDS)
            except Exception as error:  # the thread must outlive whatever happens to the store
                _log.warning("jobs out_of_reach error=%s", type(error).__name__)
                self._close()
                self._stopping.wait(TROUBLE_SECONDS)
        self._close()

    def _turn(self, names: list[str]) -> bool:
        row = leases.take(names, self._name)
        if row is None:
            return False
        running.perform(row, self._stopping, beside=self._holding)
        return True

    @contextmanager
    def _holding(self, work: Work) -> Iterator[None]:
        self._held.add(work)
        try:
            yield
        finally:
            self._held.discard(work)

    def _renew(self, ended: threading.Event) -> None:
        while not ended.wait(leases.RENEW_SECONDS):
            for work in tuple(self._held):
                try:
                    work.renew()
                except Exception as error:  # the lease may outlast the trouble
                    _log.warning("jobs lease_not_renewed error=%s", type(error).__name__)
                    self._close()
        self._close()


def _all_names() -> list[str]:
    return [kind.name for kind in kinds()]
