"""Organisations whose keys were destroyed, or are about to be, and what is kept of them.

An erased organisation's log stays provable: the public key that checks its signed heads and the
newest of these stand in the keystore, apart from the keys that go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import ErasedOrganisation
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True)
class Erased:
    """What the keystore remembers of one erased organisation: ids, counts and public values."""

    organisation: UUID
    entry: UUID | None  # the trail's, that ordered it
    public_key: bytes  # Ed25519, 32 bytes
    counts: Mapping[str, int]
    ordered: datetime
    destroyed: datetime | None  # None: ordered, and the keys are still there
    keys: int
    note: str  # the newest signed head when the keys went


def find(organisation: UUID) -> Erased | None:
    """Return what is kept of an organisation; None unless its erasure was ordered."""
    with access.reading(organisation):
        row = ErasedOrganisation.objects.first()
    if row is None:
        return None
    return Erased(
        organisation=organisation,
        entry=row.entry_id,
        public_key=bytes(row.public_key),
        counts=row.counts,
        ordered=row.ordered,
        destroyed=row.destroyed,
        keys=row.keys,
        note=row.note,
    )


def begin(
    organisation: UUID, entry: UUID | None, public_key: bytes, counts: Mapping[str, int]
) -> None:
    """Keep what must outlive the keys; an erasure that was ordered before stays as it was."""
    with access.writing(organisation):
        ErasedOrganisation.objects.get_or_create(
            organisation_id=organisation,
            defaults={
                "entry_id": entry,
                "public_key": public_key,
                "counts": dict(counts),
                "ordered": clock.now(),
            },
        )


def complete(*, keys: int, note: str) -> None:
    """Say, in the transaction that deletes them, that the keys are gone."""
    standing = ErasedOrganisation.objects.filter(destroyed__isnull=True)
    standing.update(destroyed=clock.now(), keys=keys, note=note)
