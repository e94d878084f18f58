"""What a check of the trail says: whole, or the first bad position and a sentence about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Problem(StrEnum):
    """In which way a trail is not the one that was signed."""

    CONTENT = "content"  # what an entry says was taken away or hidden, and not by an erasure
    DELETED = "deleted"
    EDITED = "edited"
    HEAD = "head"  # a checkpoint's row says something else than its note
    INSERTED = "inserted"
    KEY = "key"  # of a month is gone, which no erasure ordered
    MENTION = "mention"  # whom or what an entry is about was changed
    MISPLACED = "misplaced"  # reordered
    OUTBOX = "outbox"  # entries wait too long to be written
    ROLLED_BACK = "rolled-back"
    SIGNATURE = "signature"
    TILE = "tile"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem; `position` is an index in the log, or None where there is none."""

    problem: Problem
    position: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check."""

    organisation: UUID
    size: int
    root: bytes
    signed: datetime | None
    finding: Finding | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None

    @property
    def sentence(self) -> str:
        """Say the outcome in one line, as the offline verifier does."""
        if self.finding is not None:
            return self.finding.sentence
        signed = "" if self.signed is None else self.signed.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return f"whole: {self.size} entries, root {self.root.hex()}, signed {signed}"
