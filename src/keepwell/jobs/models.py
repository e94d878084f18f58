"""Jobs and schedules. They stand outside the wall: a worker serves every organisation.

No column is named organisation_id, which is what makes a table a walled one. Arguments are ids,
whole numbers and codes (`jobs.arguments`); errors are codes.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models

from keepwell.toolkit.clock import now
from keepwell.toolkit.identifiers import uuid7


class State(StrEnum):
    """What has become of a job; the last three are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLED = "cancelled"
    DEAD = "dead"
    DONE = "done"


OPEN = (State.WAITING, State.RUNNING)


class Job(models.Model):
    """One piece of work. `lease` grows with each taking: what was written under a lower one is
    refused, so a worker that was believed dead can do no harm (a fencing token).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=200, blank=True)  # what may not be put twice
    organisation = models.UUIDField(null=True)
    on_behalf_of = models.UUIDField(null=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=State.WAITING.value)
    run_after = models.DateTimeField(default=now)
    attempts = models.PositiveIntegerField(default=0)
    lease = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    done = models.PositiveIntegerField(default=0)  # steps, each in the transaction of its effect
    total = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)  # a code
    cancel_asked = models.BooleanField(default=False)
    created = models.DateTimeField(default=now)
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["name", "key"],
                condition=models.Q(state__in=["waiting", "running"]) & ~models.Q(key=""),
                name="one_open_job_of_a_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]),
                name="known_job_state",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "run_after"], name="jobs_that_are_due"),
            models.Index(fields=["organisation", "-created"], name="jobs_of_organisation"),
            models.Index(fields=["name", "-created"], name="jobs_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"job {self.id} {self.name}"


class Schedule(models.Model):
    """When a kind is due next. Whoever moves `due` on puts the job, in the same transaction."""

    name = models.CharField(max_length=60, primary_key=True)
    rule = models.CharField(max_length=60)
    due = models.DateTimeField()
    last = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"schedule of {self.name}"
