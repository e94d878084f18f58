"""Record what happened: together with a change, or before something is disclosed."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.db import connections, transaction

from keepwell.safeguards.audit import outbox, writer
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.payloads import payload_of
from keepwell.safeguards.audit.sealing import sealed_entry, sealed_payload
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def record(
    viewer: Viewer,
    kind: str,
    *,
    subjects: Sequence[Subject] = (),
    reason: str = "",
    outcome: str = "success",
    detail: Mapping[str, str] | None = None,
) -> UUID:
    """Record a change in its own transaction (inside wall.writing); return the entry's id.

    If the change is rolled back there is no entry. `detail` holds ids and codes, never values.
    """
    if wall.walled_organisation() != viewer.organisation:
        raise wall.WallCrossed("The viewer belongs to another organisation than the change.")
    if not connections["default"].in_atomic_block:
        raise wall.NoWall("Record a change inside wall.writing, together with it.")
    sealed = sealed_entry(
        viewer, kind, subjects=subjects, reason=reason, outcome=outcome, detail=detail
    )
    outbox.put(sealed)
    transaction.on_commit(partial(writer.wake, viewer.organisation))
    return sealed.id


def record_now(
    viewer: Viewer,
    kind: str,
    *,
    subjects: Sequence[Subject] = (),
    reason: str = "",
    outcome: str = "success",
    detail: Mapping[str, str] | None = None,
) -> UUID:
    """Return the entry's id once it is durable, whatever the caller's transaction does.

    For disclosures, refusals, sign-ins. Raises TrailUnavailable (503): then nothing may be shown.
    """
    sealed = sealed_entry(
        viewer, kind, subjects=subjects, reason=reason, outcome=outcome, detail=detail
    )
    writer.submit(sealed)
    return sealed.id


def record_once(
    viewer: Viewer,
    kind: str,
    entry_id: UUID,
    *,
    subjects: Sequence[Subject],
    reason: str,
    detail: Mapping[str, str],
) -> UUID:
    """Record now, under an id that was chosen (`access.once`): again adds nothing, at any moment.

    Inbox and log recognise the id. What the second says is dropped: whoever derives the id derives
    it from all that the entry says. Raises as `record_now`.
    """
    payload = payload_of(viewer, subjects, reason, "success", detail)
    writer.submit(sealed_payload(viewer.organisation, str(kind), payload, entry_id))
    return entry_id
