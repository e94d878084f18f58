"""How consent refuses."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class NoticeIsFixed(TypeError):  # noqa: N818  names the fact
    """A published notice was asked to change; publish a new version instead."""


class NothingWritten(KeepwellError):  # noqa: N818  names the fact
    """No version is being written, or nothing in it differs from the newest published one."""

    code: ClassVar[str] = "nothing_written"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "Nothing in it differs from the newest version, so nothing was published. Change a "
        "language first."
    )


class EffectiveTooEarly(KeepwellError):  # noqa: N818  names the fact
    """A notice cannot apply before the day it is published (45 CFR 164.520(b)(1)(viii))."""

    code: ClassVar[str] = "effective_too_early"
    status: ClassVar[int] = 422
    sentence: ClassVar[str] = _(
        "A notice cannot apply before the day it is published. Choose today or a later day."
    )
