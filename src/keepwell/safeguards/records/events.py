"""Kinds of trail entries that records writes itself; others belong to whoever keeps a row."""

from enum import StrEnum


class RecordsEvent(StrEnum):
    """source:subject:verb."""

    FIELDS_OPEN = "records:fields:open"
    SEAL_BREAK = "records:seal:break"
