"""Putting jobs: with the change that asks for them, not twice, and what is decided about them."""

from uuid import UUID

import pytest
from django.db import transaction

from keepwell.jobs import leases, queue, running
from keepwell.jobs.models import State
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.at_once import at_once
from tests.jobs.doing import do, do_all
from tests.jobs.labour import Mood, RefusedError, effects_of, leave, show
from tests.stores.session import Stores

NAMES = ["tests:effect:leave", "tests:mood:show"]
DAY = 86_400


def facts_of(job: UUID) -> queue.Facts:
    facts = queue.find(job)
    assert facts
    return facts


def state_of(job: UUID) -> State:
    return facts_of(job).state


def test_a_job_is_done_once_and_says_so(stores: Stores) -> None:
    facts = do(leave)
    assert (facts.state, facts.attempts, facts.done, facts.total) == (State.DONE, 1, 1, 1)
    assert effects_of(facts.id) == 1
    assert do_all() == 0


def test_a_change_that_is_rolled_back_asks_for_nothing(stores: Stores) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        queue.put(leave)
        raise LookupError
    assert queue.newest() == []


def test_the_same_work_is_put_once_while_it_waits_or_runs(stores: Stores) -> None:
    person = uuid7()
    first = queue.put(leave, key=(person,))
    assert queue.put(leave, key=(person,)) == first
    other = queue.put(leave, key=(uuid7(),))
    assert other != first
    leases.take(NAMES, "one")
    assert queue.put(leave, key=(person,)) == first
    with clock.moved(leases.LEASE_SECONDS + 1):
        do_all()
        assert queue.put(leave, key=(person,)) != first


def test_of_many_at_once_one_puts_it(stores: Stores) -> None:
    person = uuid7()
    assert len(set(at_once([lambda: queue.put(leave, key=(person,))] * 4))) == 1
    assert len(queue.newest()) == 1


def test_a_waiting_job_is_cancelled_and_a_cancelled_one_begins_anew(stores: Stores) -> None:
    job = queue.put(leave)
    assert queue.cancel(job)
    do_all()
    assert state_of(job) is State.CANCELLED
    assert not queue.cancel(job)
    assert queue.retry(job)
    do_all()
    assert state_of(job) is State.DONE
    assert not queue.retry(job)
    assert effects_of(job) == 1


def test_a_job_whose_work_was_put_again_is_not_begun_anew(stores: Stores) -> None:
    first = queue.put(leave, key=())
    queue.cancel(first)
    queue.put(leave, key=())
    assert not queue.retry(first)


def test_a_failing_job_waits_longer_each_time_and_then_is_dead(stores: Stores) -> None:
    job = queue.put(show, mood=Mood.BAD)
    for attempt, seconds in ((1, 0), (2, 11), (3, 32)):
        with clock.moved(seconds):
            do_all()
            do_all()
            facts = facts_of(job)
            assert facts.attempts == attempt
    assert (facts.state, facts.error) == (State.DEAD, "fault:ValueError")


def test_a_failure_that_will_not_change_is_not_tried_again(stores: Stores) -> None:
    facts = do(show, mood=Mood.FINAL)
    assert (facts.state, facts.attempts, facts.error) == (State.DEAD, 1, "refused_for_good")


def test_of_a_failure_the_table_and_the_log_keep_the_class_alone(
    stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    facts = do(show, mood=Mood.BAD)
    assert "Pat Doe" not in repr(facts)
    said = [record.getMessage() for record in caplog.records if record.name == "keepwell.jobs"]
    assert any("code=fault:ValueError" in line for line in said)
    assert not any("Pat Doe" in line for line in said)


def test_the_code_of_somebody_elses_error_is_not_kept() -> None:
    foreign = ValueError()
    foreign.code = "Pat Doe has a headache"  # type: ignore[attr-defined]
    assert running.code_of(foreign) == "fault:ValueError"
    assert running.code_of(RefusedError()) == RefusedError.code


def test_a_job_that_no_code_here_knows_is_left_for_one_that_does(stores: Stores) -> None:
    job = queue.put(leave)
    assert leases.take(["tests:mood:show"], "older version") is None
    assert state_of(job) is State.WAITING


def test_lists_are_of_the_organisations_that_are_asked_for(stores: Stores) -> None:
    ours, theirs = uuid7(), uuid7()
    mine = queue.put(leave, organisation=ours)
    queue.put(leave, organisation=theirs)
    nobodys = queue.put(leave)
    assert [facts.id for facts in queue.newest(organisations=[ours])] == [mine]
    assert {facts.id for facts in queue.newest(organisations=[ours, None])} == {mine, nobodys}
    assert queue.newest(organisations=[]) == []
    assert len(queue.newest()) == 3


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(stores: Stores) -> None:
    from keepwell.jobs.tasks import sweep  # noqa: PLC0415

    done, dead = do(leave).id, do(show, mood=Mood.FINAL).id
    waiting = queue.put(leave)
    queue.cancel(cancelled := queue.put(leave))
    with clock.moved(8 * DAY):
        do(sweep)
        kept = {facts.id for facts in queue.newest() if facts.name != sweep.name}
        assert kept == {dead, waiting}
        assert state_of(waiting) is State.DONE
    with clock.moved(31 * DAY):
        do(sweep)
        assert dead not in {facts.id for facts in queue.newest()}
    assert {done, cancelled}.isdisjoint(facts.id for facts in queue.newest())
