"""Schedules: each due moment puts one job, whoever notices it first; missed ones are not made up.

All lines of cron are in UTC, so that no hour is skipped or repeated twice a year.
"""

from dataclasses import dataclass
from datetime import datetime

from croniter import croniter
from django.db import transaction

from keepwell.jobs import queue
from keepwell.jobs.declaring import Kind, kinds
from keepwell.jobs.models import Schedule
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A schedule as a page or a command shows it."""

    kind: Kind
    due: datetime | None
    last: datetime | None
    ended: queue.Facts | None  # the newest job of it that has ended


def scheduled() -> tuple[Kind, ...]:
    """Return the kinds that have a schedule."""
    return tuple(kind for kind in kinds() if kind.every)


def next_after(rule: str, moment: datetime) -> datetime:
    """Return the first moment of a line of cron after this one."""
    found: datetime = croniter(rule, moment).get_next(datetime)
    return found


def put_due() -> int:
    """Put a job for each schedule that is due; return how many."""
    rows = {row.name: row for row in Schedule.objects.all()}
    return sum(_put(kind, rows.get(kind.name)) for kind in scheduled())


def _put(kind: Kind, row: Schedule | None) -> bool:
    now = clock.now()
    following = next_after(kind.every, now)
    if row is None:
        first = Schedule(name=kind.name, rule=kind.every, due=following)
        Schedule.objects.bulk_create([first], ignore_conflicts=True)
        return False
    same = Schedule.objects.filter(name=kind.name, due=row.due)
    if row.rule != kind.every:
        same.update(rule=kind.every, due=following)
        return False
    if row.due > now:
        return False
    with transaction.atomic():
        is_first = same.update(due=following, last=now) == 1
        if is_first:
            queue.put(kind, key=())  # while the one before waits or runs, it stands for this one
    return is_first


def bring_forward(kind: Kind) -> None:
    """Make a schedule due now; one that no worker has seen yet begins by its own rule."""
    Schedule.objects.filter(name=kind.name).update(due=clock.now())


def oldest_due() -> datetime | None:
    """Return since when a schedule is due that no worker has noticed; None: none, or none yet."""
    known = [kind.name for kind in scheduled()]
    rows = Schedule.objects.filter(name__in=known, due__lte=clock.now()).order_by("due")
    return rows.values_list("due", flat=True).first()


def planned() -> list[Planned]:
    """List every schedule with when it is due, when it was, and how that went."""
    rows = {row.name: row for row in Schedule.objects.all()}
    return [
        Planned(
            kind=kind,
            due=rows[kind.name].due if kind.name in rows else None,
            last=rows[kind.name].last if kind.name in rows else None,
            ended=queue.newest_of(kind),
        )
        for kind in scheduled()
    ]
