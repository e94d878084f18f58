"""What was disclosed to others, in words: on a timeline, in an accounting, in an export."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access.manifest import PersonLine, PersonPart
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.persons.models import OutsideDisclosure, Person
from keepwell.safeguards.persons.outside import queries as outside
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import moments
from keepwell.shell import queries as shell


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """One disclosure, opened."""

    id: UUID
    person: UUID
    made: date
    recipient: str
    what: str
    purpose: str
    by: UUID | None
    noted: datetime

    @classmethod
    def of(cls, row: OutsideDisclosure) -> Self:
        """Read an opened row."""
        made, recipient, what, purpose = (getattr(row, one).open() for one in outside.FIELDS)
        return cls(row.pk, row.person_id, made, recipient, what, purpose, row.by, row.noted)


@sensitive_variables()
def opened(scope: Scope, rows: Sequence[OutsideDisclosure]) -> list[Told]:
    """Open disclosures in a scope, the newest day first."""
    told = [Told.of(row) for row in scope.open(rows, *outside.FIELDS)]
    return sorted(told, key=lambda one: (one.made, one.noted), reverse=True)


@sensitive_variables()
def told_apart(persons: Sequence[Person]) -> list[Person]:
    """Return opened persons, of those whose name and birth date are the same word for word one."""
    told: dict[object, Person] = {}
    for one in persons:
        told.setdefault((_said(one.name), _said(one.born)), one)
    return list(told.values())


def _said(value: Any) -> Any:
    return None if value is None else value.open()


def person_lines(viewer: Viewer, persons: tuple[UUID, ...]) -> Iterator[PersonLine]:
    """Say on the timeline that something was written down; what, only the accounting says."""
    if not may(viewer, PersonPermission.OPEN):
        return
    for row in outside.about(viewer, persons):
        yield PersonLine(
            title=gettext_lazy("A disclosure to others was written down"),
            moment=row.noted,
            url=reverse("office:disclosures", args=[row.person_id]),
            icon="send",
        )


@sensitive_variables()
def person_parts(viewer: Viewer, persons: tuple[UUID, ...], scope: Scope) -> Iterator[PersonPart]:
    """Open what was disclosed about these persons, for an export."""
    if not may(viewer, PersonPermission.OPEN):
        return
    for one in opened(scope, outside.about(viewer, persons)):
        facts = (
            (_("Day"), (moments.day_of(one.made),)),
            (_("To whom"), (one.recipient,)),
            (_("What"), (one.what,)),
            (_("Why"), (one.purpose,)),
        )
        yield PersonPart(
            id=one.id,
            title=_("Disclosed to others"),
            moment=one.noted,
            happened=_("Written down"),
            reference="",
            sections=(("", facts),),
            resource=json.dumps(_resource(viewer, one), ensure_ascii=False).encode(),
        )


@sensitive_variables()
def _resource(viewer: Viewer, one: Told) -> dict[str, Any]:
    """Return an AuditEvent, as FHIR R4 writes one in auditevent-example-disclosure."""
    profile = shell.organisation(viewer.organisation)
    return {
        "resourceType": "AuditEvent",
        "id": str(one.id),
        "type": {
            "system": "http://dicom.nema.org/resources/ontology/DCM",
            "code": "110106",
            "display": "Export",
        },
        "subtype": [{"code": "Disclosure", "display": "HIPAA disclosure"}],
        "action": "R",
        "period": {"start": one.made.isoformat(), "end": one.made.isoformat()},
        "recorded": one.noted.isoformat(timespec="seconds"),
        "outcome": "0",
        "purposeOfEvent": [{"text": one.purpose}],
        "agent": [{"who": {"display": one.recipient}, "requestor": False}],
        "source": {"observer": {"display": profile.name if profile else str(viewer.organisation)}},
        "entity": [
            {"what": {"reference": f"urn:uuid:{one.person}"}, "description": one.what},
        ],
    }
