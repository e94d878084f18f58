"""Kinds of trail entries about persons."""

from enum import StrEnum


class PersonsEvent(StrEnum):
    """source:subject:verb."""

    DISCLOSURE_MISTAKE = "persons:disclosure:mistake"
    DISCLOSURE_NOTE = "persons:disclosure:note"
    EXPORT_ORDER = "persons:export:order"
    JOIN_BEGIN = "persons:join:begin"
    JOIN_UNDO = "persons:join:undo"
    PERSON_CHANGE = "persons:person:change"
    PERSON_CREATE = "persons:person:create"
    PERSON_ERASE = "persons:person:erase"
    PERSON_FIND = "persons:person:find"
    REPORT_ANSWER = "persons:report:answer"
    REPORT_HAND = "persons:report:hand"
    REPORT_ORDER = "persons:report:order"
    REPORT_READ = "persons:report:read"
    REPORT_SHARE = "persons:report:share"
    REPORT_WITHDRAW = "persons:report:withdraw"
