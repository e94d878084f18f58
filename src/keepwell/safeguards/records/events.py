"""Kinds of trail entries that records writes itself; others belong to whoever keeps a row."""

from enum import StrEnum


class RecordsEvent(StrEnum):
    """source:subject:verb."""

    FIELDS_OPEN = "records:fields:open"
    INDEX_BEGIN = "records:index:begin"
    INDEX_FINISH = "records:index:finish"
    RETENTION_ERASE = "records:retention:erase"
    SEAL_BREAK = "records:seal:break"
    SHELL_OPEN = "records:shell:open"
