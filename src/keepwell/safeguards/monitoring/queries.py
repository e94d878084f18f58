"""Alerts as pages and commands read them, and who settles which."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.officers.queries import is_officer, officers_of
from keepwell.safeguards.access.paging import Part, part_of
from keepwell.safeguards.access.queries import (
    allow,
    has_another_holding,
    may,
    within_reach,
)
from keepwell.safeguards.audit.queries import TrailEntry, page_of, page_of_entries
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.monitoring.events import MonitoringEvent
from keepwell.safeguards.monitoring.models import Alert, Cursor
from keepwell.safeguards.monitoring.permissions import MonitoringPermission
from keepwell.safeguards.monitoring.rules import Rule, RuleCode, rule_of
from keepwell.safeguards.monitoring.watchers import New, new_in
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

MOST = 100  # open ones, on one page
SETTLED_ROWS = 15  # acknowledged ones, below the open ones


def open_ones(viewer: Viewer) -> list[Alert]:
    """List the alerts that nobody has acknowledged, those that last went on first."""
    allow(viewer, MonitoringPermission.ALERT_READ)
    with wall.reading(viewer.organisation):
        return list(Alert.objects.filter(acknowledged__isnull=True).order_by("-last", "-id")[:MOST])


def acknowledged_in(viewer: Viewer, *, after: UUID | None = None) -> Part[Alert]:
    """Return a page of the alerts that somebody has acknowledged, the last ones first."""
    allow(viewer, MonitoringPermission.ALERT_READ)
    with wall.reading(viewer.organisation):
        rows = Alert.objects.filter(acknowledged__isnull=False)
        return part_of(rows, Alert.objects.all(), "-acknowledged", after, most=SETTLED_ROWS)


def count_open(viewer: Viewer) -> int:
    """Count the alerts that nobody has acknowledged."""
    allow(viewer, MonitoringPermission.ALERT_READ)
    with wall.reading(viewer.organisation):
        return int(Alert.objects.filter(acknowledged__isnull=True).count())


def one(viewer: Viewer, alert: UUID) -> Alert:
    """Return one alert of the viewer's organisation; raise OutOfReach."""
    allow(viewer, MonitoringPermission.ALERT_READ)
    with wall.reading(viewer.organisation):
        found: Alert = within_reach(Alert.objects.all(), pk=alert)
        return found


def entries_of(viewer: Viewer, row: Alert) -> tuple[TrailEntry, ...]:
    """Return the newest entries of the trail that an alert stands for; reading them is recorded.

    For what is not found in entries, such as a trail that is not whole, there are none.
    """
    allow(viewer, MonitoringPermission.ALERT_READ)
    rule = rule_of(row.rule)
    if rule is None or row.finding or row.first_index is None or row.last_index is None:
        return ()
    asked = Search(
        about=() if row.account is None else (row.account,),
        kinds=rule.kinds or None,
        since=row.first,
        until=row.last + timedelta(microseconds=1),
    )
    found = page_of(viewer, asked, row.last_index + 1, MOST).entries
    return tuple(one for one in found if _is_of(rule, row, one))


def _is_of(rule: Rule, row: Alert, entry: TrailEntry) -> bool:
    """Tell whether an entry is one of an alert's: of its time, and by whom it speaks of."""
    is_in = row.first_index is not None and entry.index >= row.first_index
    if not is_in or entry.payload is None or not rule.is_own:
        return is_in
    hand = entry.payload.actor or entry.payload.on_behalf_of
    return hand == row.account


def new_with(viewer: Viewer, row: Alert, entries: Iterable[TrailEntry]) -> frozenset[New]:
    """Return what an account had never used, in entries of an alert that says so; else nothing.

    Earlier sign-ins are compared by the program and shown to nobody.
    """
    allow(viewer, MonitoringPermission.ALERT_READ)
    if row.rule != RuleCode.NEW_PLACE:
        return frozenset()
    return frozenset(what for one in entries for what in new_in(viewer.organisation, one))


def rule_told(viewer: Viewer, alert: UUID) -> Rule | None:
    """Return the rule of an open alert, for the job that writes about it; None once it is over."""
    with wall.reading(viewer.organisation):
        open_alert = Alert.objects.filter(pk=alert, acknowledged__isnull=True)
        code: str | None = open_alert.values_list("rule", flat=True).first()
    return None if code is None else rule_of(code)


def note_of(viewer: Viewer, row: Alert) -> str:
    """Return the note of whoever acknowledged it, from the trail. Reading it is recorded."""
    allow(viewer, MonitoringPermission.ALERT_READ)
    kinds = [MonitoringEvent.ALERT_ACKNOWLEDGE]
    found = page_of_entries(viewer, about=row.pk, kinds=kinds, limit=1)
    payloads = [entry.payload for entry in found.entries if entry.payload]
    return payloads[0].reason if payloads else ""


def may_settle(viewer: Viewer) -> None:
    """Raise NotPermitted for whoever neither administers nor serves as an officer."""
    if not (may(viewer, MonitoringPermission.ALERT_ACKNOWLEDGE) or is_officer(viewer)):
        raise NotPermitted


def is_own(viewer: Viewer, row: Alert) -> bool:
    """Tell whether an alert speaks of this viewer's account, and somebody else can settle it."""
    return _is_about(viewer, row) and has_another_settling(viewer)


def _is_about(viewer: Viewer, row: Alert) -> bool:
    rule = rule_of(row.rule)
    return rule is not None and rule.needs_another and row.about == viewer.actor


def has_another_settling(viewer: Viewer) -> bool:
    """Tell whether somebody other than the viewer can settle alerts, by role or as an officer."""
    if has_another_holding(viewer, MonitoringPermission.ALERT_ACKNOWLEDGE):
        return True
    return any(one.user_id != viewer.actor for one in officers_of(viewer))


def may_acknowledge(viewer: Viewer, row: Alert) -> bool:
    """Tell whether this viewer can settle this alert now."""
    try:
        may_settle(viewer)
    except NotPermitted:
        return False
    return row.is_open and not is_own(viewer, row)


def to_settle(viewer: Viewer) -> list[Alert]:
    """List the open alerts that this viewer can settle now, as `open_ones` does.

    What is asked of the database does not grow with them.
    """
    rows = open_ones(viewer)
    mine = {row.pk for row in rows if _is_about(viewer, row)}
    if mine and has_another_settling(viewer):
        rows = [row for row in rows if row.pk not in mine]
    try:
        may_settle(viewer)
    except NotPermitted:
        return []
    return rows


def told_of(viewer: Viewer, row: Alert) -> list[UUID]:
    """Return the accounts that hear of an alert: the officers, or owners in their place.

    Whoever did what it says does not, unless nobody else is there.
    """
    rule = rule_of(row.rule)
    but = row.account if rule is not None and rule.is_own else None
    return [one.user_id for one in officers_of(viewer, but=but) or officers_of(viewer)]


def cursor_of(viewer: Viewer) -> int | None:
    """Return the first entry that no rule has seen; None before the first look."""
    with wall.reading(viewer.organisation):
        found: int | None = Cursor.objects.values_list("position", flat=True).first()
        return found
