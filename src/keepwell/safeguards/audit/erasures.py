"""Erase what the entries of one month say; the entries stay, provable, and say that it was done.

All payloads of a month are sealed under one shared key. Shredding it erases them everywhere, copies
of the trail included. Because the order to do so is itself an entry, a page can tell erasure from
tampering: what cannot be read although no entry ordered it was not erased by law.
"""

import contextlib
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import period_of
from keepwell.safeguards.audit.errors import PeriodRuns
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.sealing import key_name, open_payload
from keepwell.safeguards.audit.trail import models, store
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import erased, keys, owed
from keepwell.safeguards.vault.errors import KeyGone, KeystoreUnavailable
from keepwell.safeguards.vault.events import KeysEvent
from keepwell.toolkit.clock import now_us
from keepwell.toolkit.envelope import SealBroken

EVERY_PERIOD = 999_999  # after every month there will be
PERIOD = "period"  # in the entry's detail, such as 202611


@dataclass(frozen=True, slots=True)
class Erasures:
    """Which months an organisation's trail says were erased."""

    periods: frozenset[int]
    before: int  # an entry that ordered an erasure was itself erased: months before its own count

    def covers(self, period: int) -> bool:
        """Tell whether the content of this month's entries may lawfully be gone."""
        return period in self.periods or period < self.before


def erase_period(viewer: Viewer, period: int, *, reason: str) -> UUID | None:
    """Erase what the entries of a month say; return the id of the entry, None if it is done.

    The key goes once the entry is committed; when that fails it stays owed (`vault.owed`). Raises
    PeriodRuns for a month that is not over, and KeystoreUnavailable.
    """
    if period >= period_of(now_us()):
        raise PeriodRuns
    organisation = viewer.organisation
    key_id = keys.existing_shared_key(organisation, key_name(period))
    if key_id is None:
        return None
    with wall.writing(organisation):
        entry = record(viewer, AuditEvent.PERIOD_ERASE, reason=reason, detail={PERIOD: str(period)})
        owed.owe(organisation, [key_id], entry)
        transaction.on_commit(partial(_shred, organisation), robust=True)
    return entry


def say_erased(viewer: Viewer, period: int) -> UUID:
    """Leave the order to erase a month whose key is gone already; return the entry's id."""
    with wall.writing(viewer.organisation):
        return record(viewer, AuditEvent.PERIOD_ERASE, detail={PERIOD: str(period)})


def _shred(organisation: UUID) -> None:
    with contextlib.suppress(KeystoreUnavailable):  # committed and owed: made up for in a minute
        owed.pay(organisation)


def of(organisation: UUID) -> Erasures:
    """Read from the trail which months were erased; newest order first.

    Whoever ordered that the whole organisation is erased ordered all months.
    """
    if is_all_erased(organisation):
        return Erasures(frozenset(), before=EVERY_PERIOD)
    periods: set[int] = set()
    before = 0
    with store.reading(organisation):
        ordered = models.Entry.objects.filter(
            organisation_id=organisation, kind=AuditEvent.PERIOD_ERASE
        )
        rows = list(ordered.order_by("-index"))
    for row in rows:
        period = _period_in(row)
        if period is not None:
            periods.add(period)
        elif Erasures(frozenset(periods), before).covers(row.period):
            before = max(before, row.period)
    return Erasures(frozenset(periods), before)


def is_all_erased(organisation: UUID) -> bool:
    """Tell whether the organisation's keys went by an order that stands in its own log."""
    gone = erased.find(organisation)
    if gone is None or gone.destroyed is None or gone.entry is None:
        return False
    with store.reading(organisation):
        return models.Entry.objects.filter(
            organisation_id=organisation,
            entry_id=gone.entry,
            kind=KeysEvent.ORGANISATION_ERASE,
        ).exists()


def _period_in(row: models.Entry) -> int | None:
    try:
        sealed = bytes(row.payload or b"")
        payload = open_payload(row.organisation_id, row.entry_id, row.key_id, sealed)
        return int(payload.detail[PERIOD])
    except (KeyGone, SealBroken, ValueError, KeyError):
        return None
