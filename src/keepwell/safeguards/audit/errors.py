"""What may go wrong with the trail, in words for a person."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class TrailUnavailable(KeepwellError):  # noqa: N818  names the fact
    """An entry could not be made durable, so what it would have recorded must not happen."""

    code: ClassVar[str] = "trail_unavailable"
    status: ClassVar[int] = 503
    sentence: ClassVar[str] = _(
        "The trail cannot be written or read just now, so nothing was opened. "
        "What was saved before is kept. Try again in a minute."
    )


class TrailBroken(TrailUnavailable):
    """The trail in the store is not the one that was signed: nothing is added to it."""

    code: ClassVar[str] = "trail_broken"


class EntryMissing(KeepwellError):  # noqa: N818  names the fact
    """The trail of this organisation has no entry with this number."""

    code: ClassVar[str] = "entry_missing"
    status: ClassVar[int] = 404
    sentence: ClassVar[str] = _("There is no such entry in the trail.")


class ExportRefused(KeepwellError):  # noqa: N818  names the fact
    """An export would have to write over something that is not an export."""

    code: ClassVar[str] = "export_refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("The folder holds something else. Nothing was written.")


class PeriodRuns(KeepwellError):  # noqa: N818  names the fact
    """Entries of this month are still being written, so it cannot be erased yet."""

    code: ClassVar[str] = "period_runs"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("This month is not over, so what its entries say is kept.")
