"""Kinds of trail entries that identity writes."""

from enum import StrEnum

AGAIN = "again"
"""In an entry's `at`: a step was asked for again, in a session that was open."""


class IdentityKind(StrEnum):
    """source:subject:verb."""

    DEVICE_DISTRUST = "identity:device:distrust"
    DEVICE_TRUST = "identity:device:trust"
    FACTOR_ENROL = "identity:factor:enrol"
    FACTOR_FAIL = "identity:factor:fail"
    FACTOR_REMOVE = "identity:factor:remove"
    FACTOR_REPLACE = "identity:factor:replace"
    FACTOR_RESET = "identity:factor:reset"
    PASSWORD_CHANGE = "identity:password:change"  # noqa: S105  a kind, not a password
    PASSWORD_FAIL = "identity:password:fail"  # noqa: S105
    PASSWORD_RESET = "identity:password:reset"  # noqa: S105
    RECOVERY_CODE_USE = "identity:recovery-code:use"
    RECOVERY_CODES_RENEW = "identity:recovery-codes:renew"
    REPLACEMENT_CONFIRM = "identity:replacement:confirm"
    REPLACEMENT_START = "identity:replacement:start"
    REPLACEMENT_STOP = "identity:replacement:stop"
    REPLACEMENT_USE = "identity:replacement:use"
    SESSION_BEGIN = "identity:session:begin"
    SESSION_END = "identity:session:end"
