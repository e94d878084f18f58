"""Kinds of trail entries that access writes."""

from enum import StrEnum


class AccessKind(StrEnum):
    """source:subject:verb."""

    INVITATION_ACCEPT = "access:invitation:accept"
    INVITATION_SEND = "access:invitation:send"
    INVITATION_WITHDRAW = "access:invitation:withdraw"
    JOB_REFUSE = "access:job:refuse"
    LOCATION_ADD = "access:location:add"
    LOCATION_CHANGE = "access:location:change"
    LOCATION_CLOSE = "access:location:close"
    MATRIX_PROBE = "access:matrix:probe"
    MEMBER_ADD = "access:member:add"
    MEMBER_APPROVE = "access:member:approve"
    MEMBER_CHANGE = "access:member:change"
    MEMBER_END = "access:member:end"
    MEMBER_RETURN = "access:member:return"
    NETWORK_ADD = "access:network:add"
    NETWORK_REFUSE = "access:network:refuse"
    NETWORK_REMOVE = "access:network:remove"
    NETWORK_RENAME = "access:network:rename"
    NETWORKS_RESUME = "access:networks:resume"
    NETWORKS_SUSPEND = "access:networks:suspend"
    ORGANISATION_FOUND = "access:organisation:found"
    REQUEST_REFUSE = "access:request:refuse"
