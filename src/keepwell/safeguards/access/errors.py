"""How access refuses: one answer for "you may not", one for everything that is not within reach."""

from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404

from keepwell.toolkit.errors import KeepwellError


class NotPermitted(KeepwellError, PermissionDenied):  # noqa: N818  names the fact
    """The viewer's role does not hold the permission that this act needs."""

    code: ClassVar[str] = "not_permitted"
    status: ClassVar[int] = 403
    sentence: ClassVar[str] = (
        "Your role does not include this. Nothing was opened or changed. "
        "The refusal is on the trail."
    )


class LockedOut(KeepwellError):  # noqa: N818  names the fact
    """A change of the allowed networks would shut out whoever makes it."""

    code: ClassVar[str] = "locked_out"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = (
        "That would shut you out yourself, so nothing was changed: add the network you are on "
        "first."
    )


class NetworkTwice(KeepwellError):  # noqa: N818  names the fact
    """The range is on the list for the same people already, or the list is full."""

    code: ClassVar[str] = "network_twice"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = (
        "This range is on the list for the same people already, or the list is full. "
        "Nothing was changed."
    )


class Undeclared(KeepwellError, PermissionDenied):  # noqa: N818  names the fact
    """A view says nothing about who may use it, so nobody may (design.md, invariant 3)."""

    code: ClassVar[str] = "undeclared"
    status: ClassVar[int] = 403
    sentence: ClassVar[str] = "Nobody may open this page, because it does not say who may."


class OutOfReach(KeepwellError, Http404):  # noqa: N818  names the fact
    """Another organisation's row and a row that never was answer alike, byte for byte."""

    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404
    sentence: ClassVar[str] = "There is nothing here that you can reach."
