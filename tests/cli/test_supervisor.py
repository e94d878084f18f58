"""Workers that die: replaced while they are few, left to the operator when they do not stop."""

import contextlib
import os
import select
import signal
import socket
import time
from pathlib import Path

import pytest

from keepwell.cli.supervisor import DEATHS_SECONDS, MOST_DEATHS, Deaths, cause_of
from tests.serving import PATIENCE_SECONDS, Served, installation, serving

SIGN_IN = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n"
ANSWERED = 3  # of the first deaths; all of them must lie within the limit's minute


def kill_worker(served: Served) -> int:
    """Kill the worker, and return its process id when it is no more."""
    worker = served.worker()
    with os.fdopen(os.pidfd_open(worker)) as ended:
        os.kill(worker, signal.SIGKILL)
        assert select.select([ended], [], [], PATIENCE_SECONDS)[0]
    return worker


def wait_for_successor(served: Served, before: int) -> None:
    """Wait until there is another worker. Nothing tells of a fork, so it is looked for."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit:
        with contextlib.suppress(OSError, IndexError):  # between two there is none
            if served.worker() != before:
                return
        os.sched_yield()
    raise AssertionError("No worker came.")


def test_a_worker_is_replaced_until_it_keeps_dying(tmp_path: Path) -> None:
    with serving(installation(tmp_path / "home")) as served:
        for _ in range(ANSWERED):
            kill_worker(served)
            assert served.ask(SIGN_IN % served.port).startswith(b"HTTP/1.1 200 ")
        for _ in range(MOST_DEATHS - ANSWERED):
            wait_for_successor(served, kill_worker(served))
        kill_worker(served)
        assert served.process.wait(PATIENCE_SECONDS) == 1
    said = served.log.all()
    (sentence,) = [line for line in said if line.startswith("keepwell: ")]
    assert f"died more than {MOST_DEATHS} times within 60 seconds" in sentence
    assert "SIGKILL" in sentence
    for where_to_look in ("lines above", "journalctl -k", "keepwell doctor"):
        assert where_to_look in sentence
    assert said[-1] == sentence
    assert "Traceback" not in "\n".join(said)
    with socket.create_server(("127.0.0.1", served.port)):
        pass  # nothing is left that listens


@pytest.mark.parametrize("pause", [0.0, 1.0, DEATHS_SECONDS / MOST_DEATHS])
def test_more_than_ten_deaths_within_a_minute_are_a_loop(pause: float) -> None:
    deaths = Deaths()
    assert [deaths.is_loop(number * pause) for number in range(12)] == [False] * 10 + [True] * 2


@pytest.mark.parametrize(
    ("exit_code", "said"),
    [
        (None, "exit status None"),
        (3, "exit status 3"),
        (-signal.SIGKILL, "SIGKILL"),
        (-signal.SIGRTMIN, "SIGRTMIN"),
        (-signal.SIGRTMIN - 1, f"signal {signal.SIGRTMIN + 1}"),
    ],
)
def test_what_ended_a_worker_is_named_and_a_signal_without_a_name_is_numbered(
    exit_code: int | None, said: str
) -> None:
    assert cause_of(exit_code) == said


def test_deaths_that_lie_apart_are_never_a_loop() -> None:
    deaths = Deaths()
    pause = DEATHS_SECONDS / MOST_DEATHS + 0.001
    assert not any(deaths.is_loop(number * pause) for number in range(1000))
