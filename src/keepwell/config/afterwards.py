"""What is done once an answer has left: on a thread of its own, at a moment that nobody foresees.

Were it done by the request's own thread, or at once, whoever asks next would be answered a little
later and learn by the time that there was something to do (ASVS 6.3.8).
"""

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context

import structlog
from django.db import connections

from keepwell.config.framing import Scope
from keepwell.safeguards.identity import recording

SPREAD_MS = 2000  # within which one act alone is done; of many that wait, each waits for less
MOST_WAITING = 1000  # each keeps its request in memory; so many wait only for a store that is away
_log = structlog.get_logger("keepwell.server")
_thread = ThreadPoolExecutor(1, thread_name_prefix="keepwell-afterwards")  # begins with its use
_waiting: set[Callable[[], None]] = set()
_hurry = threading.Event()


@contextmanager
def promised(scope: Scope) -> Iterator[Scope]:
    """Give the scope of a request whose answer has left when the block ends, however it ends.

    Its view may still run then, when the client has gone: what it promises is done all the same.
    """
    left: Future[None] = Future()

    def later(act: Callable[[], None]) -> None:
        left.add_done_callback(lambda _left: _hand_over(act))

    try:
        yield {**scope, recording.LATER: later}
    finally:
        left.set_result(None)


async def all_done() -> None:
    """Wait until everything that was handed over so far is done; it is done without a pause."""
    _hurry.set()
    try:
        await asyncio.wrap_future(_thread.submit(connections.close_all))  # its turn is the last
    finally:
        _hurry.clear()


def _hand_over(act: Callable[[], None]) -> None:
    if len(_waiting) >= MOST_WAITING:
        _log.error("after_answer_left_out")
        return
    _waiting.add(act)
    _thread.submit(_do, act)


def _do(act: Callable[[], None]) -> None:
    _hurry.wait(secrets.randbelow(SPREAD_MS) / 1000 / len(_waiting))
    try:
        Context().run(act)  # behind no wall
    except Exception:
        _log.exception("after_answer_failed")
    finally:
        _waiting.discard(act)
        connections.close_all()  # the next may come in an hour, when a server has ended them
