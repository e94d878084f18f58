"""Tell this process's workers that there is something to do; others find it when they look."""

import threading

_news = threading.Condition()
_count = 0


def wake() -> None:
    """Say that a job was put. Called after commit: it only shortens the wait."""
    global _count  # noqa: PLW0603  one count per process
    with _news:
        _count += 1
        _news.notify_all()


def count() -> int:
    """Return how often somebody was woken, to be given to `wait` later."""
    return _count


def wait(since: int, seconds: float) -> None:
    """Return at the next news after `since`, or when the time has passed."""
    with _news:
        _news.wait_for(lambda: _count != since, seconds)
