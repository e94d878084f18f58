"""How identity refuses."""

from typing import ClassVar

from keepwell.toolkit.errors import KeepwellError


class LinkUsed(KeepwellError):  # noqa: N818  names the fact
    """A one-time link was used, ran out, or never was: one answer for the three."""

    code: ClassVar[str] = "link_used"
    status: ClassVar[int] = 410
    sentence: ClassVar[str] = "This link no longer works: each works once and for a short while."
