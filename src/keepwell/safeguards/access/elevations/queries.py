"""Requests for access and what was given: the viewer's own, those to decide, those of before."""

from uuid import UUID

from django.db.models import Q

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Elevation, Membership
from keepwell.safeguards.access.paging import Part, part_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, grants_of, may, members_as, within_reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

MOST_OWN = 25


def own(viewer: Viewer) -> list[Elevation]:
    """List what the viewer asked for and got, newest first: `MOST_OWN`, and all that stands."""
    with wall.reading(viewer.organisation):
        rows = Elevation.objects.filter(membership__user=viewer.actor)
        newest = rows.order_by("-asked", "-id").values_list("pk", flat=True)[:MOST_OWN]
        standing = Q(until__gt=now(), ended__isnull=True)
        shown = rows.filter(Q(pk__in=list(newest)) | _waiting() | standing)
        return list(shown.select_related("membership__user").order_by("-asked", "-id"))


def to_decide(viewer: Viewer) -> list[Elevation]:
    """List colleagues' requests that wait, the oldest first."""
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    with wall.reading(viewer.organisation):
        rows = Elevation.objects.filter(_waiting()).exclude(membership__user=viewer.actor)
        return list(rows.select_related("membership__user").order_by("asked", "id"))


def given(viewer: Viewer) -> list[Elevation]:
    """List what colleagues hold beyond their role now, by when it falls back."""
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    with wall.reading(viewer.organisation):
        standing = Elevation.objects.filter(until__gt=now(), ended__isnull=True)
        rows = standing.exclude(membership__user=viewer.actor)
        return list(rows.select_related("membership__user").order_by("until", "id"))


def past_in(viewer: Viewer, *, after: UUID | None = None) -> Part[Elevation]:
    """Return a page of colleagues' requests that are over, newest first."""
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    standing = Q(until__gt=now(), ended__isnull=True)
    with wall.reading(viewer.organisation):
        rows = Elevation.objects.exclude(_waiting()).exclude(standing)
        rows = rows.exclude(membership__user=viewer.actor).select_related("membership__user")
        return part_of(rows, Elevation.objects.all(), "-asked", after)


def one(viewer: Viewer, elevation: UUID) -> Elevation:
    """Return one request of the viewer's organisation; raise OutOfReach."""
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    with wall.reading(viewer.organisation):
        rows = Elevation.objects.select_related("membership__user")
        found: Elevation = within_reach(rows, pk=elevation)
        return found


def askable(viewer: Viewer) -> list[str]:
    """Return the permissions that the viewer can ask for: what is not held and could be.

    Whoever belongs to some locations cannot be given what concerns the whole organisation.
    """
    return [
        code
        for code in registry.raisable()
        if not may(viewer, code)
        and (viewer.locations is None or not registry.concerns_the_whole(code))
    ]


def waiting_for(viewer: Viewer, permission: str) -> Elevation | None:
    """Return the viewer's own request that waits and has this permission among others, if any."""
    with wall.reading(viewer.organisation):
        rows = Elevation.objects.filter(_waiting(), membership__user=viewer.actor)
        asked = rows.order_by("asked", "id")
        return next((row for row in asked if permission in row.permissions.split()), None)


def may_give(viewer: Viewer, row: Elevation) -> bool:
    """Tell whether the viewer's own role holds all of it, which is what can be given."""
    return grants_of(viewer.role).issuperset(row.permissions.split())


def deciders_of(viewer: Viewer, elevation: UUID) -> list[Membership]:
    """Return who can give what a request asks for, and is not who asked."""
    with wall.reading(viewer.organisation):
        rows = Elevation.objects.select_related("membership__user")
        row: Elevation = within_reach(rows, pk=elevation)
    needed = {str(AccessPermission.ELEVATION_DECIDE), *row.permissions.split()}
    able = [role for role in Role if grants_of(role) >= needed]
    found = members_as(viewer, able, is_everywhere=True)
    return [one for one in found if one.user_id != row.membership.user_id]


def _waiting() -> Q:
    return Q(decision="", lapses__gt=now(), membership__ended__isnull=True)


def reason_of(viewer: Viewer, row: Elevation) -> str:
    """Return why somebody asked, from the trail: it may name a patient. Reading it is recorded."""
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    kinds = [AccessKind.ELEVATION_ASK]
    found = page_of_entries(viewer, about=row.pk, kinds=kinds, limit=1)
    payloads = [entry.payload for entry in found.entries if entry.payload]
    return payloads[0].reason if payloads else ""
