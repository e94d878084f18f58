"""What can be allowed about alerts."""

from enum import StrEnum


class MonitoringPermission(StrEnum):
    """Acts on alerts."""

    ALERT_ACKNOWLEDGE = "alert:acknowledge"
    ALERT_READ = "alert:read"
