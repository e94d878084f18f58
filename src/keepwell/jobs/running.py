"""One try of one job, from admission to the writing of its end."""

import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

from keepwell.jobs import admission, arguments, backoff, leases
from keepwell.jobs.declaring import Kind, kind_of
from keepwell.jobs.errors import CancelAsked, LeaseLost, WorkerLost, WorkerStopping
from keepwell.jobs.models import Job, State
from keepwell.jobs.work import Work
from keepwell.toolkit.errors import KeepwellError

Beside = Callable[[Work], AbstractContextManager[object]]
_AT_ONCE = timedelta()
_log = logging.getLogger("keepwell.jobs")


def perform(
    row: Job, stopping: threading.Event, *, beside: Beside = lambda _work: nullcontext()
) -> None:
    """Try a job that was just taken; `beside` keeps its lease alive meanwhile.

    Database errors while the end is written go to the caller: the lease will run out, and another
    try writes the end.
    """
    kind = kind_of(row.name)
    if kind is None:
        leases.put_back(row, after=_AT_ONCE, error="", counts=False)
        return
    if row.cancel_asked:
        _end(row, State.CANCELLED)
    elif row.attempts > kind.tries:  # never by a failure of its own: each try ended its worker
        _end(row, State.DEAD, error=WorkerLost.code)
    else:
        _try(row, kind, Work(row, kind, stopping), beside)


def _try(row: Job, kind: Kind, work: Work, beside: Beside) -> None:
    try:
        with beside(work):
            given = arguments.read(kind.parameters, row.arguments)
            admission.check(work)
            kind.call(work, given)
    except LeaseLost:
        _log.warning("job lease_lost name=%s job=%s", row.name, row.pk)
    except CancelAsked:
        _end(row, State.CANCELLED)
    except WorkerStopping:
        _note(leases.put_back(row, after=_AT_ONCE, error="", counts=False), row, "put_back")
    except Exception as error:  # whatever a job raises, its row says so
        _failed(row, kind, error)
    else:
        _end(row, State.DONE)


def code_of(error: Exception) -> str:
    """Return what is kept of an error: our code, or the name of its class, never its text.

    The `code` of somebody else's error may be anything, a value among them.
    """
    return error.code if isinstance(error, KeepwellError) else f"fault:{type(error).__name__}"[:80]


def _failed(row: Job, kind: Kind, error: Exception) -> None:
    code = code_of(error)
    _log.warning(
        "job failed name=%s job=%s try=%s code=%s",
        row.name,
        row.pk,
        row.attempts,
        code,
        exc_info=error,
    )
    if getattr(error, "is_final", False) or row.attempts >= kind.tries:
        _end(row, State.DEAD, error=code)
        return
    pause = backoff.pause(row.attempts, secrets.randbelow(1_000_001) / 1_000_000)
    _note(leases.put_back(row, after=pause, error=code, counts=True), row, "waits")


def _end(row: Job, state: State, *, error: str = "") -> None:
    _note(leases.end(row, state, error=error), row, state.value)


def _note(is_written: bool, row: Job, end: str) -> None:  # noqa: FBT001  read beside its call
    if is_written:
        _log.info("job %s name=%s job=%s try=%s", end, row.name, row.pk, row.attempts)
    else:
        _log.warning("job result_refused name=%s job=%s lease=%s", row.name, row.pk, row.lease)
