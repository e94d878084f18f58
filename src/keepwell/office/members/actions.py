"""Acts on members that also send a letter: change and letter are both there, or neither."""

from uuid import UUID

from django.db import transaction

from keepwell.jobs import queue
from keepwell.office.members.letters import MemberLetter
from keepwell.office.second_steps.telling import tell_of_stop
from keepwell.office.tasks import write_invitation, write_to_member
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.invitations.actions import Invited
from keepwell.safeguards.access.locations.placing import Locations
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Invitation, Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def invite(viewer: Viewer, *, whom: Invited, reason: str, once: UUID | None = None) -> Invitation:
    """Invite a colleague by a letter. Raises what `access.invitations` raises."""
    with wall.writing(viewer.organisation):
        made = invitations.invite(viewer, whom=whom, reason=reason, once=once)
        _write(viewer, made)
    return made


def send_again(viewer: Viewer, *, invitation: UUID, once: UUID | None = None) -> Invitation:
    """Send an open invitation once more, with a new link that lasts anew."""
    with wall.writing(viewer.organisation):
        found = invitations.send_again(viewer, invitation=invitation, once=once)
        _write(viewer, found)
    return found


def approve(viewer: Viewer, *, membership: UUID, reason: str) -> Membership | None:
    """Let somebody in and tell the person by mail."""
    with wall.writing(viewer.organisation):
        row = members.approve(viewer, membership=membership, reason=reason)
        _tell(viewer, row)
    return row


def readmit(
    viewer: Viewer, *, membership: UUID, role: Role, locations: Locations, reason: str
) -> Membership | None:
    """Let somebody back in who had left and tell the person by mail."""
    with wall.writing(viewer.organisation):
        row = members.readmit(
            viewer, membership=membership, role=role, locations=locations, reason=reason
        )
        _tell(viewer, row)
    return row


def end(viewer: Viewer, *, membership: UUID, reason: str) -> Membership:
    """End a membership, and tell colleagues whose new second step stood on the person's word."""
    with transaction.atomic():
        left = members.end(viewer, membership=membership, reason=reason)
        _tell_of_stops(left)
    return left.row


def move(
    viewer: Viewer, *, membership: UUID, role: Role, locations: Locations, reason: str
) -> Membership:
    """Move a member, and tell colleagues whose new second step stood on the person's word."""
    with transaction.atomic():
        moved = members.move(
            viewer, membership=membership, role=role, locations=locations, reason=reason
        )
        _tell_of_stops(moved)
    return moved.row


def _tell_of_stops(changed: members.Changed) -> None:
    for one in changed.of_others:
        tell_of_stop(one)


def _write(viewer: Viewer, invitation: Invitation) -> None:
    if not invitation.is_letter_due:
        return
    one = invitation.pk
    queue.put(write_invitation, organisation=viewer.organisation, key=(one,), invitation=one)


def _tell(viewer: Viewer, row: Membership | None) -> None:
    if row is None:
        return
    queue.put(
        write_to_member,
        organisation=viewer.organisation,
        key=(row.pk,),
        account=row.user_id,
        letter=MemberLetter.APPROVED,
    )
