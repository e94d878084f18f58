"""What this process found when it last checked each log, and the newest head it has written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keepwell.safeguards.audit.reports import Finding


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of the last check of a log."""

    moment: datetime
    size: int
    root: bytes
    is_whole: bool
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A head this process has seen durable: a shorter or different log is an older or other one."""

    size: int
    root: bytes


_last: dict[UUID, Checked] = {}
_seen: dict[UUID, Seen] = {}


def last(organisation: UUID) -> Checked | None:
    """Return the last outcome in this process."""
    return _last.get(organisation)


def remember(organisation: UUID, outcome: Checked) -> None:
    """Keep the outcome for the pages."""
    _last[organisation] = outcome


def seen(organisation: UUID) -> Seen | None:
    """Return the newest head that this process wrote or checked."""
    return _seen.get(organisation)


def saw(organisation: UUID, size: int, root: bytes) -> None:
    """Keep a head in memory, where whoever changes the store cannot reach it."""
    before = _seen.get(organisation)
    if before is None or before.size < size:
        _seen[organisation] = Seen(size, root)


def forget() -> None:
    """Forget everything (tests begin with an empty store)."""
    _last.clear()
    _seen.clear()
