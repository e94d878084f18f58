"""What can be allowed about members and their access."""

from enum import StrEnum


class AccessPermission(StrEnum):
    """Acts on members and their second step, officers, locations, networks, raised access."""

    ELEVATION_DECIDE = "elevation:decide"
    EMERGENCY_BEGIN = "emergency:begin"
    EMERGENCY_SET = "emergency:set"
    LOCATION_CHANGE = "location:change"
    MEMBER_ADD = "member:add"
    MEMBER_APPROVE = "member:approve"
    MEMBER_CHANGE = "member:change"
    MEMBER_END = "member:end"
    MEMBER_LIST = "member:list"
    NETWORK_CHANGE = "network:change"
    NETWORK_LIST = "network:list"
    OFFICER_NAME = "officer:name"
    OFFICER_SERVE = "officer:serve"
    PROPOSAL_SEE = "proposal:see"
    SECOND_STEP_REPLACE = "second-step:replace"
