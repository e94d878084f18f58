"""Who serves as an officer, and who stands in while nobody does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.models import Membership, Officer
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import members_of
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


def officers_of(viewer: Viewer, *, but: UUID | None = None) -> list[Membership]:
    """Return whom notices to the officers reach, each once: the one list for all rooms.

    Owners stand in for a place that nobody has. `but` is an account that is not meant: whoever is
    spoken of is not told about, and does not judge, what they did; if nobody is left, owners are.
    """
    held = duties_of(viewer)
    serving = {one.member.pk: one.member for one in held if one.member is not None}
    owners = {row.pk: row for row in members_of(viewer) if row.role == Role.OWNER}
    found = serving if all(one.member for one in held) else serving | owners
    meant = [row for row in found.values() if row.user_id != but]
    return meant or [row for row in owners.values() if row.user_id != but]


def is_officer(viewer: Viewer, *, but: UUID | None = None) -> bool:
    """Tell whether the viewer serves as an officer, or stands in for one, apart from `but`."""
    return viewer.actor in {row.user_id for row in officers_of(viewer, but=but)}


def candidates_of(viewer: Viewer) -> list[Membership]:
    """List the present members who can serve: their role opens the trail."""
    return [row for row in members_of(viewer) if _can_serve(row)]


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
