"""How emergency accesses are told on their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.utils.functional import Promise

from keepwell.safeguards.access.officers.queries import Roster
from keepwell.safeguards.access.raising import Fell, Finding
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import EmergencyAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One emergency access: whose, when, how it ended, what was found, what this viewer may do."""

    id: UUID
    name: str
    role: Promise
    begun: datetime
    over: datetime  # when it ended or will
    is_on: bool
    because: str | Promise
    finding: str | Promise
    reviewed: datetime | None
    reviewer: str
    is_mine: bool
    may_judge: bool

    @classmethod
    def of(
        cls, viewer: Viewer, row: "EmergencyAccess", names: Mapping[UUID, str], officers: Roster
    ) -> Self:
        """Tell of one."""
        whose = row.membership.user_id
        return cls(
            id=row.pk,
            name=row.membership.user.name,
            role=Role(row.role).label,
            begun=row.begun,
            over=row.ended or row.until,
            is_on=row.is_on,
            because=Fell(row.ended_because or Fell.EXPIRED).label,
            finding=Finding(row.finding).label if row.finding else "",
            reviewed=row.reviewed,
            reviewer=names.get(row.reviewed_by, "") if row.reviewed_by else "",
            is_mine=whose == viewer.actor,
            may_judge=viewer.actor in {one.user_id for one in officers.but(whose)},
        )
