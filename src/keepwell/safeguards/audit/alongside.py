"""Do data and trail belong together? Each counts what went from the one to the other.

The data store counts the entries it has handed over, in the transaction that takes them out of its
outbox; each head counts those of the log that came that way. What was put back alone to an older
copy counts less than the other remembers. Both together are noticed by a checkpoint kept elsewhere.
"""

from dataclasses import dataclass
from uuid import UUID

from keepwell.safeguards.audit import outbox, places, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.trail import statements, store
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Apart:
    """The data store and the trail do not remember the same; one of them was put back alone."""

    organisation: UUID
    handed_over: int  # entries, as the data store remembers
    taken: int  # entries, as the trail does

    @property
    def sentence(self) -> str:
        """Say what was found, for a person."""
        apart = abs(self.taken - self.handed_over)
        changes = "1 change that is" if apart == 1 else f"{apart} changes that are"
        if self.taken > self.handed_over:
            return (
                f"The data was put back to an older state than the trail: {changes} on the trail "
                "came from data that is not here."
            )
        return (
            f"The trail was put back to an older state than the data: {changes} in the data came "
            "with entries that are not here."
        )


def compare(organisation: UUID) -> Apart | None:
    """Return how the two differ; None when nothing does, also while entries are on their way.

    Raises TrailUnavailable.
    """
    earlier = outbox.handed_over(organisation)
    there = taken(organisation)
    if earlier > there:
        return Apart(organisation, earlier, there)
    between = _between(organisation)
    handed_over = outbox.handed_over(organisation) + between
    return Apart(organisation, handed_over, there) if there > handed_over else None


def all_apart() -> list[Apart]:
    """Return every organisation whose data and trail do not belong together."""
    return [one for each in organisation_ids() if (one := compare(each)) is not None]


def declare(viewer: Viewer, found: Apart, reason: str) -> UUID:
    """Write down that one was knowingly put back alone, by whom and why; return the entry's id."""
    detail = {"handed_over": str(found.handed_over), "taken": str(found.taken)}
    entry = record_now(viewer, AuditEvent.DATA_RESTORE, reason=reason, detail=detail)
    writer.settle(found.organisation)  # so that nothing is on its way while the count is set
    count = taken(found.organisation) - _between(found.organisation)
    outbox.set_handed_over(found.organisation, count)
    return entry


def taken(organisation: UUID) -> int:
    """Return how many entries of the log came by the outbox of the data store."""
    with store.reading(organisation) as connection:
        return statements.moved(connection, organisation)


def _between(organisation: UUID) -> int:
    """Count the entries that are on the trail and not yet taken out of the outbox."""
    waiting = outbox.ids(organisation)
    portions = (waiting[start : start + _AT_ONCE] for start in range(0, len(waiting), _AT_ONCE))
    return sum(len(places.of_entries(organisation, portion)) for portion in portions)
