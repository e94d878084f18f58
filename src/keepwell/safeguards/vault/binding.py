"""Where a sealed value belongs: slot, organisation and row, bound into the seal (the third wall)."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from keepwell.toolkit.envelope import length_prefixed

_SIXTEEN = b"\x00\x00\x00\x10"


@lru_cache(maxsize=4096)
def _prefix(kind: bytes, slot: str) -> bytes:
    """Return the part that is equal for every row; slots are few and frozen in migrations."""
    return length_prefixed(kind, slot.encode())


@dataclass(frozen=True, slots=True)
class Binding:
    """One place for one value. A value moved to any other place no longer opens.

    `slot` is a stable string such as "forms.submission.answers", not the model's or field's name:
    renaming those must not break seals.
    """

    slot: str
    organisation: UUID
    row: UUID

    def associated(self, kind: bytes = b"field/1") -> bytes:
        """Return the length-prefixed parts: kind, slot, organisation, row."""
        organisation = self.organisation.int.to_bytes(16, "big")
        row = self.row.int.to_bytes(16, "big")
        return _prefix(kind, self.slot) + _SIXTEEN + organisation + _SIXTEEN + row
