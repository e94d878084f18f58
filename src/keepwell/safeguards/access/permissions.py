"""What can be allowed about members and their access."""

from enum import StrEnum


class AccessPermission(StrEnum):
    """Acts on the members of an organisation."""

    MEMBER_ADD = "member:add"
    MEMBER_LIST = "member:list"
