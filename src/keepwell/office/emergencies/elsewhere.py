"""How many records of other locations, or kept for others, an emergency opened.

It is what an officer looks at first.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.locations.placing import LOCATION
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.payloads import EMERGENCY, Payload
from keepwell.safeguards.audit.queries import everything
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from datetime import datetime

    from keepwell.safeguards.access.models import EmergencyAccess

MOST = 2000  # entries of one emergency; no four hours hold more
KINDS = frozenset({str(AccessKind.EMERGENCY_BEGIN), str(RecordsEvent.FIELDS_OPEN)})


def opened_elsewhere(viewer: Viewer, row: "EmergencyAccess", until: "datetime") -> int | None:
    """Count the records opened that the person does not reach otherwise; None: there is nothing.

    By the locations that the person had when it began, and by where records are kept and for whom
    now. Reading the entries is on the trail.
    """
    asked = Search(actor=row.membership.user_id, kinds=KINDS, since=row.begun, until=until)
    said = [
        one.payload
        for one in everything(viewer, asked, before=None, most=MOST)
        if one.payload is not None and one.payload.detail.get(EMERGENCY) == str(row.pk)
    ]
    places = [one.ids for one in _subjects(said) if one.model == LOCATION]
    locations = frozenset(id_ for ids in places for id_ in ids)
    everything_there = replace(viewer, locations=None, sees_reserved=True)
    theirs = replace(viewer, actor=row.membership.user_id, locations=locations or None)
    count = sum(
        len(registry.reached(everything_there, model, ids) - registry.reached(theirs, model, ids))
        for model, ids in _rows(said).items()
    )
    return count if count or locations else None


def _subjects(said: Iterable[Payload]) -> list[Subject]:
    return [subject for payload in said for subject in payload.subjects]


def _rows(said: Iterable[Payload]) -> dict[str, set[UUID]]:
    """Return the ids of each model, every row once however often it was opened."""
    rows: dict[str, set[UUID]] = {}
    for subject in _subjects(said):
        rows.setdefault(subject.model, set()).update(subject.ids)
    return rows
