"""What can be allowed about notices and terms."""

from enum import StrEnum


class ConsentPermission(StrEnum):
    """Acts on what people are shown."""

    NOTICE_PUBLISH = "notice:publish"
    RULES_PUBLISH = "rules:publish"
