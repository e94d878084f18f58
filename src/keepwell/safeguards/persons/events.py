"""Kinds of trail entries about persons."""

from enum import StrEnum


class PersonsEvent(StrEnum):
    """source:subject:verb."""

    EXPORT_ORDER = "persons:export:order"
    JOIN_BEGIN = "persons:join:begin"
    JOIN_UNDO = "persons:join:undo"
    PERSON_CHANGE = "persons:person:change"
    PERSON_CREATE = "persons:person:create"
    PERSON_ERASE = "persons:person:erase"
    REPORT_ORDER = "persons:report:order"
