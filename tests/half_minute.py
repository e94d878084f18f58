"""Time for tests with one-time codes: early in a half-minute, so that one is present for long."""

from collections.abc import Iterator
from contextlib import contextmanager

from keepwell.toolkit import clock

HALF_MINUTE = 30


@contextmanager
def early_in_a_half_minute() -> Iterator[None]:
    """Move the clock to the first second of the next half-minute, where codes are new."""
    into = clock.now_us() / 1_000_000 % HALF_MINUTE
    with clock.moved(HALF_MINUTE - into + 1):
        yield
