"""What a scope opened, grouped for the trail: ids by model and fields, a thousand rows an entry."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from keepwell.safeguards.audit.entries import Subject

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord

ROWS_PER_ENTRY = 1000

_Fields = tuple[str, ...]


class _Noted(NamedTuple):
    row: UUID
    persons: tuple[UUID, ...]
    fields: set[str]


class Notes:
    """Rows and fields on their way to the trail."""

    def __init__(self) -> None:
        self._noted: dict[tuple[str, int], _Noted] = {}  # whole numbers: hashing a UUID is slow

    def note(self, row: "SealedRecord", *fields: str) -> None:
        """Note fields of one row."""
        place = (_label(type(row)), row.pk.int)
        noted = self._noted.get(place)
        if noted is None:
            self._noted[place] = _Noted(row.pk, row.persons(), set(fields))
        else:
            noted.fields.update(fields)

    def taken(self) -> Iterator[tuple[Subject, ...]]:
        """Yield the subjects of each entry to write, forgetting what is yielded."""
        while self._noted:
            places = list(self._noted)[:ROWS_PER_ENTRY]
            subjects = self._subjects(places)
            for place in places:
                del self._noted[place]
            yield subjects

    def _subjects(self, places: list[tuple[str, int]]) -> tuple[Subject, ...]:
        groups: dict[tuple[str, _Fields], list[_Noted]] = defaultdict(list)
        for place in places:
            noted = self._noted[place]
            groups[place[0], tuple(sorted(noted.fields))].append(noted)
        return tuple(
            Subject(model, tuple(one.row for one in noted), fields, _about(noted))
            for (model, fields), noted in groups.items()
        )


def _about(noted: list[_Noted]) -> tuple[UUID, ...]:
    return tuple(sorted({person for one in noted for person in one.persons}))


@cache
def _label(model: "type[SealedRecord]") -> str:
    return model._meta.label_lower
