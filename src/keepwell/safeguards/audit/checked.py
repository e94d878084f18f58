"""What this process found when it last checked each log, and the largest head it has ever seen."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of the last check of a log."""

    moment: datetime
    size: int
    root: bytes
    is_whole: bool


_last: dict[UUID, Checked] = {}


def last(organisation: UUID) -> Checked | None:
    """Return the last outcome in this process."""
    return _last.get(organisation)


def remember(organisation: UUID, outcome: Checked) -> None:
    """Keep the outcome for the pages."""
    _last[organisation] = outcome


def forget() -> None:
    """Forget every outcome (tests begin with an empty store)."""
    _last.clear()
