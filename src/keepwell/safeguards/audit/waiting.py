"""What has not reached a log yet, and since when: a sign of health, and the sequencer's work list.

Ids of organisations, times and counts only; no wall is entered. On PostgreSQL functions of the
owner tell it (`trail.rights`), on SQLite there are no walls in the store.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connections

from keepwell.safeguards.audit.trail import store
from keepwell.toolkit import clock

OUTBOXES = {
    "postgresql": "SELECT organisation_id, oldest_us, entries FROM audit_waiting()",
    "sqlite": "SELECT organisation_id, min(time_us), count(*) FROM audit_outbox GROUP BY 1",
}
INBOXES = {
    "postgresql": "SELECT organisation_id, oldest_us, entries FROM trail_waiting()",
    "sqlite": "SELECT organisation_id, min(time_us), count(*) FROM trail_inbox GROUP BY 1",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries of one organisation that are durable and not yet in its log."""

    organisation: UUID
    oldest_us: int
    entries: int

    @property
    def age_seconds(self) -> float:
        """How long the oldest has waited; not below zero after a clock was set back."""
        return max(0, clock.now_us() - self.oldest_us) / 1_000_000


def waiting() -> list[Waiting]:
    """Return what waits, each organisation once, the longest first."""
    found: dict[UUID, Waiting] = {}
    for row in _rows():
        before = found.get(row.organisation)
        if before is not None:
            oldest = min(before.oldest_us, row.oldest_us)
            row = Waiting(row.organisation, oldest, before.entries + row.entries)  # noqa: PLW2901
        found[row.organisation] = row
    return sorted(found.values(), key=lambda one: one.oldest_us)


def oldest_age_seconds() -> float:
    """Return how long the oldest entry of all has waited; 0 when none waits (readiness)."""
    return max((one.age_seconds for one in waiting()), default=0.0)


def is_late(organisation: UUID, time_us: int) -> bool:
    """Tell whether an entry that an organisation recorded until then is not in its log yet."""
    return any(one.organisation == organisation and one.oldest_us <= time_us for one in waiting())


def _rows() -> list[Waiting]:
    default = connections["default"]
    with default.cursor() as cursor:
        cursor.execute(OUTBOXES[default.vendor])
        rows = cursor.fetchall()
    with store.outside_walls() as trail, trail.cursor() as cursor:
        cursor.execute(INBOXES[trail.vendor])
        rows += cursor.fetchall()
    return [Waiting(UUID(str(id_)), int(oldest), int(count)) for id_, oldest, count in rows]
