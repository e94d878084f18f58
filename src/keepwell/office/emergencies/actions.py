"""Breaking the glass, and the letters that tell the officers at once."""

from keepwell.jobs import queue
from keepwell.office.members.letters import MemberLetter
from keepwell.office.tasks import write_to_member
from keepwell.safeguards.access.emergencies import actions
from keepwell.safeguards.access.officers.queries import officers_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def begin(viewer: Viewer, *, reason: str) -> None:
    """Begin emergency access; every officer is told by mail, or neither happens."""
    with wall.writing(viewer.organisation):
        row, is_new = actions.begin(viewer, reason=reason)
        if not is_new:
            return
        for officer in officers_of(viewer, but=viewer.actor):
            queue.put(
                write_to_member,
                organisation=viewer.organisation,
                key=(row.pk, officer.user_id),
                account=officer.user_id,
                letter=MemberLetter.EMERGENCY,
            )
