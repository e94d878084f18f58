"""Asking for more access, deciding about it, and giving or taking it back.

Nobody decides about the own request, and nobody gives what the own role does not hold: rights that
are themselves raised are passed on to no one.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from keepwell.safeguards.access.elevations.queries import askable, may_give
from keepwell.safeguards.access.errors import (
    AlreadyAsked,
    NotPermitted,
    NotRaisable,
    OwnRequest,
    TooManyAsked,
)
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.falling_back import actions as falling_back
from keepwell.safeguards.access.models import Elevation, Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.raising import Decision, Fell, about
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

LAPSES_AFTER = timedelta(hours=72)
MOST_MINUTES = 7 * 24 * 60
MOST_WAITING = 5  # requests of one member at a time


def ask(
    viewer: Viewer, *, permissions: Collection[str], minutes: int, reason: str
) -> tuple[Elevation, bool]:
    """Ask for permissions, for a while; return the request and whether it is new.

    Raises NotRaisable for what cannot be asked for or is held already, AlreadyAsked, TooManyAsked.
    """
    wanted = sorted(set(permissions))
    if not wanted or not 0 < minutes <= MOST_MINUTES:
        raise NotRaisable
    if not set(wanted) <= set(askable(viewer)):
        raise NotRaisable
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        present = Membership.objects.select_related("user").filter(
            approved__isnull=False, ended__isnull=True
        )
        membership = within_reach(present, user=viewer.actor)
        codes = " ".join(wanted)
        same = _rows().filter(membership=membership, permissions=codes, decision="").first()
        if same is not None and same.lapses > now():
            return _asked_again(same, minutes), False
        if same is not None:
            falling_back.lapse(viewer, same, Decision.LAPSED)
        waiting = _rows().filter(membership=membership, decision="", lapses__gt=now())
        if waiting.count() >= MOST_WAITING:
            raise TooManyAsked
        row = Elevation.objects.create(
            organisation_id=viewer.organisation,
            membership=membership,
            permissions=codes,
            minutes=minutes,
            lapses=now() + LAPSES_AFTER,
        )
        detail = {"permissions": codes, "minutes": str(minutes)}
        _record(viewer, AccessKind.ELEVATION_ASK, row, reason, detail)
    return row, True


def _asked_again(same: Elevation, minutes: int) -> Elevation:
    if same.minutes != minutes:
        raise AlreadyAsked
    return same  # the button was pressed twice


def approve(viewer: Viewer, *, elevation: UUID, reason: str) -> Elevation | None:
    """Give what was asked for, from now on for its time; None when somebody has decided already.

    Raises OwnRequest, and NotPermitted for what the viewer's own role does not hold.
    """
    return _decided(viewer, elevation, Decision.APPROVED, reason)


def refuse(viewer: Viewer, *, elevation: UUID, reason: str) -> Elevation | None:
    """Refuse what was asked for; None when somebody has decided already. Raises OwnRequest."""
    return _decided(viewer, elevation, Decision.REFUSED, reason)


def _decided(viewer: Viewer, elevation: UUID, decision: Decision, reason: str) -> Elevation | None:
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Elevation = within_reach(_rows(), pk=elevation)
        if row.membership.user_id == viewer.actor:
            raise OwnRequest
        if row.decision or row.lapses <= now() or row.membership.ended is not None:
            return None
        if decision is Decision.APPROVED and not may_give(viewer, row):
            raise NotPermitted
        _decide(viewer, row, decision, reason)
    return row


def _decide(viewer: Viewer, row: Elevation, decision: Decision, reason: str) -> None:
    is_given = decision is Decision.APPROVED
    row.decision, row.decided, row.decided_by = decision.value, now(), viewer.actor
    row.until = now() + timedelta(minutes=row.minutes) if is_given else None
    row.save(update_fields=["decision", "decided", "decided_by", "until"])
    kind = AccessKind.ELEVATION_APPROVE if is_given else AccessKind.ELEVATION_REFUSE
    detail = {"permissions": row.permissions, "minutes": str(row.minutes)}
    _record(viewer, kind, row, reason, detail)


def give_back(viewer: Viewer, *, elevation: UUID) -> None:
    """Withdraw the own request, or give back what was given. Again does nothing more."""
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Elevation = within_reach(_rows(), pk=elevation, membership__user=viewer.actor)
        if not row.decision:
            falling_back.lapse(viewer, row, Decision.WITHDRAWN)
        elif row.until is not None:
            falling_back.fall(viewer, row, Fell.GIVEN_BACK)


def withdraw(viewer: Viewer, *, elevation: UUID, reason: str) -> Elevation | None:
    """Take back what was given, before its time; None when it had ended already."""
    allow(viewer, AccessPermission.ELEVATION_DECIDE)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Elevation = within_reach(_rows().filter(until__isnull=False), pk=elevation)
        is_ended = falling_back.fall(viewer, row, Fell.WITHDRAWN, reason=reason)
    return row if is_ended else None


def _rows() -> Any:
    return Elevation.objects.select_related("membership__user")


def _record(
    viewer: Viewer, kind: AccessKind, row: Elevation, reason: str, detail: dict[str, str]
) -> None:
    record(viewer, kind, subjects=about(row), reason=reason, detail=detail)
