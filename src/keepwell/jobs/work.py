"""What a job's function is given: what it works on, its steps, and when it must stop.

    def export(work: Work, form: UUID) -> None:
        batches = batches_of(form)
        for batch in batches[work.done:]:
            with wall.writing(work.organisation), work.step(of=len(batches)):
                write(batch)

A step is one transaction of the data store that holds the effect, the proof that the lease still
stands, and the progress. It happens once: a job that begins again goes on after its last step.
What leaves the data store (mail, files) can happen twice and must bear it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from keepwell.jobs import admission, leases
from keepwell.jobs.declaring import Kind
from keepwell.jobs.errors import CancelAsked, LeaseLost, WorkerStopping
from keepwell.jobs.models import Job


class Work:
    """One try of one job."""

    def __init__(self, row: Job, kind: Kind, stopping: threading.Event) -> None:
        self._row = row
        self._stopping = stopping
        self._is_lost = False
        self._lease_ends = time.monotonic() + leases.LEASE_SECONDS
        self.kind = kind

    @property
    def id(self) -> UUID:
        """The job's id: the same in every try, so it can name an effect outside the database."""
        return self._row.pk

    @property
    def organisation(self) -> UUID | None:
        """The organisation it belongs to; None for work of the installation."""
        return self._row.organisation

    @property
    def on_behalf_of(self) -> UUID | None:
        """The account whose rights it has; None for Keepwell's own work."""
        return self._row.on_behalf_of

    @property
    def attempt(self) -> int:
        """Which try this is, from 1."""
        return self._row.attempts

    @property
    def done(self) -> int:
        """How many steps are done, by earlier tries too."""
        return self._row.done

    def checkpoint(self) -> None:
        """Raise Interrupted if the work must stop; call it where stopping does no harm.

        Raises NotAdmitted once whoever started the work may no longer do it (ASVS 8.3.2).
        """
        self._check_worker()
        admission.check(self)
        if leases.is_cancel_asked(self._row):
            raise CancelAsked

    def _check_worker(self) -> None:
        if self._is_lost or time.monotonic() > self._lease_ends:
            raise LeaseLost
        if self._stopping.is_set():
            raise WorkerStopping

    @contextmanager
    def step(self, *, of: int = 0) -> Iterator[None]:
        """Do one effect in the data store exactly once; `of` is the number of steps, if known.

        Raises Interrupted or NotAdmitted, and then nothing of the block is kept.
        """
        self._check_worker()
        admission.check(self)
        with transaction.atomic():
            if not leases.count_step(self._row, total=of):
                raise CancelAsked if leases.is_cancel_asked(self._row) else LeaseLost
            yield
        self._row.done += 1

    def renew(self) -> None:
        """Make the lease last longer; the worker calls this beside the work."""
        asked = time.monotonic()
        if leases.renew(self._row):
            self._lease_ends = asked + leases.LEASE_SECONDS
        else:
            self._is_lost = True
