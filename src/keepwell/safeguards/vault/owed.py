"""Shreddings owed: promised in the data store's transaction, kept in the keystore after it."""

from collections.abc import Collection
from uuid import UUID

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.models import ShreddingOwed

_AT_ONCE = 500


def owe(organisation: UUID, key_ids: Collection[UUID], entry: UUID) -> None:
    """Promise, inside the caller's wall.writing, that these keys go when it is durable."""
    ShreddingOwed.objects.bulk_create(
        ShreddingOwed(organisation_id=organisation, key_id=key_id, entry_id=entry)
        for key_id in key_ids
    )


def pay(organisation: UUID) -> int:
    """Shred what this organisation owes; return how many keys went.

    A kill between keystore and data store makes the next call shred again what is gone already:
    nothing happens then. Raises KeystoreUnavailable; what is owed stays owed.
    """
    with wall.reading(organisation):
        owed = list(ShreddingOwed.objects.values_list("pk", "key_id", "entry_id"))
    by_entry: dict[UUID, list[UUID]] = {}
    for _row, key_id, entry in owed:
        by_entry.setdefault(entry, []).append(key_id)
    count = sum(keys.shred(organisation, key_ids, entry) for entry, key_ids in by_entry.items())
    rows = [row for row, _key_id, _entry in owed]
    for start in range(0, len(rows), _AT_ONCE):
        with wall.writing(organisation):
            ShreddingOwed.objects.filter(pk__in=rows[start : start + _AT_ONCE]).delete()
    return count


def is_owed(organisation: UUID, entry: UUID) -> bool:
    """Tell whether an act's keys have not been shredded yet."""
    with wall.reading(organisation):
        return ShreddingOwed.objects.filter(entry_id=entry).exists()
