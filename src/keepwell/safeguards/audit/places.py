"""At which place in the log an entry stands, and of which rows it speaks."""

from collections.abc import Collection
from uuid import UUID

from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.trail import statements, store


def of_entries(organisation: UUID, entry_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the place of each entry that is in the log."""
    if not entry_ids:
        return {}
    with store.reading(organisation) as connection:
        return statements.places(connection, organisation, list(entry_ids))


def naming(organisation: UUID, pairs: Collection[tuple[UUID, int]]) -> set[tuple[UUID, int]]:
    """Return those pairs of a row and a place where the entry names the row."""
    if not pairs:
        return set()
    with store.reading(organisation) as connection:
        return statements.naming(connection, organisation, list(pairs))


def missing(organisation: UUID, entry_ids: Collection[UUID]) -> set[UUID]:
    """Return those ids that are not on the trail, once what waits in this process is."""
    writer.settle(organisation)
    return set(entry_ids) - set(of_entries(organisation, entry_ids))
