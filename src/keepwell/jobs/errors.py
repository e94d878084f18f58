"""How work ends other than well. Codes and fixed sentences: what failed may not quote values."""

from typing import ClassVar

from keepwell.toolkit.errors import KeepwellError


class JobError(KeepwellError):
    """A job could not do its work. `is_final` says that trying again would not help."""

    code: ClassVar[str] = "job_failed"
    sentence: ClassVar[str] = "The work could not be done. It is tried again."
    is_final: ClassVar[bool] = False


class ArgumentRefused(JobError, TypeError):  # noqa: N818  names the fact
    """Something else than an id, a whole number or a declared code was to be kept with a job."""

    code: ClassVar[str] = "argument_refused"
    sentence: ClassVar[str] = "A job takes ids, whole numbers and declared codes, nothing else."
    is_final: ClassVar[bool] = True


class NotAdmitted(JobError):  # noqa: N818  names the fact
    """Whoever started the work may no longer do it (ASVS 8.3.3)."""

    code: ClassVar[str] = "not_admitted"
    status: ClassVar[int] = 403
    sentence: ClassVar[str] = (
        "Whoever started this may not do it any more. Nothing was opened or changed."
    )
    is_final: ClassVar[bool] = True


class WorkerLost(JobError):  # noqa: N818  names the fact
    """Every try ended with the end of its worker: the job itself may be what ends them."""

    code: ClassVar[str] = "worker_lost"
    sentence: ClassVar[str] = "The process that did the work ended each time before it was done."


class Interrupted(Exception):  # noqa: N818  names the fact
    """Work stops here although nothing is wrong with it; not for a job's function to catch."""


class LeaseLost(Interrupted):
    """The lease has ended: somebody else may do this job now, and nothing more may be written."""


class CancelAsked(Interrupted):
    """Somebody has asked for this job not to go on."""


class WorkerStopping(Interrupted):
    """The worker ends; the job goes back and is taken up by another, from its last step."""
