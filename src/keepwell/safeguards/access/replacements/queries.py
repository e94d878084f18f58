"""What is under way: which colleagues get a new second step, and who is to be told."""

from uuid import UUID

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.officers.queries import officers_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.identity import replacements
from keepwell.safeguards.identity.models import FactorReplacement
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def under_way(viewer: Viewer) -> list[tuple[FactorReplacement, Membership]]:
    """List the replacements that stand for members of the viewer's organisation, oldest first."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    standing = {one.user_id: one for one in replacements.standing()}
    with wall.reading(viewer.organisation):
        present = Membership.objects.filter(approved__isnull=False, ended__isnull=True)
        rows = list(present.filter(user__in=list(standing)).select_related("user"))
    found = [(standing[row.user_id], row) for row in rows]
    return sorted(found, key=lambda pair: (pair[0].started, pair[0].pk))


def to_be_told(viewer: Viewer, *, about: UUID) -> list[UUID]:
    """List the accounts that may stop such a replacement here, and the officers, each once.

    The account it is about is not among them. Officers: 45 CFR 164.308(a)(2).
    """
    officers = {row.user_id for row in officers_of(viewer, but=about)}
    may_stop = registry.roles_holding(str(AccessPermission.SECOND_STEP_REPLACE))
    with wall.reading(viewer.organisation):
        present = Membership.objects.filter(approved__isnull=False, ended__isnull=True)
        holders = present.filter(role__in=may_stop, is_everywhere=True).exclude(user=about)
        told = officers | set(holders.values_list("user", flat=True))
    return sorted(told)
