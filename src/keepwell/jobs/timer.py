"""The timer: a few named calls that each process makes for itself, again and again.

What must not be lost, or must happen once for all processes, is a job with a schedule. Every call
must be safe to repeat and safe to miss: a second host may make it at the same time, and a kill may
fall between two of them.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

_log = logging.getLogger("keepwell.timer")


@dataclass(frozen=True, slots=True)
class Periodic:
    """A call and the seconds between two of its beginnings."""

    name: str
    seconds: float
    call: Callable[[], object]
    first: float  # seconds until the first call


class Registry:
    """The calls this installation makes, each name once."""

    def __init__(self) -> None:
        self._by_name: dict[str, Periodic] = {}

    def every(
        self,
        seconds: float,
        name: str,
        call: Callable[[], object],
        *,
        first: float | None = None,
    ) -> None:
        """Make this call every so many seconds, the first time sooner if said; names replace."""
        self._by_name[name] = Periodic(name, seconds, call, seconds if first is None else first)

    def calls(self) -> Collection[Periodic]:
        """Return every call, in the order of registration."""
        return tuple(self._by_name.values())


registered = Registry()


class Schedule:
    """When which call is due, by a clock that never steps back. Pure: the time is an argument."""

    def __init__(self, calls: Collection[Periodic], now: float) -> None:
        self._due = {call: now + call.first for call in calls}

    def take_due(self, now: float) -> list[Periodic]:
        """Return what is due and plan it again from now: nothing is made twice to catch up."""
        due = [call for call, moment in self._due.items() if moment <= now]
        self._due.update({call: now + call.seconds for call in due})
        return due

    def pause(self, now: float) -> float:
        """Return the seconds until the next call is due."""
        return max(0.0, min(self._due.values(), default=now + 60) - now)


class Timer:
    """One thread that makes the registered calls, one after the other.

    A data folder is served by one worker, so there is one timer for it (cli.folder.held).
    """

    def __init__(
        self,
        registry: Registry,
        *,
        after_call: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._after_call = after_call
        self._clock = clock
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; a second start does nothing."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._work, name="keepwell-timer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Let the call that runs finish, and end the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        schedule = Schedule(self._registry.calls(), self._clock())
        while not self._stopping.wait(schedule.pause(self._clock())):
            for periodic in schedule.take_due(self._clock()):
                if not self._stopping.is_set():
                    self._make(periodic)

    def _make(self, periodic: Periodic) -> None:
        try:
            periodic.call()
        except Exception:  # one failing call must not end the others
            _log.exception("timed call %s failed", periodic.name)
        finally:
            self._after_call()
