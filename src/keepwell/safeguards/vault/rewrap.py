"""Rewrapping: every key of an organisation under its newest organisation key, while all is in use.

No data is touched: a data key stays what it is, only its wrap is made anew. Each batch is one short
keystore commit that swaps a wrap only where the old bytes still stand, so a kill, a second process
and a shredding meanwhile do no harm. What is left to do is read from the wraps themselves: whoever
calls again goes on where it ended.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from keepwell.safeguards.vault import data_keys, organisation_keys
from keepwell.safeguards.vault.held import Unwrapped
from keepwell.safeguards.vault.keystore import access, wrappings
from keepwell.safeguards.vault.keystore.wrappings import Swap, Wrapped
from keepwell.toolkit.envelope import SealBroken

BATCH = 2000  # keys in one commit
AHEAD = 4  # batches looked up at once

Told = Callable[[int, int], None]
"""Called after each batch with how many keys are done and how many there were to do."""


@dataclass(slots=True)
class Rewrapped:
    """What came of it."""

    version: int
    count: int = 0
    broken: set[UUID] = field(default_factory=set)  # rows whose wrap does not open: left as found
    retired: tuple[int, ...] = ()


def waiting(organisation: UUID) -> int:
    """Return how many data keys an older version still wraps."""
    newest = organisation_keys.organisation_key(organisation).newest.version
    with access.reading(organisation):
        found = wrappings.counts(organisation)
    return sum(count for version, count in found.items() if version < newest)


def rewrap(organisation: UUID, told: Told | None = None) -> Rewrapped:
    """Wrap everything under the newest version, then retire the versions that wrap nothing.

    Raises KeystoreUnavailable and RootKeyError; what was done stays done.
    """
    organisation_keys.forget(organisation)  # look for the newest version
    done = Rewrapped(organisation_keys.organisation_key(organisation).newest.version)
    whole = waiting(organisation)
    while rows := _older(organisation, done):
        for start in range(0, len(rows), BATCH):
            done.count += _swap(organisation, rows[start : start + BATCH], done)
            if told:
                told(done.count, max(whole, done.count))
    organisation_keys.rewrap_purpose_keys(organisation)
    done.retired = organisation_keys.retire(organisation)
    return done


def _older(organisation: UUID, done: Rewrapped) -> list[Wrapped]:
    done.version = organisation_keys.organisation_key(organisation).newest.version
    with access.reading(organisation):
        return wrappings.older(organisation, done.version, AHEAD * BATCH, done.broken)


def _swap(organisation: UUID, rows: list[Wrapped], done: Rewrapped) -> int:
    """Wrap these rows anew before the lock is taken; swap them while it is held."""
    newest = organisation_keys.organisation_key(organisation).newest
    swaps = []
    for row in rows:
        try:
            swaps.append(_fresh(organisation, row, newest))
        except SealBroken:
            done.broken.add(row.row)
    with access.writing(organisation):
        if organisation_keys.newest_version(organisation).version != newest.version:
            return 0  # somebody rotated: what was made is outdated, and is made again
        return wrappings.swap(organisation, swaps) if swaps else 0


def _fresh(organisation: UUID, row: Wrapped, newest: Unwrapped) -> Swap:
    fresh = data_keys.rewrapped(organisation, row.key_id, row.version, row.wrapped, newest)
    return Swap(row.row, row.wrapped, fresh)
