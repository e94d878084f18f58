"""Changing what patients see of the organisation, and when its people are signed out.

The trail names the fields, never the values; of the minutes it says both.
"""

from collections.abc import Mapping, Sequence

from keepwell.office.events import OfficeEvent
from keepwell.office.permissions import OfficePermission
from keepwell.office.settings.logos import logo_of
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity import sessions, trusts
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

MODEL = "tenancy.organisation"
FIELDS = (
    "name",
    "telephone",
    "address",
    "hours",
    "time_zone",
    "locale",
    "emergency_sentence",
)


def change_profile(viewer: Viewer, *, values: Mapping[str, str]) -> Sequence[str]:
    """Keep what differs from what is there; return the names of the fields that changed."""
    allow(viewer, OfficePermission.ORGANISATION_CHANGE)
    with wall.writing(viewer.organisation):
        row = take_turn(viewer)
        changed = [
            name for name in FIELDS if values.get(name, getattr(row, name)) != getattr(row, name)
        ]
        if not changed:
            return ()
        for name in changed:
            setattr(row, name, values[name])
        row.full_clean(exclude=["logo"])
        row.save(update_fields=changed)
        _record(viewer, OfficeEvent.PROFILE_CHANGE, changed)
    return changed


def change_logo(viewer: Viewer, *, picture: bytes) -> None:
    """Keep a picture as the logo, made anew as a small PNG; raise LogoRefused."""
    allow(viewer, OfficePermission.ORGANISATION_CHANGE)
    _keep_logo(viewer, logo_of(picture))


def remove_logo(viewer: Viewer) -> None:
    """Take the logo away; the plain mark of a clinic stands in its place."""
    allow(viewer, OfficePermission.ORGANISATION_CHANGE)
    _keep_logo(viewer, None)


def change_idle_minutes(viewer: Viewer, *, minutes: int, reason: str = "") -> None:
    """Say after how long without an act people are signed out; it holds for open sessions too."""
    allow(viewer, OfficePermission.ORGANISATION_CHANGE)
    if not sessions.LEAST_IDLE_MINUTES <= minutes <= sessions.MOST_IDLE_MINUTES:
        raise ValueError("Sessions end after 5 to 60 minutes without an act.")
    with wall.writing(viewer.organisation):
        row = take_turn(viewer)
        before, row.idle_minutes = row.idle_minutes, minutes
        if before == minutes:
            return
        row.save(update_fields=["idle_minutes"])
        sessions.limit_all_in(viewer.organisation, idle_minutes=minutes)
        detail = {"before": str(before), "minutes": str(minutes)}
        _record(viewer, OfficeEvent.IDLE_CHANGE, ["idle_minutes"], detail, reason)


def change_trust_days(viewer: Viewer, *, days: int, reason: str = "") -> None:
    """Say for how many days a device may be trusted, 0 for not at all; it holds at once.

    Not at all ends what is trusted; fewer days count for it, too.
    """
    allow(viewer, OfficePermission.DEVICE_TRUST_SET)
    if days and not trusts.LEAST_DAYS <= days <= trusts.MOST_DAYS:
        raise ValueError("Devices are trusted for 1 to 30 days.")
    with wall.writing(viewer.organisation):
        row = take_turn(viewer)
        before, row.trust_days = row.trust_days, days
        if before == days:
            return
        if not (before and days):
            row.trust_since = now()
        row.save(update_fields=["trust_days", "trust_since"])
        ended = 0 if days else trusts.end_all_in(viewer.organisation)
        if days:
            trusts.shorten_all_in(viewer.organisation, days=days)
        detail = {"before": str(before), "days": str(days), "ended": str(ended)}
        _record(viewer, OfficeEvent.TRUST_CHANGE, ["trust_days"], detail, reason)


def _keep_logo(viewer: Viewer, logo: bytes | None) -> None:
    with wall.writing(viewer.organisation):
        row = take_turn(viewer)
        row.logo = logo
        row.save(update_fields=["logo"])
        _record(viewer, OfficeEvent.LOGO_CHANGE, ["logo"])


def _record(
    viewer: Viewer,
    kind: OfficeEvent,
    fields: Sequence[str],
    detail: Mapping[str, str] | None = None,
    reason: str = "",
) -> None:
    subject = Subject(MODEL, (viewer.organisation,), tuple(fields))
    record(viewer, kind, subjects=(subject,), detail=detail, reason=reason.strip())
