"""What happens to the trail itself and is therefore on the trail."""

from enum import StrEnum


class AuditEvent(StrEnum):
    """Kinds of entries about the trail."""

    DATA_RESTORE = "audit:data:restore"
    PERIOD_ERASE = "audit:period:erase"
    RETENTION_CHANGE = "audit:retention:change"
    TRAIL_EXPORT = "audit:trail:export"
    TRAIL_OPEN = "audit:trail:open"
    TRAIL_RESTORE = "audit:trail:restore"
