"""How access refuses: one answer for "you may not", one for everything that is not within reach."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class NotPermitted(KeepwellError, PermissionDenied):  # noqa: N818  names the fact
    """The viewer's role does not hold the permission that this act needs."""

    code: ClassVar[str] = "not_permitted"
    status: ClassVar[int] = 403
    sentence: ClassVar[str] = (
        "Your role, or the locations you belong to, do not include this. Nothing was opened or "
        "changed. "
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


class AlreadyInvited(KeepwellError):  # noqa: N818  names the fact
    """There is an open invitation to this address."""

    code: ClassVar[str] = "already_invited"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This address is invited already. Send that invitation again, or withdraw it first."
    )


class InvitationOver(KeepwellError):  # noqa: N818  names the fact
    """The invitation is not open any more: somebody withdrew it, or the person accepted."""

    code: ClassVar[str] = "invitation_over"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("This invitation was withdrawn or accepted meanwhile.")


class AlreadyMember(KeepwellError):  # noqa: N818  names the fact
    """The account already works in this organisation, or waits to be let in."""

    code: ClassVar[str] = "already_member"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("This person already works here, or waits to be let in.")


class TooManyLetters(KeepwellError):  # noqa: N818  names the fact
    """As many invitations went out within an hour as an organisation may send; `again`: when on."""

    code: ClassVar[str] = "too_many_letters"
    status: ClassVar[int] = 429
    sentence: ClassVar[str] = _(
        "Too many invitations were sent within an hour. Nothing was sent now. Try again later."
    )

    def __init__(self, again: datetime) -> None:
        super().__init__()
        self.again = again


class OthersAreAsked(KeepwellError):  # noqa: N818  names the fact
    """Others look before somebody gives a role above their own; `opens`: until when."""

    code: ClassVar[str] = "others_are_asked"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This role may do what yours does not, so others who let people in have time to look "
        "first. Nothing was changed. Ask one of them to do it, or do it later."
    )

    def __init__(self, opens: datetime) -> None:
        super().__init__()
        self.opens = opens


class CannotServe(KeepwellError):  # noqa: N818  names the fact
    """An officer reads the trail, so the role has to include it."""

    code: ClassVar[str] = "cannot_serve"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This member's role does not open the trail, which an officer reads. Nothing was changed. "
        "Choose an owner, administrator or auditor."
    )


class OwnEmergency(KeepwellError):  # noqa: N818  names the fact
    """Nobody judges the own emergency access."""

    code: ClassVar[str] = "own_emergency"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This was your own emergency access. Nothing was changed. Another officer or an owner "
        "reviews it."
    )


class StillOn(KeepwellError):  # noqa: N818  names the fact
    """What has not ended cannot be judged yet."""

    code: ClassVar[str] = "still_on"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This emergency access is still on. Nothing was changed. Review it once it has ended."
    )


class NotRaisable(KeepwellError):  # noqa: N818  names the fact
    """This access cannot be asked for, or is held already."""

    code: ClassVar[str] = "not_raisable"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This access cannot be asked for, or you have it already. Nothing was asked."
    )


class NotSettled(KeepwellError):  # noqa: N818  names the fact
    """Whoever would be the second person was let in within a day."""

    code: ClassVar[str] = "not_settled"
    status: ClassVar[int] = 403
    sentence: ClassVar[str] = _(
        "You were let in less than a day ago. Somebody who has been here for longer confirms this."
    )


class TooManyAsked(KeepwellError):  # noqa: N818  names the fact
    """As many requests of one member wait as may: each is a letter to everybody who decides."""

    code: ClassVar[str] = "too_many_asked"
    status: ClassVar[int] = 429
    sentence: ClassVar[str] = _(
        "Several of your requests wait for somebody to decide. Withdraw one before you ask anew."
    )


class AlreadyAsked(KeepwellError):  # noqa: N818  names the fact
    """The same access is asked for already, for another time."""

    code: ClassVar[str] = "already_asked"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "You have asked for this already and nobody has decided yet. Withdraw that request first."
    )


class OwnRequest(KeepwellError):  # noqa: N818  names the fact
    """Nobody decides about the own request."""

    code: ClassVar[str] = "own_request"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This is your own request. Nothing was changed. Another owner or administrator decides."
    )


class OwnProposal(KeepwellError):  # noqa: N818  names the fact
    """Nobody confirms what they proposed."""

    code: ClassVar[str] = "own_proposal"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "You proposed this yourself. Nothing was changed. A colleague confirms it."
    )


class NotConfirmed(KeepwellError):  # noqa: N818  names the fact
    """What takes two persons is not confirmed, was withdrawn, or was done already."""

    code: ClassVar[str] = "not_confirmed"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This is not confirmed, was withdrawn or done already, or its time is over. "
        "Nothing was done now. "
        "Propose it again."
    )


class RightEnded(KeepwellError):  # noqa: N818  names the fact
    """Whoever proposed or confirmed it has left, or has a role that does not hold it."""

    code: ClassVar[str] = "right_ended"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "Whoever proposed or confirmed this has left, or may not do it any more. "
        "Nothing was done. Propose it again, and let a colleague confirm it."
    )


class LastOwner(KeepwellError):  # noqa: N818  names the fact
    """Without an owner nobody could give or take the weightiest rights any more."""

    code: ClassVar[str] = "last_owner"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This is the only owner. Nothing was changed. Make somebody else an owner first."
    )


class LastLocation(KeepwellError):  # noqa: N818  names the fact
    """An organisation works somewhere: its only open location stays open."""

    code: ClassVar[str] = "last_location"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This is the only open location. Nothing was changed. Add another one first."
    )


class LocationInUse(KeepwellError):  # noqa: N818  names the fact
    """Something belongs to the location, and nobody said where it shall belong then."""

    code: ClassVar[str] = "location_in_use"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "Something belongs to this location. Nothing was changed. Choose where it moves."
    )


class LocationTwice(KeepwellError):  # noqa: N818  names the fact
    """Another open location has this name: people could not tell them apart."""

    code: ClassVar[str] = "location_twice"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("Another location has this name. Choose one that tells them apart.")


class LocationUnknown(KeepwellError):  # noqa: N818  names the fact
    """No location was named, or one that is closed or not within reach."""

    code: ClassVar[str] = "location_unknown"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "One of these locations is not open any more. Nothing was changed. Choose again."
    )


class NoSecondStep(KeepwellError):  # noqa: N818  names the fact
    """Somebody is let in only once nobody else could sign in with the password alone."""

    code: ClassVar[str] = "no_second_step"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This person has no second step yet. Nothing was changed. "
        "Ask them to sign in once and add it, then let them in."
    )


class OwnerEverywhere(KeepwellError):  # noqa: N818  names the fact
    """An owner answers for the whole organisation and belongs to all of its locations."""

    code: ClassVar[str] = "owner_everywhere"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "An owner belongs to all locations. Nothing was changed. "
        "Choose all locations, or another role."
    )


class OwnMembership(KeepwellError):  # noqa: N818  names the fact
    """Nobody changes or ends the own membership: a colleague does."""

    code: ClassVar[str] = "own_membership"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This is your own membership. Nothing was changed. "
        "Another owner or administrator can change or end it."
    )


class OutOfReach(KeepwellError, Http404):  # noqa: N818  names the fact
    """Another organisation's row and a row that never was answer alike, byte for byte."""

    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404
    sentence: ClassVar[str] = "There is nothing here that you can reach."
