"""Kinds of trail entries about keys. The vault records nothing itself: whoever acts does."""

from enum import StrEnum


class KeysEvent(StrEnum):
    """source:subject:verb."""

    CERTIFICATE_PRINT = "vault:certificate:print"
    ORGANISATION_ERASE = "vault:organisation:erase"
    ORGANISATION_ROTATE = "vault:organisation:rotate"
    REWRAP_BEGIN = "vault:rewrap:begin"
    REWRAP_END = "vault:rewrap:end"
    ROOT_BEGIN = "vault:root:begin"
    ROOT_END = "vault:root:end"
    ROOT_PRINT = "vault:root:print"
