"""Who serves as an officer, and who stands in while nobody does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.models import Membership, Officer
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import members_as, present_members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One of the two places: who serves, since when; or nobody, after `former` or ever."""

    duty: Duty
    member: Membership | None = None
    former: Membership | None = None
    named: datetime | None = None

    @property
    def is_vacated(self) -> bool:
        """Tell whether whoever was named is gone, or has a role that cannot serve."""
        return self.former is not None


def duties_of(viewer: Viewer) -> list[Held]:
    """Return both places of the viewer's organisation: every member may know its officers."""
    with wall.reading(viewer.organisation):
        rows = Officer.objects.select_related("membership__user")
        by_duty: dict[str, Any] = {row.duty: row for row in rows}
    return [_held(duty, by_duty.get(duty)) for duty in sorted(Duty, reverse=True)]


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom notices to the officers reach, and the owners who stand in for them."""

    meant: tuple[Membership, ...]
    owners: tuple[Membership, ...]

    def but(self, account: UUID | None) -> list[Membership]:
        """Return whom is meant apart from one account; if nobody is left, the other owners.

        Whoever is spoken of is not told about, and does not judge, what they did.
        """
        left = [row for row in self.meant if row.user_id != account]
        return left or [row for row in self.owners if row.user_id != account]


def roster_of(viewer: Viewer) -> Roster:
    """Return the officers of the viewer's organisation, each once, for as many rows as there are.

    Owners stand in for a place that nobody has.
    """
    held = duties_of(viewer)
    serving = {one.member.pk: one.member for one in held if one.member is not None}
    owners = {row.pk: row for row in members_as(viewer, {Role.OWNER})}
    found = serving if all(one.member for one in held) else serving | owners
    return Roster(tuple(found.values()), tuple(owners.values()))


def officers_of(viewer: Viewer, *, but: UUID | None = None) -> list[Membership]:
    """Return whom notices to the officers reach, apart from `but`: the one list for all rooms."""
    return roster_of(viewer).but(but)


def is_officer(viewer: Viewer, *, but: UUID | None = None) -> bool:
    """Tell whether the viewer serves as an officer, or stands in for one, apart from `but`."""
    return viewer.actor in {row.user_id for row in officers_of(viewer, but=but)}


def is_able(viewer: Viewer, membership: UUID) -> bool:
    """Tell whether a present member can serve: of all locations, in a role that opens the trail."""
    roles = registry.roles_holding(AccessPermission.OFFICER_SERVE)
    with wall.reading(viewer.organisation):
        rows = present_members(viewer).filter(pk=membership, role__in=roles, is_everywhere=True)
        return bool(rows.exists())


def _held(duty: Duty, row: Any) -> Held:
    if row is None or row.membership is None:
        return Held(duty=duty)
    if not _can_serve(row.membership):
        return Held(duty=duty, former=row.membership)
    return Held(duty=duty, member=row.membership, named=row.named)


def _can_serve(row: Membership) -> bool:
    is_present = row.ended is None and row.approved is not None
    may = registry.roles_holding(AccessPermission.OFFICER_SERVE)
    return is_present and row.is_everywhere and row.role in may
