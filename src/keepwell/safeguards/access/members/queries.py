"""Who works here, who waits to be let in, who has left, and what ended with that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import models

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.models import EndedAccess, Membership
from keepwell.safeguards.access.paging import Part, called, part_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, present_members, within_reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


class Standing(StrEnum):
    """How somebody stands with the organisation."""

    FORMER = "former"
    PRESENT = "present"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class _List:
    which: models.Q
    key: str  # what the list is sorted by, then by id


_LISTS = {
    Standing.FORMER: _List(models.Q(ended__isnull=False), "-ended"),
    Standing.PRESENT: _List(models.Q(approved__isnull=False, ended__isnull=True), "user__name"),
    Standing.WAITING: _List(models.Q(approved__isnull=True, ended__isnull=True), "joined"),
}


def members_in(
    viewer: Viewer, standing: Standing, *, like: str = "", after: UUID | None = None
) -> Part[Membership]:
    """Return a page of members: present ones by name, those who wait by how long, former by when.

    `like` narrows to those whose name or address holds each of its words; `after` is the last id
    of the page before. Keyset paging: the last page costs what the first one costs.
    """
    allow(viewer, AccessPermission.MEMBER_LIST)
    one = _LISTS[standing]
    with wall.reading(viewer.organisation):
        rows = Membership.objects.filter(one.which).select_related("user", "invitation")
        found = called(rows, like, "user__name", "user__email")
        return part_of(found, Membership.objects.all(), one.key, after)


def membership_of(viewer: Viewer, membership: UUID) -> Membership:
    """Return one membership of the viewer's organisation with its account; raise OutOfReach."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        rows = Membership.objects.select_related("user", "invitation")
        found: Membership = within_reach(rows, pk=membership)
        return found


def is_waiting(viewer: Viewer, membership: UUID) -> bool:
    """Tell whether this membership still waits: asked by the job that writes the letters."""
    with wall.reading(viewer.organisation):
        pending = Membership.objects.filter(_LISTS[Standing.WAITING].which)
        return bool(pending.filter(pk=membership).exists())


def count_present(viewer: Viewer) -> tuple[int, int]:
    """Count who works here, and how many of them have no second step yet."""
    with wall.reading(viewer.organisation):
        accounts = present_members(viewer).values("user")
        without = second_factor.without_second_step(User.objects.filter(pk__in=accounts))
        return present_members(viewer).count(), without.count()


def count_waiting(viewer: Viewer) -> int:
    """Count who waits to be let in."""
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        return int(Membership.objects.filter(_LISTS[Standing.WAITING].which).count())


def everybody_of(viewer: Viewer, *, most: int) -> list[tuple[UUID, str]] | None:
    """Return account and name of whoever works or worked here, by name; None if too many."""
    with wall.reading(viewer.organisation):
        if Membership.objects.all()[: most + 1].count() > most:  # before thousands are sorted
            return None
        rows = Membership.objects.order_by("user__name", "id")
        return list(dict.fromkeys(rows.values_list("user_id", "user__name")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Of which present members somebody chooses: all, unless something narrows it."""

    permission: StrEnum | None = None  # their role holds it
    is_everywhere: bool = False  # they belong to all locations
    but: UUID | None = None  # an account that is not meant

    @property
    def which(self) -> models.Q:
        """Return it as the database reads it."""
        asked = models.Q()
        if self.permission is not None:
            asked &= models.Q(role__in=registry.roles_holding(self.permission))
        if self.is_everywhere:
            asked &= models.Q(is_everywhere=True)
        return asked & ~models.Q(user=self.but) if self.but else asked


def members_within(
    viewer: Viewer,
    pool: Pool,
    *,
    like: str = "",
    among: Collection[UUID] | None = None,
    most: int,
) -> tuple[list[Membership], bool]:
    """Return present members of a pool, by name, and whether these are all.

    `like` narrows to those whose name or address holds each of its words, `among` to these
    memberships.
    """
    with wall.reading(viewer.organisation):
        rows = present_members(viewer).filter(pool.which)
        rows = rows if among is None else rows.filter(pk__in=among)
        found = called(rows.select_related("user"), like, "user__name", "user__email")
        listed = list(found.order_by("user__name", "id")[: most + 1])
    return listed[:most], len(listed) <= most


def name_of(viewer: Viewer, account: UUID) -> str:
    """Return the name of somebody who works or worked here; nothing for anybody else."""
    with wall.reading(viewer.organisation):
        rows = Membership.objects.filter(user=account)
        return str(rows.values_list("user__name", flat=True).first() or "")


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


def former_accounts(viewer: Viewer) -> dict[UUID, datetime]:
    """Return the accounts that worked here and do not any more, with when their access ended."""
    with wall.reading(viewer.organisation):
        rows = list(Membership.objects.values_list("user_id", "ended"))
    present = {user for user, ended in rows if ended is None}
    former: dict[UUID, datetime] = {}
    for user, ended in rows:
        if ended is not None and user not in present:
            former[user] = max(ended, former.get(user, ended))
    return former
