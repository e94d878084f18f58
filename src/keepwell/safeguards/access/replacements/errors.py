"""How the replacement of a second step is refused."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class OnTheServerOnly(KeepwellError):  # noqa: N818  names the fact
    """The account holds rights elsewhere that nobody here can answer for."""

    code: ClassVar[str] = "on_the_server_only"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "The second step of this account is replaced on the server. Nothing was changed. "
        "Ask whoever runs it."
    )
