"""Raised access falls back: by itself when its time is over, with the session, role or membership.

`access.rights` asks at every request, so nothing is held a moment longer than it may be. What is
done here is to write down that it ended, and why.
"""

from collections.abc import Iterator
from typing import Any

from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Elevation, EmergencyAccess, Membership
from keepwell.safeguards.access.raising import Decision, Fell, about
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

Raised = EmergencyAccess | Elevation


def fall(viewer: Viewer, row: Raised, because: Fell, *, reason: str = "") -> bool:
    """End one raised access inside the caller's wall; tell whether it was this call."""
    moment = now()
    ended = moment if row.until is None else min(row.until, moment)
    standing = type(row).objects.filter(pk=row.pk, ended__isnull=True)
    if not standing.update(ended=ended, ended_because=because.value):
        return False
    is_emergency = isinstance(row, EmergencyAccess)
    record(
        viewer,
        AccessKind.EMERGENCY_END if is_emergency else AccessKind.ELEVATION_END,
        subjects=about(row),
        reason=reason,
        detail={"because": because.value},
    )
    return True


def lapse(viewer: Viewer, row: Elevation, decision: Decision) -> bool:
    """Close a request that nobody decides any more, inside the caller's wall."""
    waiting = Elevation.objects.filter(pk=row.pk, decision="")
    if not waiting.update(decision=decision.value, decided=now()):
        return False
    kinds = {
        Decision.LAPSED: AccessKind.ELEVATION_LAPSE,
        Decision.WITHDRAWN: AccessKind.ELEVATION_WITHDRAW,
    }
    record(viewer, kinds[decision], subjects=about(row))
    return True


def end_those_of(viewer: Viewer, membership: Membership, because: Fell) -> list[Raised]:
    """End whatever a member holds beyond the role, and close what was asked for."""
    for row in _rows(Elevation).filter(membership=membership, decision=""):
        lapse(viewer, row, Decision.WITHDRAWN)
    return [row for row in _standing(membership=membership) if fall(viewer, row, because)]


def sweep(viewer: Viewer) -> None:
    """Write down what fell back by itself since the last time."""
    with wall.reading(viewer.organisation):
        over = [(row, because) for row in _standing() if (because := _reason(row))]
        lapsed = list(_rows(Elevation).filter(decision="", lapses__lte=now()))
    for row, because in over:
        with wall.writing(viewer.organisation):
            fall(viewer, row, because)
    for request in lapsed:
        with wall.writing(viewer.organisation):
            lapse(viewer, request, Decision.LAPSED)


def _standing(**which: object) -> Iterator[Raised]:
    yield from _rows(EmergencyAccess).filter(ended__isnull=True, **which)
    yield from _rows(Elevation).filter(until__isnull=False, ended__isnull=True, **which)


def _rows(model: type[EmergencyAccess] | type[Elevation]) -> Any:
    return model.objects.select_related("membership__user")


def _reason(row: Raised) -> Fell | None:
    """Tell why something that stands is over; None when it is not."""
    if row.until is not None and row.until <= now():
        return Fell.EXPIRED
    if row.membership.ended is not None:
        return Fell.MEMBERSHIP_ENDED
    if isinstance(row, Elevation):
        return None
    if row.role != row.membership.role:
        return Fell.ROLE_CHANGED
    mine = {one.pk for one in sessions.standing_of(row.membership.user)}
    return None if row.session in mine else Fell.SESSION_ENDED
