"""Does every sealed row's last change stand on the trail? A row may say so only if it is true.

A row keeps the id of the entry of its last change. That entry must be in the log, or wait in the
outbox, and it must speak of this row. What was changed past Keepwell, or whose entry was taken away
before it reached the log, is named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from keepwell.safeguards.audit import outbox, places
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy import wall

PORTION = 500


class Lack(StrEnum):
    """What is wrong between a row and its entry."""

    ABSENT = "absent"  # the entry is neither in the log nor on its way
    ELSEWHERE = "elsewhere"  # the entry is there and speaks of other rows


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A sealed row whose last change is not on the trail."""

    model: str
    row: UUID
    entry: UUID
    lack: Lack

    @property
    def sentence(self) -> str:
        """Say which row lacks which entry, in ids."""
        facts = {
            Lack.ABSENT: "is not on the trail",
            Lack.ELSEWHERE: "speaks of other rows: the row was changed past Keepwell",
        }
        said = f"entry {self.entry} of its last change {facts[self.lack]}"
        return f"{self.model} {self.row}: {said}."


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many rows were looked at, and those that lack their entry."""

    rows: int
    lacking: tuple[Unrecorded, ...]


def reconcile(organisation: UUID) -> Reconciled:
    """Look at every sealed row of an organisation; raise TrailUnavailable as reading does."""
    rows, lacking = 0, []
    for model in sealed_models():
        for portion in _portions(organisation, model):
            rows += len(portion)
            lacking += _lacking(organisation, model, portion)
    return Reconciled(rows, tuple(lacking))


def _portions(organisation: UUID, model: type[SealedRecord]) -> Iterator[Mapping[UUID, UUID]]:
    """Yield the ids of rows and of their entries, so many at a time, in the order of ids."""
    after = UUID(int=0)
    while True:
        with wall.reading(organisation):
            found = model.objects.filter(pk__gt=after).order_by("pk")
            portion = dict(found.values_list("pk", "entry_id")[:PORTION])
        if portion:
            yield portion
            after = next(reversed(portion))
        if len(portion) < PORTION:
            return


def _lacking(
    organisation: UUID, model: type[SealedRecord], portion: Mapping[UUID, UUID]
) -> list[Unrecorded]:
    waiting = outbox.subjects(organisation, set(portion.values()))
    there = places.of_entries(organisation, set(portion.values()) - set(waiting))
    lost = set(portion.values()) - set(waiting) - set(there)
    there |= places.of_entries(organisation, lost)  # it may have been moved while we looked
    named = places.naming(
        organisation, {(row, there[entry]) for row, entry in portion.items() if entry in there}
    )
    found = []
    for row, entry in portion.items():
        if entry in there:
            lack = None if (row, there[entry]) in named else Lack.ELSEWHERE
        elif entry in waiting:
            lack = None if row in waiting[entry] else Lack.ELSEWHERE
        else:
            lack = Lack.ABSENT
        if lack is not None:
            found.append(Unrecorded(model._meta.label_lower, row, entry, lack))
    return found
