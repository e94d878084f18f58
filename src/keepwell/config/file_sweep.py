"""Remove sealed files that no row has: a kill or a rollback came between the file and its row.

A file is written before its row is committed, because a row must never promise what is not there.
Which models have files is asked of them, every time.
"""

import itertools
import time
from collections.abc import Collection
from uuid import UUID

from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.vault import blobs

_UNUSED_SECONDS = 86_400  # no transaction lasts a day: what has no row by then never gets one
_AT_ONCE = 500


def sweep() -> int:
    """Remove files older than a day without a row, in every organisation; return how many."""
    before = time.time() - _UNUSED_SECONDS
    return sum(_sweep(each, before) for each in organisation_ids())


def _sweep(organisation: UUID, before: float) -> int:
    found = blobs.files_before(organisation, before)
    swept = 0
    while rows := set(itertools.islice(found, _AT_ONCE)):
        for row in rows - _kept(organisation, rows):
            swept += blobs.delete(organisation, row)
    return swept


def _kept(organisation: UUID, rows: Collection[UUID]) -> set[UUID]:
    """Return those that a model with files has."""
    kept: set[UUID] = set()
    with wall.reading(organisation):
        for model in sealed_models():
            if model.file_slot:
                there = model._default_manager.filter(pk__in=rows)
                kept.update(there.values_list("pk", flat=True))
    return kept
