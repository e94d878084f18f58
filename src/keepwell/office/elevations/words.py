"""How requests for access are told on their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.office.elevations.forms import DURATIONS
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.elevations.queries import may_give
from keepwell.safeguards.access.raising import Decision, Fell
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import Elevation

_DECIDED: Mapping[str, Promise] = {
    Decision.LAPSED: _("Nobody decided"),
    Decision.REFUSED: _("Refused"),
    Decision.WITHDRAWN: _("Withdrawn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One request: whose, for what, where it stands, and what this viewer may do about it."""

    id: UUID
    name: str
    role: Promise
    wanted: list[str]
    how_long: str | Promise
    asked: datetime
    lapses: datetime
    until: datetime | None
    over: datetime | None
    state: str | Promise  # of one that is over
    decider: str
    is_waiting: bool
    is_standing: bool
    may_give: bool

    @classmethod
    def of(cls, viewer: Viewer, row: "Elevation", names: Mapping[UUID, str]) -> Self:
        """Tell of one."""
        return cls(
            id=row.pk,
            name=row.membership.user.name,
            role=Role(row.membership.role).label,
            wanted=words_of(row.permissions),
            how_long=dict(DURATIONS).get(row.minutes, f"{row.minutes} min"),
            asked=row.asked,
            lapses=row.lapses,
            until=row.until,
            over=row.ended or row.until,
            state=_state(row),
            decider=names.get(row.decided_by, "") if row.decided_by else "",
            is_waiting=row.is_waiting,
            is_standing=row.is_standing,
            may_give=may_give(viewer, row),
        )


def words_of(permissions: str) -> list[str]:
    """Name permissions as people read them; one that no app knows any more keeps its code."""
    known = registry.raisable()
    return [str(known.get(code, code)) for code in permissions.split()]


def _state(row: "Elevation") -> str | Promise:
    if row.until is not None:
        return Fell(row.ended_because or Fell.EXPIRED).label
    return _DECIDED[row.decision or Decision.LAPSED]
