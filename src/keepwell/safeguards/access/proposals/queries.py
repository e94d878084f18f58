"""What is proposed, who can confirm it, and whether it may be done now."""

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Membership, Proposal
from keepwell.safeguards.access.paging import Part, part_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.proposals.acts import Act, act_of, acts
from keepwell.safeguards.access.queries import allow, members_as, within_reach
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now

if TYPE_CHECKING:
    from django.db.models import QuerySet

A_DAY = timedelta(hours=24)


def holds(viewer: Viewer, act: Act) -> bool:
    """Tell whether the viewer's own role lets them propose and confirm an act.

    What is raised for a while does not count: the second person must stand on their own feet.
    """
    is_member = viewer.kind is ViewerKind.MEMBER and viewer.locations is None
    return is_member and viewer.role in registry.roles_holding(act.permission)


def proposals_in(viewer: Viewer, *, after: UUID | None = None) -> Part[Proposal]:
    """Return a page of proposals of acts that the viewer's role holds, newest first."""
    allow(viewer, AccessPermission.PROPOSAL_SEE)
    with wall.reading(viewer.organisation):
        rows = _known(viewer, Proposal.objects.all())
        return part_of(rows, Proposal.objects.all(), "-proposed", after)


def to_confirm(viewer: Viewer) -> list[Proposal]:
    """List what colleagues proposed and this viewer can confirm, the oldest first."""
    allow(viewer, AccessPermission.PROPOSAL_SEE)
    with wall.reading(viewer.organisation):
        rows = Proposal.objects.filter(
            confirmed__isnull=True,
            withdrawn__isnull=True,
            used__isnull=True,
            expires__gt=now(),
        )
        waiting = _known(viewer, rows.order_by("proposed", "id"))
        theirs = [row for row in waiting if row.proposed_by != viewer.actor]
        standing = standing_of(viewer, theirs)
        return [row for row in theirs if row.pk in standing]


def one(viewer: Viewer, proposal: UUID) -> Proposal:
    """Return one proposal of the viewer's organisation; raise OutOfReach."""
    allow(viewer, AccessPermission.PROPOSAL_SEE)
    with wall.reading(viewer.organisation):
        found: Proposal = within_reach(Proposal.objects.all(), pk=proposal)
        return found


def holders_of(viewer: Viewer, act: Act) -> list[Membership]:
    """Return the members who may propose an act: let in, of every location, by their own role."""
    return members_as(viewer, registry.roles_holding(act.permission), is_everywhere=True)


def others_of(viewer: Viewer, act: Act, *, proposer: UUID | None) -> list[Membership]:
    """Return who can confirm: members whose role holds the permission, and not the proposer.

    Whoever was let in within a day does not count: the proposer may have done that.
    """
    settled = now() - A_DAY
    return [
        row
        for row in holders_of(viewer, act)
        if row.user_id != proposer and row.approved is not None and row.approved < settled
    ]


def stands(viewer: Viewer, row: Proposal) -> bool:
    """Tell whether a proposal is open, and whoever proposed or confirmed it may still do so.

    Else one person who is left could do what takes two, on the word of somebody who has gone.
    """
    return row.pk in standing_of(viewer, [row])


def standing_of(viewer: Viewer, rows: Collection[Proposal]) -> frozenset[UUID]:
    """Return which of these proposals stand; who may propose is asked once for each act."""
    still_open = [row for row in rows if row.is_open]
    named = {row.act: act_of(row.act) for row in still_open}
    holders = {
        code: {one.user_id for one in holders_of(viewer, act)} for code, act in named.items() if act
    }
    return frozenset(
        row.pk
        for row in still_open
        if row.act in holders and {row.proposed_by, row.confirmed_by} - {None} <= holders[row.act]
    )


def may_be_done(viewer: Viewer, row: Proposal) -> bool:
    """Tell whether what was proposed stands, and may be done now."""
    return stands(viewer, row) and is_agreed(viewer, row)


def is_agreed(viewer: Viewer, row: Proposal) -> bool:
    """Tell whether somebody else confirmed it, or nobody else could and its day is over."""
    act = act_of(row.act)
    if act is None:
        return False
    if row.confirmed is not None:
        return True
    is_ripe = row.ripens is not None and row.ripens <= now()
    return is_ripe and not others_of(viewer, act, proposer=row.proposed_by)


def reason_of(viewer: Viewer, row: Proposal) -> str:
    """Return why something was proposed, from the trail. Reading it is recorded."""
    allow(viewer, AccessPermission.PROPOSAL_SEE)
    kinds = [AccessKind.PROPOSAL_MAKE]
    found = page_of_entries(viewer, about=row.pk, kinds=kinds, limit=1)
    payloads = [entry.payload for entry in found.entries if entry.payload]
    return payloads[0].reason if payloads else ""


def _known(viewer: Viewer, rows: "QuerySet[Proposal]") -> "QuerySet[Proposal]":
    return rows.filter(act__in=[act.code for act in acts() if holds(viewer, act)])
