"""What can be refused in this product, each with its sentence."""

from typing import ClassVar

from keepwell.toolkit.errors import KeepwellError


class LinkClosed(KeepwellError):  # noqa: N818  names the fact
    """The link was never there, was withdrawn, or has expired: patients get the same help page."""

    code: ClassVar[str] = "link_closed"
    status: ClassVar[int] = 404
    sentence: ClassVar[str] = "This link does not open a form any more."


class DraftGone(KeepwellError):  # noqa: N818  names the fact
    """The device holds no draft (cleared, expired, or begun elsewhere)."""

    code: ClassVar[str] = "draft_gone"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = "We have no answers from this device. Nothing was sent."


class NothingToPublish(KeepwellError):  # noqa: N818  names the fact
    """The working copy is what patients see already."""

    code: ClassVar[str] = "nothing_to_publish"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = "There is no change to publish. Patients see this version already."


class NobodyNamed(KeepwellError):  # noqa: N818  names the fact
    """What arrives would be kept for nobody, and nobody could read it."""

    code: ClassVar[str] = "nobody_named"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = "Choose one colleague or more: somebody has to see what arrives."
