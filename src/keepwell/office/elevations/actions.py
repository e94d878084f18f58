"""Acts on requests for access that also send a letter: both happen, or neither."""

from collections.abc import Collection
from uuid import UUID

from keepwell.jobs import queue
from keepwell.office.members.letters import MemberLetter
from keepwell.office.tasks import write_to_member
from keepwell.safeguards.access.elevations import actions
from keepwell.safeguards.access.elevations.queries import deciders_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def ask(viewer: Viewer, *, permissions: Collection[str], minutes: int, reason: str) -> int:
    """Ask for access; tell whoever can decide and return how many can.

    Raises NotRaisable and AlreadyAsked.
    """
    with wall.writing(viewer.organisation):
        row, is_new = actions.ask(viewer, permissions=permissions, minutes=minutes, reason=reason)
        told = deciders_of(viewer, row.pk)
        for decider in told if is_new else ():
            _write(viewer, row.pk, decider.user_id, MemberLetter.ELEVATION_ASKED)
    return len(told)


def approve(viewer: Viewer, *, elevation: UUID, reason: str) -> bool:
    """Give what was asked for and tell who asked; False when somebody has decided already."""
    with wall.writing(viewer.organisation):
        row = actions.approve(viewer, elevation=elevation, reason=reason)
        if row is not None:
            _write(viewer, row.pk, row.membership.user_id, MemberLetter.ELEVATION_APPROVED)
    return row is not None


def refuse(viewer: Viewer, *, elevation: UUID, reason: str) -> bool:
    """Refuse what was asked for and tell who asked; False when somebody has decided already."""
    with wall.writing(viewer.organisation):
        row = actions.refuse(viewer, elevation=elevation, reason=reason)
        if row is not None:
            _write(viewer, row.pk, row.membership.user_id, MemberLetter.ELEVATION_REFUSED)
    return row is not None


def withdraw(viewer: Viewer, *, elevation: UUID, reason: str) -> bool:
    """Take back what was given and tell who had it; False when it had ended already."""
    with wall.writing(viewer.organisation):
        row = actions.withdraw(viewer, elevation=elevation, reason=reason)
        if row is not None:
            _write(viewer, row.pk, row.membership.user_id, MemberLetter.ELEVATION_ENDED)
    return row is not None


def _write(viewer: Viewer, elevation: UUID, account: UUID, letter: MemberLetter) -> None:
    queue.put(
        write_to_member,
        organisation=viewer.organisation,
        key=(elevation, account, letter),
        account=account,
        letter=letter,
    )
