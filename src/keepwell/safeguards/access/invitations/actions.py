"""Inviting a colleague: sent, sent again, withdrawn, accepted.

An invitation gives nothing. Its link is made when its letter is written, so that the secret lies in
no table; whoever accepts has a pending membership until an administrator lets them in.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import models

from keepwell.safeguards.access.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    TooManyLetters,
)
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.invitations.queries import behind
from keepwell.safeguards.access.locations.placing import (
    INVITATION,
    MEMBERSHIP,
    Locations,
    at,
    hand_over,
    place,
    take_away,
)
from keepwell.safeguards.access.members.actions import allow_role
from keepwell.safeguards.access.members.naming import about, check_owner
from keepwell.safeguards.access.models import Invitation, InvitationLetter, Membership
from keepwell.safeguards.access.once import id_from
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity import accounts, links
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import OneTimeLink, User
from keepwell.safeguards.identity.passwords import normal_email
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now
from keepwell.toolkit.identifiers import uuid7

LASTS = timedelta(hours=72)
MOST_LETTERS = 100  # of an organisation within an hour: whoever took over an account sends no more
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom an invitation is for, and what the person will be; `locations` None: at all of them."""

    email: str
    name: str
    role: Role
    locations: Locations


def invite(viewer: Viewer, *, whom: Invited, reason: str, once: UUID | None = None) -> Invitation:
    """Invite an address; whether it has an account elsewhere changes nothing of the answer.

    The same form sent again (`once`) finds the invitation that is there: its letter is under way.
    Raises AlreadyMember and AlreadyInvited, about the viewer's own organisation, TooManyLetters,
    LocationUnknown and OwnerEverywhere.
    """
    allow(viewer, AccessPermission.MEMBER_ADD)
    allow_role(viewer, whom.role)
    check_owner(whom.role, whom.locations)
    address = normal_email(whom.email)
    row_id = id_from(viewer, once, address, whom.name, whom.role, _named(whom.locations), reason)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        if (there := _sent_before(row_id)) is not None:
            return there
        if Membership.objects.filter(user__email=address, ended__isnull=True).exists():
            raise AlreadyMember
        if _open().filter(email=address).exists():
            raise AlreadyInvited
        invitation: Invitation = Invitation.objects.create(
            id=row_id,
            organisation_id=viewer.organisation,
            email=address,
            name=whom.name.strip(),
            role=whom.role.value,
            is_everywhere=whom.locations is None,
            invited_by=viewer.actor,
            expires=now() + LASTS,
        )
        place(viewer.organisation, INVITATION, invitation.pk, whom.locations)
        _count_letter(invitation, uuid7())
        more = at(whom.locations)
        _record(viewer, AccessKind.INVITATION_SEND, invitation, reason=reason, more=more)
    return invitation


def send_again(viewer: Viewer, *, invitation: UUID, once: UUID | None = None) -> Invitation:
    """Let an open invitation last anew; the link of its earlier letters stops working now.

    The same button sent again (`once`) leaves the letter alone that is under way: its link would
    stop working. Raises TooManyLetters, and InvitationOver for one that is not open any more.
    """
    allow(viewer, AccessPermission.MEMBER_ADD)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row = _not_accepted(invitation)
        allow_role(viewer, row.role)
        if row.withdrawn is not None:
            raise InvitationOver
        letter = id_from(viewer, once, invitation)
        if InvitationLetter.objects.filter(pk=letter).exists():
            row.is_letter_due = False
            return row
        _count_letter(row, letter)
        links.end_those_about(row.pk)
        row.expires = now() + LASTS
        row.save(update_fields=["expires"])
        _record(viewer, AccessKind.INVITATION_SEND, row)
    return row


