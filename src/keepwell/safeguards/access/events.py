"""Kinds of trail entries that access writes."""

from enum import StrEnum


class AccessKind(StrEnum):
    """source:subject:verb."""

    JOB_REFUSE = "access:job:refuse"
    MEMBER_ADD = "access:member:add"
    ORGANISATION_FOUND = "access:organisation:found"
    REQUEST_REFUSE = "access:request:refuse"
