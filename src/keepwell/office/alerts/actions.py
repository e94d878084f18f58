"""Telling of alerts by mail, in the transaction that raises them."""

from typing import TYPE_CHECKING

from keepwell.jobs import queue
from keepwell.office.tasks import write_of_alert
from keepwell.safeguards.monitoring.queries import told_of
from keepwell.safeguards.monitoring.rules import rule_of
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.monitoring.models import Alert


def tell(viewer: Viewer, alert: "Alert") -> None:
    """Put one letter to each who is to hear of an alert."""
    rule = rule_of(alert.rule)
    if rule is not None and not rule.is_told:
        return
    for account in told_of(viewer, alert):
        queue.put(
            write_of_alert,
            organisation=viewer.organisation,
            key=(alert.pk, account),
            account=account,
            alert=alert.pk,
        )
