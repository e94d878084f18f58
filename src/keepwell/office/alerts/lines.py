"""What the first page says of alerts, to whoever settles them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.monitoring.permissions import MonitoringPermission
from keepwell.safeguards.monitoring.queries import to_settle
from keepwell.safeguards.monitoring.rules import rule_of
from keepwell.safeguards.tenancy.viewer import Viewer


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Count the open alerts that this viewer can settle; one alone is named."""
    if not may(viewer, MonitoringPermission.ALERT_READ):
        return
    rows = to_settle(viewer)
    if not rows:
        return
    rules = [rule_of(row.rule) for row in rows]
    is_serious = any(rule is not None and rule.tone == "danger" for rule in rules)
    title = ngettext("%(n)s alert is open", "%(n)s alerts are open", len(rows))
    first = rules[0]
    is_one = len(rows) == 1
    yield HomeLine(
        title=title % {"n": len(rows)},
        words=first.title if is_one and first else gettext_lazy("See what happened in each."),
        url=reverse("office:alert", args=[rows[0].pk]) if is_one else reverse("office:alerts"),
        act=gettext_lazy("Look at it") if is_one else gettext_lazy("Look at them"),
        icon="warning",
        tone="danger" if is_serious else "warning",
        order=4,
    )
