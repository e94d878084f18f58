"""Who may work on a job, for how long, and whose result counts.

Taking a job raises its lease number. Every later write names the number it works under and changes
nothing when the row has another: the result of a worker that was believed dead is refused, whatever
its clock says. Two workers never take one job: on SQLite the transaction is the only writer, on
PostgreSQL a row that somebody looks at is skipped.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from keepwell.jobs.models import Job, State
from keepwell.toolkit import clock

LEASE_SECONDS = 60.0
RENEW_SECONDS = 15.0


def take(names: Collection[str], worker: str) -> Job | None:
    """Take the job of these names that is due longest, with a new lease; None if there is none."""
    if not _due(names).exists():  # a plain read, so that an idle worker never locks
        return None
    with transaction.atomic():
        row = _due(names).select_for_update(skip_locked=True).order_by("run_after", "pk").first()
        if row is None:
            return None
        row.state, row.worker = State.RUNNING, worker
        row.lease += 1
        row.attempts += 1
        row.leased_until = clock.now() + timedelta(seconds=LEASE_SECONDS)
        row.started = row.started or clock.now()
        row.save(update_fields=["state", "worker", "lease", "attempts", "leased_until", "started"])
    return row


def _due(names: Collection[str]) -> models.QuerySet[Job]:
    now = clock.now()
    waiting = models.Q(state=State.WAITING, run_after__lte=now)
    left = models.Q(state=State.RUNNING, leased_until__lt=now)
    return Job.objects.filter(waiting | left, name__in=list(names))


def _held(row: Job) -> models.QuerySet[Job]:
    return Job.objects.filter(pk=row.pk, lease=row.lease, state=State.RUNNING)


def renew(row: Job) -> bool:
    """Make the lease last longer; return whether it is still this one."""
    until = clock.now() + timedelta(seconds=LEASE_SECONDS)
    return _held(row).update(leased_until=until) == 1


def count_step(row: Job, *, total: int) -> bool:
    """Count one step, in the transaction of its effect; return whether the lease still stands.

    The row stays locked until that transaction ends: nobody takes the job before.
    """
    return _held(row).filter(cancel_asked=False).update(done=row.done + 1, total=total) == 1


def is_cancel_asked(row: Job) -> bool:
    """Tell whether somebody asked for this job to stop."""
    return _held(row).filter(cancel_asked=True).exists()


def end(row: Job, state: State, *, error: str = "") -> bool:
    """Write the end of a job; return whether this lease was the one that may."""
    return _write(row, state=state, error=error, ended=clock.now(), leased_until=None)


def put_back(row: Job, *, after: timedelta, error: str, counts: bool) -> bool:
    """Let the job wait for its next try; `counts` says whether this one used up a try."""
    attempts = row.attempts if counts else row.attempts - 1
    return _write(
        row,
        state=State.WAITING,
        error=error,
        attempts=attempts,
        run_after=clock.now() + after,
        leased_until=None,
    )


def _write(row: Job, **columns: Any) -> bool:
    return _held(row).update(**columns) == 1
