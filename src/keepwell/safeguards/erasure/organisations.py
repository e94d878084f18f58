"""Erase an organisation: order it, then finish what was ordered. What was killed is run again.

The order of the steps is what makes each of them safe to be the last one:

1. The order is on the trail, and so is, in the keystore, what must outlive the keys. From here on
   the erasure can be finished by anybody, and nobody can call it off.
2. Sessions end, accounts that belong nowhere else go, then all rows: nobody acts any more.
3. What had been done until then reaches the log, whose newest head is kept.
4. All keys go in one transaction of the keystore, whose notice every process sees.
5. After the seconds in which others may still hold a key, files and letters go.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from keepwell.jobs import queue
from keepwell.safeguards.audit import heads, places, waiting, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.erasure import rows
from keepwell.safeguards.erasure.errors import OrderMissing, TrailUnsettled
from keepwell.safeguards.identity import accounts, sessions
from keepwell.safeguards.mail import spool
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import blobs, erased, keys, watch
from keepwell.safeguards.vault.erased import Erased
from keepwell.safeguards.vault.events import KeysEvent

FILES = "files"
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_TRIES = 20


def losses(organisation: UUID) -> dict[str, int]:
    """Return what there is to be lost: rows of each model by label, and sealed files."""
    files = sum(1 for _row in blobs.files_before(organisation, float("inf")))
    return rows.counts(organisation) | ({FILES: files} if files else {})


def is_unfinished(organisation: UUID) -> bool:
    """Tell whether an erasure was ordered that has not come to its end."""
    gone = erased.find(organisation)
    if gone is None:
        return False
    is_back = organisation in organisation_ids()  # rows of before, from a restored copy
    return gone.destroyed is None or is_back or blobs.has_any(organisation)


def order(viewer: Viewer, *, reason: str, counts: Mapping[str, int]) -> Erased:
    """Order the erasure: on the trail first, then in the keystore. An older order stands.

    Raises ReasonMissing, TrailUnavailable and TrailUnsettled: then nothing was ordered.
    """
    if not reason.strip():
        raise ReasonMissing
    organisation = viewer.organisation
    standing = erased.find(organisation)
    if standing is not None:
        return standing
    said = {label: str(count) for label, count in counts.items()}
    entry = record_now(viewer, KeysEvent.ORGANISATION_ERASE, reason=reason.strip(), detail=said)
    settle(organisation)
    if places.missing(organisation, [entry]):
        raise TrailUnsettled
    keys.order_shredding(organisation, entry, counts)
    return _standing(organisation)


def finish(organisation: UUID) -> Erased:
    """Carry out the order that stands; return what is kept. Again does what is left to do."""
    ordered = _standing(organisation)
    _shut(organisation)
    _remove_rows(organisation)
    if ordered.destroyed is None:
        settle(organisation)
        note = heads.newest_head(organisation).note
        keys.shred_organisation(organisation, ordered.entry, note=note)
        time.sleep(watch.TRUST_SECONDS)  # until every process has forgotten them
    blobs.delete_all(organisation)
    return _standing(organisation)


def settle(organisation: UUID) -> None:
    """Return when nothing of this organisation waits for its log; raise TrailUnsettled."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while any(one.organisation == organisation for one in waiting.waiting()):
        if time.monotonic() > until:
            raise TrailUnsettled
        writer.wake(organisation)
        time.sleep(_LOOK_SECONDS)


def _standing(organisation: UUID) -> Erased:
    gone = erased.find(organisation)
    if gone is None:
        raise OrderMissing
    return gone


def _shut(organisation: UUID) -> None:
    """Let nobody act for it: end its sessions, delete letters to those who work nowhere else."""
    sessions.end_all_in(organisation, sessions.Ending.ORGANISATION_ERASED)
    addresses = [user.email for user in accounts.of_this_alone(organisation)]
    spool.drop(queue.of_organisation(organisation), addresses)


def _remove_rows(organisation: UUID) -> None:
    """Delete the rows, then accounts: their ways in go last, so that a killed run finds them."""
    for _try in range(_TRIES):
        if organisation in organisation_ids():
            settle(organisation)
        with suppress(rows.EntriesWait):
            rows.delete(organisation)
            break
    else:
        raise TrailUnsettled
    accounts.shut(organisation)
    sessions.end_all_in(organisation, sessions.Ending.ORGANISATION_ERASED)
