"""Who waits to be let in, who has left, and what ended with that."""

from uuid import UUID

from keepwell.safeguards.access.models import EndedAccess, Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

MOST_FORMER = 200


def membership_of(viewer: Viewer, membership: UUID) -> Membership:
    """Return one membership of the viewer's organisation with its account; raise OutOfReach."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        rows = Membership.objects.select_related("user", "invitation")
        found: Membership = within_reach(rows, pk=membership)
        return found


def waiting_of(viewer: Viewer) -> list[Membership]:
    """List who accepted an invitation and waits to be let in, the longest waiting first."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        pending = Membership.objects.filter(approved__isnull=True, ended__isnull=True)
        return list(pending.select_related("user", "invitation").order_by("joined", "id"))


def is_waiting(viewer: Viewer, membership: UUID) -> bool:
    """Tell whether this membership still waits: asked by the job that writes the letters."""
    with wall.reading(viewer.organisation):
        pending = Membership.objects.filter(approved__isnull=True, ended__isnull=True)
        return bool(pending.filter(pk=membership).exists())


def count_waiting(viewer: Viewer) -> int:
    """Count who waits to be let in."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        pending = Membership.objects.filter(approved__isnull=True, ended__isnull=True)
        return int(pending.count())


def former_of(viewer: Viewer) -> list[Membership]:
    """List the memberships that ended, the last ended first, at most `MOST_FORMER`."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        ended = Membership.objects.filter(ended__isnull=False).select_related("user")
        return list(ended.order_by("-ended", "id")[:MOST_FORMER])


def everybody_of(viewer: Viewer) -> list[Membership]:
    """List whoever works here or has worked here, each once, by name: the trail speaks of them."""
    with wall.reading(viewer.organisation):
        rows = Membership.objects.select_related("user").order_by("user__name", "id")
        return list({row.user_id: row for row in rows}.values())


def ended_with(viewer: Viewer, membership: UUID) -> list[EndedAccess]:
    """List each thing that ended with a membership, in the order it ended."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        return list(EndedAccess.objects.filter(membership=membership).order_by("ended", "id"))


def is_last_owner(viewer: Viewer, membership: UUID) -> bool:
    """Tell whether nobody but this membership owns the organisation."""
    with wall.reading(viewer.organisation):
        owners = Membership.objects.filter(
            role=Role.OWNER, approved__isnull=False, ended__isnull=True
        )
        return set(owners.values_list("pk", flat=True)) == {membership}
