"""Why an organisation could not be erased, in words for a person."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class TrailUnsettled(KeepwellError):  # noqa: N818  names the fact
    """Entries of the organisation do not reach its log, so its keys must not go yet."""

    code: ClassVar[str] = "trail_unsettled"
    status: ClassVar[int] = 503
    sentence: ClassVar[str] = _(
        "Entries of this organisation do not reach its log, so its keys were not destroyed. See "
        "that Keepwell, or its sequencer, is running and that keepwell verify finds the log whole; "
        "then run the same command again: it goes on where it was"
    )


class OrderMissing(KeepwellError):  # noqa: N818  names the fact
    """Nobody has ordered that this organisation is erased."""

    code: ClassVar[str] = "order_missing"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("No erasure of this organisation was ordered. Nothing was changed.")
