"""What a worker owes its supervisor: leave Ctrl-C to it, hand over gently, not outlive it."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterator

from keepwell.config.framing import Message, Scope, Send

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_ALONE_SECONDS = 4  # time for a request on its way; nobody else would end this process
_ANSWER_SECONDS = 5  # how long requests on their way may keep an ending worker
_leaving = asyncio.Event()
_on_the_way: set[object] = set()


def settle() -> None:
    """Take up signals as a worker: Ctrl-C, hand-over and the supervisor's death.

    A terminal sends Ctrl-C to both; a worker that ends first looks like a crash to its supervisor.
    """
    supervisor = os.getppid()
    loop = asyncio.get_running_loop()
    loop.remove_signal_handler(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loop.add_signal_handler(signal.SIGUSR1, _leaving.set)
    if sys.platform == "linux":
        loop.add_signal_handler(signal.SIGUSR2, _end_alone)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGUSR2)
        if os.getppid() != supervisor:  # it died before we asked
            _end_alone()


def _end_alone() -> None:
    """End without a supervisor: gently, and for certain some seconds later.

    A request on its way when the loop ends leaves its thread waiting for an answer that nobody
    gives. A supervisor would kill; nobody else does, and folder and port would stay taken.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(_ALONE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def on_its_way() -> Iterator[None]:
    """Count a request from the moment Django has it until its answer is handed over."""
    request = object()
    _on_the_way.add(request)
    try:
        yield
    finally:
        _on_the_way.discard(request)


async def answers_given() -> None:
    """Wait, while the loop still runs, until every request on its way has its answer.

    A thread that hands over a piece waits for the loop to take it; were the loop gone, it would
    wait for ever and the process could not end.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            while _on_the_way:
                await asyncio.sleep(0.01)


def saying_goodbye(scope: Scope, send: Send) -> Send:
    """Return a `send` that asks HTTP/1.1 clients to connect anew once this worker hands over.

    Granian closes kept connections without a word when a worker ends, and a request that was on its
    way would be lost; HTTP/2 has its own goodbye, which Granian says.
    """

    async def goodbye(message: Message) -> None:
        if _leaving.is_set() and message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        await send(message)

    return goodbye if scope["http_version"].startswith("1") else send
