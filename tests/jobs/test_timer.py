"""The timer: what is due when, and that one failing call does not end the others."""

import threading

import pytest

from keepwell.jobs.timer import Registry, Schedule, Timer

PATIENCE_SECONDS = 30


def nothing() -> None:
    """Do nothing."""


def registry(**calls: float) -> Registry:
    made = Registry()
    for name, seconds in calls.items():
        made.every(seconds, name, nothing)
    return made


def due(schedule: Schedule, now: float) -> list[str]:
    return [call.name for call in schedule.take_due(now)]


def test_a_call_is_due_after_its_interval_and_not_before() -> None:
    schedule = Schedule(registry(often=10, seldom=25).calls(), now=100)
    assert schedule.pause(100) == 10
    assert due(schedule, 109) == []
    assert due(schedule, 110) == ["often"]
    assert due(schedule, 125) == ["often", "seldom"]


def test_a_call_that_was_missed_is_made_once_and_not_caught_up() -> None:
    schedule = Schedule(registry(often=10).calls(), now=0)
    assert due(schedule, 1000) == ["often"]
    assert due(schedule, 1000) == []
    assert schedule.pause(1000) == 10


def test_a_name_given_again_replaces_its_call() -> None:
    made = registry(sweep=10)
    made.every(20, "sweep", nothing)
    assert [call.seconds for call in made.calls()] == [20]


def test_a_failing_call_is_logged_and_the_others_are_made(caplog: pytest.LogCaptureFixture) -> None:
    was_made = threading.Event()

    def fail() -> None:
        raise RuntimeError

    made = Registry()
    made.every(0, "failing", fail)
    made.every(0, "working", was_made.set)
    timer = Timer(made)
    timer.start()
    assert was_made.wait(PATIENCE_SECONDS)
    timer.stop()
    assert "timed call failing failed" in caplog.text


def test_stopping_waits_for_the_call_that_runs() -> None:
    has_begun, may_end = threading.Event(), threading.Event()
    ended: list[bool] = []

    def work() -> None:
        has_begun.set()
        ended.append(may_end.wait(PATIENCE_SECONDS))

    made = Registry()
    made.every(0, "work", work)
    timer = Timer(made)
    timer.start()
    assert has_begun.wait(PATIENCE_SECONDS)
    threading.Timer(0, may_end.set).start()
    timer.stop()
    assert ended[0]
