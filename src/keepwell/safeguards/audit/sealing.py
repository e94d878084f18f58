"""Seal what an entry says, under the key that the organisation's entries of one month share."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from keepwell.safeguards.audit.entries import LONGEST_KIND, SealedEntry, Subject, period_of
from keepwell.safeguards.audit.payloads import Payload, payload_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys, sealing
from keepwell.safeguards.vault.binding import Binding
from keepwell.toolkit.clock import now_us
from keepwell.toolkit.identifiers import uuid7

SLOT = "audit.trail.payload"
KEY_NAME = "trail/"  # and the period
MOST_ROWS = 1000  # in one entry


def sealed_entry(
    viewer: Viewer,
    kind: str,
    *,
    subjects: Sequence[Subject],
    reason: str,
    outcome: str,
    detail: Mapping[str, str] | None,
) -> SealedEntry:
    """Make an entry that says what this viewer did, sealed and with an id of its own."""
    if sum(len(subject.ids) for subject in subjects) > MOST_ROWS:
        raise ValueError(f"An entry names at most {MOST_ROWS} rows: record in portions.")
    if not 0 < len(kind.encode()) <= LONGEST_KIND:
        raise ValueError("The kind of an entry is 1 to 200 bytes long.")
    payload = payload_of(viewer, subjects, reason, outcome, detail)
    return sealed_payload(viewer.organisation, kind, payload, uuid7())


def sealed_payload(organisation: UUID, kind: str, payload: Payload, entry_id: UUID) -> SealedEntry:
    """Seal what an entry says under the id by which it will be known, with the present time."""
    time_us = now_us()
    period = period_of(time_us)
    key_id = keys.shared_key(organisation, key_name(period))
    binding = Binding(SLOT, organisation, entry_id)
    return SealedEntry(
        organisation=organisation,
        id=entry_id,
        time_us=time_us,
        period=period,
        kind=str(kind),
        key_id=key_id,
        payload=sealing.seal(key_id, binding, payload.encode()),
        mentions=payload.mentions(),
    )


def open_payload(organisation: UUID, entry_id: UUID, key_id: UUID, sealed: bytes) -> Payload:
    """Open a payload; raise SealBroken or KeyGone (its month was erased)."""
    return Payload.decode(opened(organisation, entry_id, key_id, sealed))


def opened(organisation: UUID, entry_id: UUID, key_id: UUID, sealed: bytes) -> bytes:
    """Return a payload's bytes; raise as `open_payload` does."""
    return sealing.open_sealed(key_id, Binding(SLOT, organisation, entry_id), sealed)


def key_name(period: int) -> str:
    """Return under which name a month's entries share their key."""
    return f"{KEY_NAME}{period}"
