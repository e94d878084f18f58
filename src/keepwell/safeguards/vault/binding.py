"""Where a sealed value belongs: slot, organisation, row, bound into the seal (the third wall)."""

from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from keepwell.toolkit.envelope import length_prefixed

_SIXTEEN = b"\x00\x00\x00\x10"


@lru_cache(maxsize=4096)
def prefix(kind: bytes, slot: str, organisation: int) -> bytes:
    """Return all that is equal for every row, up to the length before the row."""
    return length_prefixed(kind, slot.encode(), organisation.to_bytes(16, "big")) + _SIXTEEN


class Binding(NamedTuple):
    """One place for one value. A value moved to any other place no longer opens.

    `slot` is a stable string such as "forms.submission.answers", not the model's or field's name:
    renaming those must not break seals. (A named tuple: made for every field of every row, it costs
    a third of a frozen dataclass.)
    """

    slot: str
    organisation: UUID
    row: UUID

    def associated(self, kind: bytes = b"field/1") -> bytes:
        """Return the length-prefixed parts: kind, slot, organisation, row."""
        return prefix(kind, self.slot, self.organisation.int) + self.row.int.to_bytes(16, "big")
