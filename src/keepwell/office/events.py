"""Kinds of trail entries that the office writes."""

from enum import StrEnum


class OfficeEvent(StrEnum):
    """source:subject:verb."""

    EXTRACT_SHARE = "office:extract:share"
    EXTRACT_WITHDRAW = "office:extract:withdraw"
    IDLE_CHANGE = "office:idle:change"
    INSTALLATION_UPGRADE = "office:installation:upgrade"
    JOB_CANCEL = "office:job:cancel"
    JOB_RETRY = "office:job:retry"
    LOGO_CHANGE = "office:logo:change"
    MAIL_TEST = "office:mail:test"
    PROFILE_CHANGE = "office:profile:change"
    TRUST_CHANGE = "office:trusted-devices:change"
    VIEW_REMOVE = "office:view:remove"
    VIEW_SAVE = "office:view:save"
