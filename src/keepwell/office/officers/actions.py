"""Naming an officer, and the letter that tells the person."""

from uuid import UUID

from keepwell.jobs import queue
from keepwell.office.members.letters import MemberLetter
from keepwell.office.tasks import write_to_member
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.officers import actions
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def name_officer(
    viewer: Viewer, *, duty: Duty, membership: UUID | None, reason: str
) -> Membership | None:
    """Name an officer and tell that person by mail; raises CannotServe."""
    with wall.writing(viewer.organisation):
        member = actions.name_officer(viewer, duty=duty, membership=membership, reason=reason)
        if member is not None and member.user_id != viewer.actor:
            queue.put(
                write_to_member,
                organisation=viewer.organisation,
                account=member.user_id,
                letter=MemberLetter.OFFICER,
            )
    return member
