"""What monitoring brings: its grants and its words for the trail. The pages belong to the office.

Alerts speak of what is on the trail: the roles that read it see them. An auditor looks and does not
settle what was found, unless named as an officer (`alerts.may_acknowledge`).
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from keepwell.safeguards.access.manifest import EventWords, Manifest, RecordWords
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.monitoring.events import MonitoringEvent
from keepwell.safeguards.monitoring.permissions import MonitoringPermission

MANIFEST = Manifest(
    app="monitoring",
    title=_("Alerts"),
    grants={
        MonitoringPermission.ALERT_ACKNOWLEDGE: {Role.OWNER, Role.ADMINISTRATOR},
        MonitoringPermission.ALERT_READ: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
    },
    whole=frozenset(MonitoringPermission),
    events={
        MonitoringEvent.ALERT_ACKNOWLEDGE: EventWords(did=_("acknowledged an alert"), icon="check"),
        MonitoringEvent.ALERT_RAISE: EventWords(
            did=_("raised an alert"), icon="warning", tone="warning"
        ),
    },
    records={
        "monitoring.alert": RecordWords(
            counted=ngettext_lazy("%(count)s alert", "%(count)s alerts", "count"),
            route="office:alert",
            permission=MonitoringPermission.ALERT_READ,
        ),
        "monitoring.cursor": RecordWords(
            counted=ngettext_lazy(
                "%(count)s place in the trail", "%(count)s places in the trail", "count"
            )
        ),
    },
)
