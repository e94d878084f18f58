"""Kinds of trail entries about what people are shown and what they accept."""

from enum import StrEnum


class ConsentEvent(StrEnum):
    """source:subject:verb."""

    MAILING_CHOOSE = "consent:mailing:choose"
    MAILING_WITHDRAW = "consent:mailing:withdraw"
    NOTICE_ACKNOWLEDGE = "consent:notice:acknowledge"
    NOTICE_DECLINE = "consent:notice:decline"
    NOTICE_DISCARD = "consent:notice:discard"
    NOTICE_PUBLISH = "consent:notice:publish"
    NOTICE_WRITE = "consent:notice:write"
    RULES_ACCEPT = "consent:rules:accept"
    RULES_PUBLISH = "consent:rules:publish"
    TERMS_ACCEPT = "consent:terms:accept"
