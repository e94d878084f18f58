"""Schedules: each due moment puts one job, whoever notices it; none is made up for."""

from datetime import UTC, datetime, timedelta

import pytest

from keepwell.jobs import queue, schedules
from keepwell.jobs.declaring import WronglyDeclared, job, kind_of
from keepwell.jobs.models import Schedule
from keepwell.jobs.work import Work
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.jobs.doing import do_all
from tests.stores.session import Stores

HOUR, DAY = 3600, 86_400


def test_a_line_of_cron_is_read_in_utc() -> None:
    before = datetime(2026, 3, 8, 1, 59, tzinfo=UTC)  # an hour is skipped in Los Angeles
    assert schedules.next_after("30 2 * * *", before) == datetime(2026, 3, 8, 2, 30, tzinfo=UTC)
    assert schedules.next_after("0 */6 * * *", before) == datetime(2026, 3, 8, 6, tzinfo=UTC)


def test_what_the_apps_declare_is_planned() -> None:
    names = {kind.name for kind in schedules.scheduled()}
    assert names >= {
        "forms:drafts:expire", "identity:past:sweep", "jobs:table:sweep", "vault:keys:sweep",
        "records:retention:erase", "records:index:renew", "records:index:mend",
    }  # fmt: skip


def test_each_due_moment_puts_one_job_and_missed_ones_are_not_made_up(stores: Stores) -> None:
    assert schedules.put_due() == 0  # now they are planned
    with clock.moved(30 * DAY):
        assert schedules.put_due() == len(schedules.scheduled())
        assert schedules.put_due() == 0
        assert do_all() == len(schedules.scheduled())
    assert {facts.state for facts in queue.newest()} == {"done"}
    told = {one.kind.name: one for one in schedules.planned()}["identity:past:sweep"]
    assert told.ended
    assert told.due
    assert told.last
    assert timedelta() < told.due - told.last <= timedelta(hours=1)


def test_a_schedule_that_is_brought_forward_is_due_at_once(stores: Stores) -> None:
    kind = kind_of("records:index:mend")
    assert kind is not None
    schedules.bring_forward(kind)
    assert schedules.put_due() == 0  # nobody had planned it yet
    schedules.bring_forward(kind)
    assert schedules.put_due() == 1
    assert [facts.name for facts in queue.newest()] == [kind.name]
    assert schedules.put_due() == 0


def test_of_many_hosts_one_puts_it(stores: Stores) -> None:
    schedules.put_due()
    with clock.moved(30 * DAY):
        assert sum(at_once([schedules.put_due] * 4)) == len(schedules.scheduled())
    assert len(queue.newest()) == len(schedules.scheduled())


def test_while_the_one_before_waits_no_other_is_put(stores: Stores) -> None:
    schedules.put_due()
    for days in (10, 20):
        with clock.moved(days * DAY):
            schedules.put_due()
    assert len(queue.newest()) == len(schedules.scheduled())


def test_a_schedule_that_a_new_version_changes_is_planned_anew(stores: Stores) -> None:
    schedules.put_due()
    row = Schedule.objects.get(name="jobs:table:sweep")
    Schedule.objects.filter(name=row.name).update(rule="0 0 1 1 *", due=clock.now())
    with clock.moved(HOUR):
        schedules.put_due()
        changed = Schedule.objects.get(name=row.name)
    assert changed.rule == row.rule
    assert queue.newest() == [] or "jobs:table:sweep" not in {one.name for one in queue.newest()}


def nothing(work: Work) -> None:
    """Do nothing."""


def counts(work: Work, number: int) -> None:
    """Take a number."""


@pytest.mark.parametrize(
    ("name", "every", "function"),
    [
        ("tests:wrong:cron", "61 * * * *", nothing),
        ("tests:wrong:arguments", "* * * * *", counts),
        ("Tests", "", nothing),
        ("jobs:table:sweep", "", nothing),
    ],
)
def test_a_declaration_that_cannot_be_kept_is_refused(
    name: str, every: str, function: object
) -> None:
    before = kind_of(name)
    assert callable(function)
    with pytest.raises(WronglyDeclared):
        job(name, title="Wrong", every=every)(function)
    assert kind_of(name) is before
