"""What a scope opened, grouped for the trail: ids by model and fields, a thousand rows an entry."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.safeguards.audit.entries import Subject

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord

ROWS_PER_ENTRY = 1000

_Fields = tuple[str, ...]


class Notes:
    """Rows and fields on their way to the trail."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, UUID], set[str]] = defaultdict(set)
        self._persons: dict[UUID, tuple[UUID, ...]] = {}

    def note(self, row: "SealedRecord", *fields: str) -> None:
        """Note fields of one row."""
        self._fields[row._meta.label_lower, row.pk].update(fields)
        if row.pk not in self._persons:
            self._persons[row.pk] = row.persons()

    def taken(self) -> Iterator[tuple[Subject, ...]]:
        """Yield the subjects of each entry to write, forgetting what is yielded."""
        while self._fields:
            places = list(self._fields)[:ROWS_PER_ENTRY]
            subjects = self._subjects(places)
            for place in places:
                del self._fields[place]
            yield subjects

    def _subjects(self, places: list[tuple[str, UUID]]) -> tuple[Subject, ...]:
        groups: dict[tuple[str, _Fields], list[UUID]] = defaultdict(list)
        for model, pk in places:
            groups[model, tuple(sorted(self._fields[model, pk]))].append(pk)
        return tuple(
            Subject(model, tuple(ids), fields, self._about(ids))
            for (model, fields), ids in groups.items()
        )

    def _about(self, ids: list[UUID]) -> tuple[UUID, ...]:
        return tuple(sorted({person for pk in ids for person in self._persons[pk]}))
