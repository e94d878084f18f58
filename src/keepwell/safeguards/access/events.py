"""Kinds of trail entries that access writes."""

from enum import StrEnum


class AccessKind(StrEnum):
    """source:subject:verb."""

    JOB_REFUSE = "access:job:refuse"
    MATRIX_PROBE = "access:matrix:probe"
    MEMBER_ADD = "access:member:add"
    NETWORK_ADD = "access:network:add"
    NETWORK_REFUSE = "access:network:refuse"
    NETWORK_REMOVE = "access:network:remove"
    NETWORK_RENAME = "access:network:rename"
    NETWORKS_RESUME = "access:networks:resume"
    NETWORKS_SUSPEND = "access:networks:suspend"
    ORGANISATION_FOUND = "access:organisation:found"
    REQUEST_REFUSE = "access:request:refuse"
