"""Kinds of trail entries that access writes."""

from enum import StrEnum


class AccessKind(StrEnum):
    """source:subject:verb."""

    MEMBER_ADD = "access:member:add"
    ORGANISATION_FOUND = "access:organisation:found"
    REQUEST_REFUSE = "access:request:refuse"
