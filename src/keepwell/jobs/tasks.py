"""What jobs do by themselves: forget those that ended long ago."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from keepwell.jobs import queue
from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.toolkit import clock

ENDED_DAYS, DEAD_DAYS = 7, 30


@job("jobs:table:sweep", title=_("Forget work that ended long ago"), every="41 3 * * *")
def sweep(work: Work) -> None:
    """Delete jobs that ended a week ago, and dead ones after a month; the trail keeps the acts."""
    now = clock.now()
    with work.step(of=1):
        queue.sweep(
            ended_before=now - timedelta(days=ENDED_DAYS),
            dead_before=now - timedelta(days=DEAD_DAYS),
        )
