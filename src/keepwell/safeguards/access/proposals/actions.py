"""Proposing, confirming, withdrawing, and carrying out once (ASVS 2.3.5).

A confirmed proposal is good for one doing of exactly what was proposed, by whoever proposed it or,
where the act is a command, on the server; and only while those who agreed on it may do so.
"""

from collections.abc import Mapping
from uuid import UUID

from keepwell.safeguards.access.errors import (
    NotConfirmed,
    NotPermitted,
    NotSettled,
    OwnProposal,
    RightEnded,
)
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Proposal
from keepwell.safeguards.access.proposals.acts import Act, act_of
from keepwell.safeguards.access.proposals.notes import note
from keepwell.safeguards.access.proposals.queries import (
    A_DAY,
    holders_of,
    holds,
    may_be_done,
    others_of,
    stands,
)
from keepwell.safeguards.access.queries import within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now


def propose(
    viewer: Viewer, *, act: Act, about: Mapping[str, str], reason: str
) -> tuple[Proposal, bool]:
    """Propose an act with its particulars (ids and codes); return it and whether it is new.

    Somebody else confirms it within 24 hours. If nobody else could, it waits for 24 hours
    instead, with notice, and can be done in the 24 after that (decision 0014).
    """
    _allow(viewer, act)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        mine = Proposal.objects.filter(act=act.code, proposed_by=viewer.actor, used__isnull=True)
        for row in mine.filter(withdrawn__isnull=True, expires__gt=now()):
            if row.about == dict(about) and stands(viewer, row):
                return row, False
        is_alone = not others_of(viewer, act, proposer=viewer.actor)
        row = Proposal.objects.create(
            organisation_id=viewer.organisation,
            act=act.code,
            about=dict(about),
            proposed_by=viewer.actor,
            ripens=now() + A_DAY if is_alone else None,
            expires=now() + A_DAY * (2 if is_alone else 1),
        )
        note(viewer, AccessKind.PROPOSAL_MAKE, row, reason=reason)
    return row, True


def confirm(viewer: Viewer, *, proposal: UUID, reason: str) -> Proposal | None:
    """Confirm what somebody else proposed; None when it is confirmed, withdrawn or past.

    Raises OwnProposal, NotPermitted for whoever's role does not hold the act, NotSettled for
    whoever was let in within a day, and RightEnded where the proposer may not propose it any more.
    """
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Proposal = within_reach(Proposal.objects.all(), pk=proposal)
        act = _act(row)
        _allow(viewer, act)
        if row.proposed_by == viewer.actor:
            raise OwnProposal
        others = others_of(viewer, act, proposer=row.proposed_by)
        if viewer.actor not in {one.user_id for one in others}:
            raise NotSettled
        if row.confirmed is not None or not row.is_open:
            return None
        if not stands(viewer, row):
            raise RightEnded
        row.confirmed, row.confirmed_by = now(), viewer.actor
        row.expires = now() + A_DAY
        row.save(update_fields=["confirmed", "confirmed_by", "expires"])
        note(viewer, AccessKind.PROPOSAL_CONFIRM, row, reason=reason)
    return row


def withdraw(viewer: Viewer, *, proposal: UUID, reason: str = "") -> Proposal | None:
    """Withdraw a proposal, one's own or a colleague's; None when it is over already."""
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Proposal = within_reach(Proposal.objects.all(), pk=proposal)
        _allow(viewer, _act(row))
        if not row.is_open:
            return None
        row.withdrawn = now()
        row.save(update_fields=["withdrawn"])
        note(viewer, AccessKind.PROPOSAL_WITHDRAW, row, reason=reason)
    return row


def use_up(viewer: Viewer, *, act: Act, proposal: UUID) -> Proposal:
    """Use a proposal up, in the caller's transaction if there is one: what follows is done once.

    Raises NotConfirmed unless it may be done now, by whoever proposed it, and RightEnded where one
    of the two may not any more.
    """
    _allow(viewer, act)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        own = Proposal.objects.filter(act=act.code, proposed_by=viewer.actor)
        row: Proposal = within_reach(own, pk=proposal)
        if row.is_open and not stands(viewer, row):
            raise RightEnded
        if not may_be_done(viewer, row):
            raise NotConfirmed
        row.used = now()
        row.save(update_fields=["used"])
        note(viewer, AccessKind.PROPOSAL_USE, row)
    return row


def use_up_on_console(viewer: Viewer, *, act: Act, about: Mapping[str, str]) -> Proposal | None:
    """Use up what two members agreed on, for a command on the server that does exactly this.

    None where nobody's role holds the act any more: there is nobody to ask. Raises NotConfirmed
    where somebody does and no proposal with these particulars may be done now.
    """
    if viewer.kind is not ViewerKind.CONSOLE:
        raise NotPermitted
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        if not holders_of(viewer, act):
            return None
        row = _agreed(viewer, act, about)
        row.used = now()
        row.save(update_fields=["used"])
        note(viewer, AccessKind.PROPOSAL_USE, row)
    return row


def _agreed(viewer: Viewer, act: Act, about: Mapping[str, str]) -> Proposal:
    unused = Proposal.objects.filter(act=act.code, used__isnull=True)
    row: Proposal
    for row in unused.order_by("proposed"):
        if row.about == dict(about) and may_be_done(viewer, row):
            return row
    raise NotConfirmed


def _act(row: Proposal) -> Act:
    found = act_of(row.act)
    if found is None:
        raise NotPermitted
    return found


def _allow(viewer: Viewer, act: Act) -> None:
    if not holds(viewer, act):
        raise NotPermitted
