"""Breaking the glass, ending it, and judging it afterwards (45 CFR 164.312(a)(2)(ii))."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from keepwell.safeguards.access.emergencies.queries import minutes_of, opens_more
from keepwell.safeguards.access.errors import NotPermitted, OwnEmergency, StillOn
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.falling_back import actions as falling_back
from keepwell.safeguards.access.locations.placing import at
from keepwell.safeguards.access.models import EmergencyAccess, Membership
from keepwell.safeguards.access.officers.queries import is_officer
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.raising import Fell, Finding, about
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

LEAST_MINUTES, MOST_MINUTES = 15, 240


def begin(viewer: Viewer, *, reason: str) -> tuple[EmergencyAccess, bool]:
    """Open to the viewer, in this session, what the manifests name for emergencies.

    Returns the access and whether it is new: pressed twice, it is the one that is on already.
    """
    allow(viewer, AccessPermission.EMERGENCY_BEGIN)
    if viewer.session is None or not opens_more(viewer):
        raise NotPermitted
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        mine = Membership.objects.select_related("user").filter(ended__isnull=True)
        membership = within_reach(mine, user=viewer.actor)
        present = EmergencyAccess.objects.filter(membership=membership, ended__isnull=True).first()
        if present is not None:
            if present.session == viewer.session and present.until > now():
                return present, False
            is_past = present.until <= now()
            falling_back.fall(viewer, present, Fell.EXPIRED if is_past else Fell.REPLACED)
        row = _broken_glass(viewer, membership, reason)
    return row, True


def _broken_glass(viewer: Viewer, membership: Membership, reason: str) -> EmergencyAccess:
    minutes, moment = minutes_of(viewer), now()
    row: EmergencyAccess = EmergencyAccess.objects.create(
        organisation_id=viewer.organisation,
        membership=membership,
        session=viewer.session,
        role=viewer.role,
        begun=moment,
        until=moment + timedelta(minutes=minutes),
    )
    record(
        replace(viewer, emergency=row.pk),
        AccessKind.EMERGENCY_BEGIN,
        subjects=(*about(row), *at(viewer.locations)),  # whose they were then: for the review
        reason=reason,
        detail={"minutes": str(minutes)},
    )
    return row


def end_own(viewer: Viewer) -> None:
    """End the viewer's emergency access before its time. Again does nothing more."""
    if viewer.emergency is None:
        return
    with wall.writing(viewer.organisation):
        row: EmergencyAccess = within_reach(
            _rows(), pk=viewer.emergency, membership__user=viewer.actor
        )
        falling_back.fall(viewer, row, Fell.GIVEN_BACK)


def end_of(viewer: Viewer, *, emergency: UUID) -> None:
    """End a colleague's emergency access: an officer does. Again does nothing more."""
    allow(viewer, AccessPermission.OFFICER_SERVE)
    with wall.writing(viewer.organisation):
        row: EmergencyAccess = within_reach(_rows(), pk=emergency)
        if not is_officer(viewer, but=row.membership.user_id):
            raise NotPermitted
        falling_back.fall(viewer, row, Fell.WITHDRAWN)


def review(viewer: Viewer, *, emergency: UUID, finding: Finding, note: str) -> EmergencyAccess:
    """Write down what an officer found; the first finding stays. Nobody judges the own one.

    Raises OwnEmergency, StillOn, and NotPermitted for whoever is no officer.
    """
    allow(viewer, AccessPermission.OFFICER_SERVE)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: EmergencyAccess = within_reach(_rows(), pk=emergency)
        if row.membership.user_id == viewer.actor:
            raise OwnEmergency
        if not is_officer(viewer, but=row.membership.user_id):
            raise NotPermitted
        if row.reviewed is not None:
            return row
        _refuse_while_on(viewer, row)
        row.finding, row.reviewed, row.reviewed_by = finding.value, now(), viewer.actor
        row.save(update_fields=["finding", "reviewed", "reviewed_by"])
        record(
            viewer,
            AccessKind.EMERGENCY_REVIEW,
            subjects=about(row),
            reason=note,
            detail={"finding": finding.value},
        )
    return row


def _refuse_while_on(viewer: Viewer, row: EmergencyAccess) -> None:
    if row.ended is not None:
        return
    if row.until > now():
        raise StillOn
    falling_back.fall(viewer, row, Fell.EXPIRED)
    row.refresh_from_db()


def set_minutes(viewer: Viewer, *, minutes: int, reason: str = "") -> None:
    """Say how long emergency access lasts from now on, 15 to 240 minutes."""
    allow(viewer, AccessPermission.EMERGENCY_SET)
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise ValueError("Emergency access lasts 15 to 240 minutes.")
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        before = minutes_of(viewer)
        if before == minutes:
            return
        Organisation.objects.filter(pk=viewer.organisation).update(emergency_minutes=minutes)
        subject = Subject("tenancy.organisation", (viewer.organisation,), ("emergency_minutes",))
        detail = {"before": str(before), "minutes": str(minutes)}
        kind, why = AccessKind.EMERGENCY_SET, reason.strip()
        record(viewer, kind, subjects=(subject,), detail=detail, reason=why)


def _rows() -> Any:
    return EmergencyAccess.objects.select_related("membership__user")
