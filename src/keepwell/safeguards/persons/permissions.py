"""What can be allowed about persons."""

from enum import StrEnum


class PersonPermission(StrEnum):
    """Acts on persons."""

    ADD = "person:add"
    CHANGE = "person:change"
    DISCLOSE = "person:disclose"
    ERASE = "person:erase"
    EXPORT = "person:export"
    JOIN = "person:join"
    LIST = "person:list"
    OPEN = "person:open"
    REPORT = "person:report"
