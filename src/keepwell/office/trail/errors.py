"""What the trail's pages refuse."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class TooManyViews(KeepwellError):  # noqa: N818  names the fact
    """A member has as many saved views as a page can show."""

    code: ClassVar[str] = "too_many_views"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "You have thirty saved views, which is all there is room for. Remove one first. "
        "Nothing was changed."
    )


class NotAnExtract(KeepwellError):  # noqa: N818  names the fact
    """What was to be shared is the whole trail, nothing at all, or too much of it."""

    code: ClassVar[str] = "not_an_extract"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "A part of the trail has at least one entry, and all that one person shares within a day "
        "at most a thousand. Narrow it to what your colleague needs. Nothing was shared."
    )
