"""What monitoring refuses."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class OwnAlert(KeepwellError):  # noqa: N818  names the fact
    """Whoever an alert speaks of does not settle it while somebody else can."""

    code: ClassVar[str] = "own_alert"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This alert is about your own account, so a colleague acknowledges it. Nothing was changed."
    )
