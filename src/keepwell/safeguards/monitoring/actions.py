"""Raising alerts from what was found, and acknowledging them.

What the rules find is written in one transaction with how far they looked: entries, alerts, their
own entries on the trail and the letters are there together or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.monitoring import telling
from keepwell.safeguards.monitoring.errors import OwnAlert
from keepwell.safeguards.monitoring.events import MonitoringEvent
from keepwell.safeguards.monitoring.models import Alert, Cursor
from keepwell.safeguards.monitoring.permissions import MonitoringPermission
from keepwell.safeguards.monitoring.queries import is_own, may_settle
from keepwell.safeguards.monitoring.rules import QUIET, Hit, Met, Rule, going_on, judged, rule_of
from keepwell.safeguards.monitoring.watchers import Span
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

MODEL = "monitoring.alert"


def begin_at(viewer: Viewer, position: int) -> None:
    """Let the rules look at an organisation's trail from this entry on, unless they do already."""
    with wall.writing(viewer.organisation):
        row = Cursor(organisation_id=viewer.organisation, position=position)
        Cursor.objects.bulk_create([row], ignore_conflicts=True)


def take_in(viewer: Viewer, span: Span, hits: Iterable[Hit]) -> bool:
    """Write what was found in a span, and that it was looked at; False if somebody was quicker."""
    with wall.writing(viewer.organisation):
        take_turn(viewer)  # checks of the trail raise alerts, too (`stand`)
        mine = Cursor.objects.filter(position=span.start)
        if mine.update(position=span.stop) != 1:
            return False
        by_whom: dict[tuple[str, UUID], list[Hit]] = defaultdict(list)
        for hit in hits:
            by_whom[hit.rule, hit.about].append(hit)
        for (code, about), found in sorted(by_whom.items()):
            rule = rule_of(code)
            if rule is not None:
                _meet(viewer, rule, about, found)
    return True


def go_back(viewer: Viewer, span: Span) -> None:
    """Go on from the end of a log that is shorter than it was: it was put back knowingly."""
    with wall.writing(viewer.organisation):
        Cursor.objects.filter(position=span.start).update(position=span.stop)


def stand(
    viewer: Viewer, code: str, *, about: UUID, finding: str = "", position: int | None = None
) -> None:
    """Raise an alert about how things stand, unless one says the same: open, or settled today."""
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        newest = _newest(code, about)
        if newest is not None and (newest.is_open or _is_settled(newest, finding)):
            return
        moment = now()
        facts = {"first": moment, "last": moment, "count": 1, "finding": finding}
        place = {"first_index": position, "last_index": position}
        _raise(viewer, code, about, {**facts, **place})


def acknowledge(viewer: Viewer, *, alert: UUID, note: str) -> Alert:
    """Settle an alert with a note, which goes on the trail, sealed. The first one stays.

    Raises NotPermitted, and OwnAlert for whoever it speaks of while somebody else can.
    """
    allow(viewer, MonitoringPermission.ALERT_READ)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row: Alert = within_reach(Alert.objects.all(), pk=alert)
        may_settle(viewer)
        if is_own(viewer, row):
            raise OwnAlert
        if not row.is_open:
            return row
        row.acknowledged, row.acknowledged_by = now(), viewer.actor
        row.save(update_fields=["acknowledged", "acknowledged_by"])
        detail = {"rule": row.rule}
        kind = MonitoringEvent.ALERT_ACKNOWLEDGE
        record(viewer, kind, subjects=_about(row), reason=note, detail=detail)
    return row


def _meet(viewer: Viewer, rule: Rule, about: UUID, hits: list[Hit]) -> None:
    newest = _newest(rule.code, about)
    after = -1 if newest is None or newest.last_index is None else newest.last_index
    if newest is not None and newest.is_open:
        more = going_on(hits, after=after)
        if more is not None:
            _count_up(viewer, newest, more)
        return
    met = judged(rule, (hit for hit in hits if hit.index > after))
    if met is not None:
        first, last = met.indexes
        facts = {"first": met.first, "last": met.last, "count": met.count}
        _raise(viewer, rule.code, about, {**facts, "first_index": first, "last_index": last})


def _raise(viewer: Viewer, code: str, about: UUID, facts: dict[str, object]) -> None:
    moment = now()
    row: Alert = Alert.objects.create(
        organisation_id=viewer.organisation,
        rule=code,
        about=about,
        raised=moment,
        told=moment,
        **facts,
    )
    detail = {"rule": row.rule, "count": str(row.count), "finding": row.finding}
    detail |= {"first": _number(row.first_index), "last": _number(row.last_index)}
    said = {name: text for name, text in detail.items() if text}
    record(viewer, MonitoringEvent.ALERT_RAISE, subjects=_about(row), detail=said)
    telling.tell(viewer, row)


def _count_up(viewer: Viewer, row: Alert, more: Met) -> None:
    was_quiet = more.first - max(row.last, row.told) > QUIET
    first, last = more.indexes
    row.count += more.count
    row.last = max(row.last, more.last)
    row.first_index, row.last_index = (first if row.first_index is None else row.first_index), last
    if was_quiet:
        row.told = now()
        telling.tell(viewer, row)
    row.save(update_fields=["count", "last", "first_index", "last_index", "told"])


def _newest(code: str, about: UUID) -> Alert | None:
    found: Alert | None = (
        Alert.objects.filter(rule=code, about=about).order_by("-raised", "-id").first()
    )
    return found


def _is_settled(row: Alert, finding: str) -> bool:
    """Tell whether the same was acknowledged within a day; after that it is said again."""
    is_fresh = row.acknowledged is not None and now() - row.acknowledged < QUIET
    return is_fresh and row.finding == finding


def _about(row: Alert) -> tuple[Subject, ...]:
    subject = Subject(MODEL, (row.pk,))
    return (subject,) if row.account is None else (subject, Subject("identity.user", (row.about,)))


def _number(index: int | None) -> str:
    return "" if index is None else str(index)
