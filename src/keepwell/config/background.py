"""Threads that work beside the requests of a web worker: the timer."""

from keepwell.config import certificate_watch
from keepwell.jobs import timer

_timer = timer.Timer(timer.registered)


def start() -> None:
    """Start them; called in the worker, after the fork."""
    certificate_watch.begin()
    _timer.start()


def stop() -> None:
    """Stop them and wait, so that nothing acknowledged is left undone."""
    _timer.stop()