def withdraw(viewer: Viewer, *, invitation: UUID) -> None:
    """Withdraw an open invitation: its link stops working now. Again does nothing more.

    Raises InvitationOver for one that was accepted.
    """
    allow(viewer, AccessPermission.MEMBER_ADD)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row = _not_accepted(invitation)
        if row.withdrawn is not None:
            return
        links.end_those_about(row.pk)
        row.withdrawn = now()
        row.save(update_fields=["withdrawn"])
        take_away(INVITATION, row.pk)
        _record(viewer, AccessKind.INVITATION_WITHDRAW, row)


def accept(*, link: OneTimeLink, user: User) -> Membership:
    """Use a link up: its account, new or known, waits to be let in. Raises LinkUsed.

    Of many parallel uses one succeeds. `user` may be unsaved: account and membership then appear
    together. A link is good for the address it was sent to and for no other account.
    """
    invitation = behind(link)
    if link.organisation is None or invitation is None or invitation.email != user.email:
        raise LinkUsed
    with wall.writing(link.organisation):
        person = Viewer(kind=ViewerKind.MEMBER, organisation=link.organisation, actor=user.pk)
        Organisation.held(link.organisation)  # nobody has rights yet
        if not links.use(link) or behind(link) is None:
            raise LinkUsed
        if not User.objects.filter(pk=user.pk).exists():
            user.save(force_insert=True)
        membership = _pending(invitation, user)
        Invitation.objects.filter(pk=invitation.pk).update(membership=membership)
        accounts.open_door(user.pk, link.organisation)
        more = about(membership)
        _record(person, AccessKind.INVITATION_ACCEPT, invitation, more=more)
    return membership


def _pending(invitation: Invitation, user: User) -> Membership:
    """Return the membership that waits, or the one that somebody has made on the console since."""
    present: Membership | None = Membership.objects.filter(user=user, ended__isnull=True).first()
    if present is not None:
        take_away(INVITATION, invitation.pk)
        return present
    made: Membership = Membership.objects.create(
        organisation_id=invitation.organisation_id,
        user=user,
        role=invitation.role,
        is_everywhere=invitation.is_everywhere,
    )
    hand_over(INVITATION, invitation.pk, MEMBERSHIP, made.pk)
    return made


def _not_accepted(invitation: UUID) -> Invitation:
    """Return one that nobody has accepted; raise OutOfReach for an id that is none of ours."""
    row: Invitation = within_reach(Invitation.objects.all(), pk=invitation)
    if row.membership_id is not None:
        raise InvitationOver
    return row


def _sent_before(invitation: UUID) -> Invitation | None:
    found: Invitation | None = Invitation.objects.filter(pk=invitation).first()
    if found is not None:
        found.is_letter_due = False
    return found


def _named(locations: Locations) -> str:
    return "all" if locations is None else " ".join(sorted(map(str, locations)))


def _count_letter(invitation: Invitation, letter: UUID) -> None:
    """Count one letter more, or raise TooManyLetters. The members' lock is held: none slips by."""
    moment = now()
    InvitationLetter.objects.filter(asked__lte=moment - _HOUR).delete()
    sent = InvitationLetter.objects.order_by("-asked").values_list("asked", flat=True)
    counted = list(sent[:MOST_LETTERS])
    if len(counted) >= MOST_LETTERS:
        raise TooManyLetters(again=counted[-1] + _HOUR)
    InvitationLetter.objects.create(
        id=letter,
        organisation_id=invitation.organisation_id,
        invitation=invitation,
        asked=moment,
    )


def _open() -> models.QuerySet[Invitation]:
    return Invitation.objects.filter(membership__isnull=True, withdrawn__isnull=True)


def _record(
    viewer: Viewer,
    kind: AccessKind,
    invitation: Invitation,
    *,
    more: tuple[Subject, ...] = (),
    reason: str = "",
) -> None:
    subjects = (Subject(model=INVITATION, ids=(invitation.pk,)), *more)
    detail = {"role": invitation.role}
    record(viewer, kind, subjects=subjects, reason=reason, detail=detail)
