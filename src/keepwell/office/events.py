"""Kinds of trail entries that the office writes."""

from enum import StrEnum


class OfficeEvent(StrEnum):
    """source:subject:verb."""

    LOGO_CHANGE = "office:logo:change"
    PROFILE_CHANGE = "office:profile:change"
