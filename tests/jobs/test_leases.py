"""Leases: one worker at a time, and the result of one whose lease has ended is refused."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from keepwell.jobs import leases, queue, running
from keepwell.jobs.errors import CancelAsked, LeaseLost, WorkerLost, WorkerStopping
from keepwell.jobs.models import Job, State
from keepwell.jobs.work import Work
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.jobs.doing import do_all
from tests.jobs.labour import effects_of, leave, leave_effect
from tests.stores.session import Stores

NAMES = [leave.name]


def take(worker: str = "a") -> Job:
    row = leases.take(NAMES, worker)
    assert row is not None
    return row


def work_on(row: Job, stopping: threading.Event | None = None) -> Work:
    return Work(row, leave, stopping or threading.Event())


@contextmanager
def later(seconds: float = leases.LEASE_SECONDS + 1) -> Iterator[None]:
    with clock.moved(seconds):
        yield


def test_of_many_workers_each_job_is_taken_by_one(stores: Stores) -> None:
    for _ in range(6):
        queue.put(leave)
    taken = at_once([lambda: [row.pk for _ in range(3) if (row := leases.take(NAMES, "w"))]] * 4)
    ids = [pk for some in taken for pk in some]
    assert len(ids) == len(set(ids)) == 6


def test_a_job_that_is_held_is_not_taken_before_its_lease_has_ended(stores: Stores) -> None:
    queue.put(leave)
    first = take()
    assert leases.take(NAMES, "b") is None
    with later():
        second = take("b")
    assert (second.pk, second.lease, second.attempts) == (first.pk, 2, 2)


def test_a_lease_that_is_renewed_lasts_longer(stores: Stores) -> None:
    queue.put(leave)
    row = take()
    with later(leases.LEASE_SECONDS - 1):
        assert leases.renew(row)
    with later():
        assert leases.take(NAMES, "b") is None


def test_a_step_under_an_old_lease_leaves_nothing(stores: Stores) -> None:
    queue.put(leave)
    old = take()
    with later():
        new = take("b")
        with pytest.raises(LeaseLost), work_on(old).step():
            leave_effect(old.pk)
        with work_on(new).step():
            leave_effect(new.pk)
    assert effects_of(old.pk) == 1


WRITES: dict[str, Callable[[Job], bool]] = {
    "end": lambda row: leases.end(row, State.DONE),
    "put back": lambda row: leases.put_back(row, after=timedelta(), error="x", counts=True),
    "renew": leases.renew,
    "step": lambda row: leases.count_step(row, total=1),
}


@pytest.mark.parametrize("write", WRITES)
def test_every_write_under_an_old_lease_is_refused(stores: Stores, write: str) -> None:
    queue.put(leave)
    old = take()
    with later():
        take("b")
    assert WRITES[write](old) is False
    facts = queue.find(old.pk)
    assert facts
    assert (facts.state, facts.worker, facts.done) == (State.RUNNING, "b", 0)


def test_the_result_of_an_old_worker_is_refused_and_the_job_done_once(
    stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    queue.put(leave)
    old = take()
    with later():
        assert do_all() == 1
    running.perform(old, threading.Event())
    assert effects_of(old.pk) == 1
    assert "lease_lost" in caplog.text


def test_a_worker_that_hears_its_lease_is_gone_stops(stores: Stores) -> None:
    queue.put(leave)
    work = work_on(take())
    work.checkpoint()
    with later():
        take("b")
    work.renew()
    with pytest.raises(LeaseLost):
        work.checkpoint()


def test_a_job_goes_on_after_its_last_step(stores: Stores) -> None:
    queue.put(leave)
    row = take()
    with work_on(row).step(of=1):
        leave_effect(row.pk)
    with later():
        do_all()
    facts = queue.find(row.pk)
    assert facts
    assert (facts.state, facts.done, facts.attempts) == (State.DONE, 1, 2)
    assert effects_of(row.pk) == 1


def test_a_failing_step_counts_nothing(stores: Stores) -> None:
    queue.put(leave)
    row = take()
    work = work_on(row)
    with pytest.raises(LookupError), work.step():
        leave_effect(row.pk)
        raise LookupError
    assert work.done == 0
    assert effects_of(row.pk) == 0


def test_a_running_job_that_is_cancelled_stops_at_its_next_step(stores: Stores) -> None:
    job = queue.put(leave)
    row = take()
    assert queue.cancel(job)
    with pytest.raises(CancelAsked):
        work_on(row).checkpoint()
    running.perform(row, threading.Event())
    facts = queue.find(job)
    assert facts
    assert facts.state is State.CANCELLED
    assert effects_of(job) == 0


def test_a_cancelled_job_whose_worker_died_ends_as_cancelled(stores: Stores) -> None:
    job = queue.put(leave)
    take()
    queue.cancel(job)
    with later():
        do_all()
    facts = queue.find(job)
    assert facts
    assert facts.state is State.CANCELLED


def test_a_worker_that_ends_gives_its_job_back_untried(stores: Stores) -> None:
    job = queue.put(leave)
    stopping = threading.Event()
    stopping.set()
    row = take()
    with pytest.raises(WorkerStopping):
        work_on(row, stopping).checkpoint()
    running.perform(row, stopping)
    facts = queue.find(job)
    assert facts
    assert (facts.state, facts.attempts) == (State.WAITING, 0)


def test_a_job_that_ends_each_of_its_workers_is_dead_in_the_end(stores: Stores) -> None:
    job = queue.put(leave)
    for attempt in range(leave.tries):
        with later(attempt * 100):
            take(f"worker {attempt}")
    with later(leave.tries * 100):
        do_all()
    facts = queue.find(job)
    assert facts
    assert (facts.state, facts.error) == (State.DEAD, WorkerLost.code)
    assert effects_of(job) == 0
