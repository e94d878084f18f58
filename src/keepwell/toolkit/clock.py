"""The clock: the one place that asks the machine for the time, so that tests can move it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_offset_us = 0


def now_us() -> int:
    """Return microseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1000 + _offset_us


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return datetime.fromtimestamp(now_us() / 1_000_000, tz=UTC)


@contextmanager
def moved(seconds: float) -> Iterator[None]:
    """Shift the clock of this process by some seconds (tests of expiry and of clock steps)."""
    global _offset_us  # noqa: PLW0603  one clock per process, like the machine's
    before = _offset_us
    _offset_us = before + int(seconds * 1_000_000)
    try:
        yield
    finally:
        _offset_us = before
