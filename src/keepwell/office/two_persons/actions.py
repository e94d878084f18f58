"""Proposing and confirming with the letters that go with it: both happen, or neither."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from keepwell.jobs import queue
from keepwell.office.members.letters import MemberLetter
from keepwell.office.tasks import write_to_member
from keepwell.safeguards.access.models import Proposal
from keepwell.safeguards.access.officers.queries import officers_of
from keepwell.safeguards.access.proposals import actions
from keepwell.safeguards.access.proposals.acts import Act
from keepwell.safeguards.access.proposals.queries import others_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def propose(viewer: Viewer, *, act: Act, about: Mapping[str, str], reason: str) -> Proposal:
    """Propose an act and tell whoever can confirm it.

    If nobody can, the officers are told, and whoever stands in for them: that is the notice.
    """
    with wall.writing(viewer.organisation):
        row, is_new = actions.propose(viewer, act=act, about=about, reason=reason)
        if is_new:
            others = others_of(viewer, act, proposer=viewer.actor)
            told = [one.user_id for one in others or officers_of(viewer)]
            letter = MemberLetter.PROPOSAL if others else MemberLetter.PROPOSAL_ALONE
            _write(viewer, row.pk, told, letter)
    return row


def confirm(viewer: Viewer, *, proposal: UUID, reason: str) -> bool:
    """Confirm a colleague's proposal and tell that person; False when it was over already."""
    with wall.writing(viewer.organisation):
        row = actions.confirm(viewer, proposal=proposal, reason=reason)
        if row is not None:
            _write(viewer, row.pk, [row.proposed_by], MemberLetter.PROPOSAL_CONFIRMED)
    return row is not None


def _write(viewer: Viewer, row: UUID, told: Iterable[UUID], letter: MemberLetter) -> None:
    for account in told:
        queue.put(
            write_to_member,
            organisation=viewer.organisation,
            key=(row, account, letter),
            account=account,
            letter=letter,
        )
