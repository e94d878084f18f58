"""What can be allowed about the organisation itself and its trail."""

from enum import StrEnum


class OfficePermission(StrEnum):
    """Acts that belong to no product."""

    DEVICE_TRUST_SET = "device-trust:set"
    HOLDINGS_READ = "holdings:read"
    JOB_MANAGE = "job:manage"
    MAIL_MANAGE = "mail:manage"
    ORGANISATION_CHANGE = "organisation:change"
    ORGANISATION_ERASE = "organisation:erase"
    SAFEGUARDS_READ = "safeguards:read"
    TRAIL_READ = "trail:read"
    TRAIL_SHORTEN = "trail:shorten"
