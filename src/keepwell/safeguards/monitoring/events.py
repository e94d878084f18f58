"""Kinds of trail entries that monitoring writes; no rule looks at them."""

from enum import StrEnum


class MonitoringEvent(StrEnum):
    """source:subject:verb."""

    ALERT_ACKNOWLEDGE = "monitoring:alert:acknowledge"
    ALERT_RAISE = "monitoring:alert:raise"
