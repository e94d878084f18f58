"""The threads of a process: they find work, keep short work from waiting, and end when asked."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from keepwell.jobs import leases, queue
from keepwell.jobs.declaring import job
from keepwell.jobs.models import Job, State
from keepwell.jobs.work import Work
from keepwell.jobs.worker import Workers
from tests.jobs.labour import effects_of, leave
from tests.stores.session import Stores

PATIENCE_SECONDS = 60
has_begun, may_end, was_done = threading.Event(), threading.Event(), threading.Event()


@job("tests:gate:hold", title="Hold the gate", is_long=True)
def hold(work: Work) -> None:
    """Begin, and go on until told, or until the worker stops."""
    has_begun.set()
    while not may_end.wait(0.01):
        work.checkpoint()


@job("tests:gate:ring", title="Ring")
def ring(work: Work) -> None:
    """Say that short work was done."""
    was_done.set()


@job("tests:lease:outlast", title="Outlast a lease")
def outlast(work: Work) -> None:
    """Go on until the lease was made longer beside the work."""
    first = lease_of(work)
    wait_for(lambda: lease_of(work) > first)


def lease_of(work: Work) -> datetime:
    until = Job.objects.get(pk=work.id).leased_until
    assert until
    return until


@pytest.fixture
def workers(stores: Stores) -> Iterator[Workers]:
    for event in (has_begun, may_end, was_done):
        event.clear()
    made = Workers()
    made.start()
    made.start()  # does nothing
    yield made
    may_end.set()
    made.stop()


def wait_for(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE_SECONDS * 100):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError


def test_a_job_that_is_put_is_found_and_done(workers: Workers) -> None:
    put = queue.put(leave)
    wait_for(lambda: queue.count_open() == 0)
    assert effects_of(put) == 1


def test_short_work_does_not_stand_behind_long_work(workers: Workers) -> None:
    queue.put(hold)
    assert has_begun.wait(PATIENCE_SECONDS)
    queue.put(ring)
    assert was_done.wait(PATIENCE_SECONDS)
    assert not may_end.is_set()


def test_a_lease_is_kept_alive_while_what_is_due_is_done_at_once(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
    put = queue.put(outlast)
    assert Workers().until_idle() == 1
    facts = queue.find(put)
    assert facts
    assert facts.state is State.DONE


def test_a_worker_that_stops_gives_its_long_job_back(workers: Workers) -> None:
    put = queue.put(hold)
    assert has_begun.wait(PATIENCE_SECONDS)
    workers.stop()
    facts = queue.find(put)
    assert facts
    assert (facts.state, facts.attempts) == (State.WAITING, 0)
