"""How much of the office's own waits for somebody: alerts, requests for access."""

from collections.abc import Iterator

from django.utils.translation import ngettext_lazy

from keepwell.safeguards.access.elevations.queries import may_give, to_decide
from keepwell.safeguards.access.manifest import SummaryLine
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.monitoring.permissions import MonitoringPermission
from keepwell.safeguards.monitoring.queries import count_open
from keepwell.safeguards.tenancy.viewer import Viewer


def waiting(viewer: Viewer) -> Iterator[SummaryLine]:
    """Count the open alerts that this viewer sees, and the requests that this viewer can give."""
    if may(viewer, MonitoringPermission.ALERT_READ):
        yield SummaryLine(
            counted=ngettext_lazy("%(count)s open alert", "%(count)s open alerts", "count"),
            count=count_open(viewer),
            route="office:alerts",
            order=20,
        )
    if may(viewer, AccessPermission.ELEVATION_DECIDE):
        yield SummaryLine(
            counted=ngettext_lazy(
                "%(count)s request for access waits for you",
                "%(count)s requests for access wait for you",
                "count",
            ),
            count=sum(may_give(viewer, row) for row in to_decide(viewer)),
            route="office:elevations",
            order=30,
        )
