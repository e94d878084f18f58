"""Putting work, looking at it, and deciding about it.

A job is put in the transaction of the change that asks for it: it is there exactly when the change
is. What is read here is handed out as facts, never as rows.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from keepwell.jobs import arguments, waking
from keepwell.jobs.arguments import Argument, Kept
from keepwell.jobs.declaring import Kind, kind_of
from keepwell.jobs.models import OPEN, Job, State
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a page or a command shows of a job."""

    id: UUID
    name: str
    kind: Kind | None
    organisation: UUID | None
    on_behalf_of: UUID | None
    arguments: dict[str, Kept]
    state: State
    attempts: int
    done: int
    total: int
    error: str
    is_cancel_asked: bool
    worker: str
    created: datetime
    run_after: datetime
    started: datetime | None
    ended: datetime | None

    @property
    def is_open(self) -> bool:
        """Tell whether it has yet to end."""
        return self.state in OPEN


def put(
    kind: Kind,
    *,
    organisation: UUID | None = None,
    on_behalf_of: UUID | None = None,
    key: tuple[Argument, ...] | None = None,
    **given: Argument,
) -> UUID:
    """Put a job, in the caller's transaction if there is one; return its id.

    While a job of the same kind and `key` waits or runs, nothing is put and its id is returned.
    Raises ArgumentRefused for anything but what the kind declares.
    """
    row = Job(
        name=kind.name,
        organisation=organisation,
        on_behalf_of=on_behalf_of,
        arguments=arguments.keep(kind.parameters, given),
        key="" if key is None else arguments.words_of(key),
        run_after=clock.now(),
    )
    with transaction.atomic():
        Job.objects.bulk_create([row], ignore_conflicts=bool(row.key))
        transaction.on_commit(waking.wake)
        return _standing(row) if row.key else row.pk


def _standing(row: Job) -> UUID:
    """Return the one open job of this key: ours, or the one that was there before."""
    found = Job.objects.filter(name=row.name, key=row.key, state__in=OPEN)
    return found.values_list("pk", flat=True).first() or row.pk


def cancel(job: UUID) -> bool:
    """Cancel a job that waits, ask one that runs to stop; return whether there was one."""
    rows = Job.objects.filter(pk=job)
    waiting = rows.filter(state=State.WAITING).update(state=State.CANCELLED, ended=clock.now())
    return bool(waiting or rows.filter(state=State.RUNNING).update(cancel_asked=True))


def cancel_started_by(person: UUID, *, organisation: UUID) -> list[Facts]:
    """Cancel what somebody has started in an organisation and that has yet to end."""
    rows = Job.objects.filter(organisation=organisation, on_behalf_of=person, state__in=OPEN)
    return [_facts(row) for row in rows if cancel(row.pk)]


def retry(job: UUID) -> bool:
    """Let a job that died or was cancelled begin its tries anew, from its last step."""
    with transaction.atomic():
        row = Job.objects.filter(pk=job, state__in=(State.DEAD, State.CANCELLED)).first()
        if row is None or _is_put_again(row):
            return False
        changed = Job.objects.filter(pk=job, state=row.state).update(
            state=State.WAITING,
            attempts=0,
            error="",
            cancel_asked=False,
            ended=None,
            run_after=clock.now(),
        )
        transaction.on_commit(waking.wake)
    return bool(changed)


def _is_put_again(row: Job) -> bool:
    same = Job.objects.filter(name=row.name, key=row.key, state__in=OPEN)
    return bool(row.key) and same.exists()


def find(job: UUID) -> Facts | None:
    """Return what is known of a job."""
    row = Job.objects.filter(pk=job).first()
    return None if row is None else _facts(row)


def newest(
    *,
    organisations: Iterable[UUID | None] | None = None,
    states: Collection[str] = (),
    limit: int = 100,
    without_done: Iterable[str] = (),
) -> list[Facts]:
    """List jobs, newest first; `None` among the organisations is work of the installation.

    `states` are those that are asked for, or all; `without_done` names kinds whose jobs are of no
    interest once they ended well.
    """
    rows = Job.objects.order_by("-created", "-pk")
    if organisations is not None:
        rows = rows.filter(_belongs_to(organisations))
    if states:
        rows = rows.filter(state__in=states)
    rows = rows.exclude(state=State.DONE, name__in=list(without_done))
    return [_facts(row) for row in rows[:limit]]


def _belongs_to(organisations: Iterable[UUID | None]) -> models.Q:
    asked = set(organisations)
    named = models.Q(organisation__in=[one for one in asked if one is not None])
    return named | models.Q(organisation__isnull=True) if None in asked else named


def newest_of(kind: Kind) -> Facts | None:
    """Return the newest job of a kind that has ended."""
    ended = Job.objects.filter(name=kind.name).exclude(state__in=OPEN)
    row = ended.order_by("-created").first()
    return None if row is None else _facts(row)


def count_open(names: Iterable[str] | None = None) -> int:
    """Count jobs that wait or run, of these names or of all."""
    rows = Job.objects.filter(state__in=OPEN)
    return rows.filter(name__in=list(names)).count() if names is not None else rows.count()


def oldest_open(names: Iterable[str]) -> datetime | None:
    """Return since when the oldest job of these names waits or runs."""
    rows = Job.objects.filter(state__in=OPEN, name__in=list(names)).order_by("created")
    return rows.values_list("created", flat=True).first()


def oldest_due() -> datetime | None:
    """Return since when a job could have been taken, and was not by any worker."""
    now = clock.now()
    waiting = Job.objects.filter(state=State.WAITING, run_after__lte=now).order_by("run_after")
    left = Job.objects.filter(state=State.RUNNING, leased_until__lt=now).order_by("leased_until")
    found = (
        waiting.values_list("run_after", flat=True).first(),
        left.values_list("leased_until", flat=True).first(),
    )
    return min(filter(None, found), default=None)


def count_dead(names: Iterable[str] | None = None) -> int:
    """Count jobs that have used up their tries, of these names or of all."""
    rows = Job.objects.filter(state=State.DEAD)
    return rows.filter(name__in=list(names)).count() if names is not None else rows.count()


def last_error(names: Iterable[str]) -> str:
    """Return the code that jobs of these names failed with last, while one waits or is dead."""
    failing = Job.objects.filter(name__in=list(names), state__in=(State.WAITING, State.DEAD))
    found = failing.exclude(error="").order_by("-created").values_list("error", flat=True)
    return found.first() or ""


def of_organisation(organisation: UUID) -> list[UUID]:
    """Return the ids of an organisation's jobs, whatever has become of them."""
    return list(Job.objects.filter(organisation=organisation).values_list("pk", flat=True))


def sweep(*, ended_before: datetime, dead_before: datetime) -> int:
    """Delete jobs that ended well or were cancelled, and dead ones, before these moments."""
    ended = models.Q(state__in=(State.DONE, State.CANCELLED), ended__lt=ended_before)
    dead = models.Q(state=State.DEAD, ended__lt=dead_before)
    return Job.objects.filter(ended | dead).delete()[0]


def _facts(row: Job) -> Facts:
    return Facts(
        id=row.pk,
        name=row.name,
        kind=kind_of(row.name),
        organisation=row.organisation,
        on_behalf_of=row.on_behalf_of,
        arguments=row.arguments,
        state=State(row.state),
        attempts=row.attempts,
        done=row.done,
        total=row.total,
        error=row.error,
        is_cancel_asked=row.cancel_asked,
        worker=row.worker,
        created=row.created,
        run_after=row.run_after,
        started=row.started,
        ended=row.ended,
    )
