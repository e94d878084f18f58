"""Everything about a person as one FHIR R4 Bundle (type collection), and as the pages of a PDF."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.manifest import PersonFile, PersonPart
from keepwell.safeguards.persons import queries
from keepwell.safeguards.persons.exports import Export
from keepwell.safeguards.persons.models import FACTS, Person
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import queries as shell

MOST_FILE_BYTES = 32 * 2**20  # carried inside one export; it says which files it does not hold


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """What an export holds, opened: who the person is, every record, and the files it carries."""

    organisation: Organisation
    persons: tuple[Person, ...]
    parts: tuple[PersonPart, ...]
    carried: tuple[PersonFile, ...]
    left_out: frozenset[UUID]  # files that are too large together


@sensitive_variables()
def contents_of(viewer: Viewer, export: Export, scope: Scope) -> Contents:
    """Open everything about a person in a scope; files are read when they are written."""
    persons = scope.open(queries.persons_among(viewer, export.persons), *FACTS)
    parts = registry.person_parts(viewer, export.persons, scope)
    carried, left_out, room = [], set(), MOST_FILE_BYTES
    for file in (file for part in parts for file in part.files):
        if file.size > room:
            left_out.add(file.id)
            continue
        carried.append(file)
        room -= file.size
    organisation = shell.organisation(viewer.organisation)
    if organisation is None:
        raise OutOfReach
    return Contents(organisation, tuple(persons), parts, tuple(carried), frozenset(left_out))


@sensitive_variables()
def as_json(export: Export, contents: Contents) -> bytes:
    """Write a FHIR R4 Bundle: Organization, Patient, what each room keeps, Binary."""
    organisation = contents.organisation
    ids = [one.pk for one in contents.persons]
    entries = [
        _entry(organisation.pk, _written(_organization(organisation))),
        *(_entry(one.pk, _written(_patient(one, organisation, ids))) for one in contents.persons),
        *(_entry(part.id, part.resource) for part in contents.parts),
        *(_entry(file.id, resource) for file, resource in _binaries(contents.carried)),
    ]
    head = {
        "resourceType": "Bundle",
        "type": "collection",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{export.id}"},
        "timestamp": export.ordered.isoformat(timespec="seconds"),
    }
    return _written(head)[:-1] + b',"entry":[' + b",".join(entries) + b"]}\n"


def _entry(id_: UUID, resource: bytes) -> bytes:
    return b'{"fullUrl":"urn:uuid:%s","resource":%s}' % (str(id_).encode(), resource)


def _organization(organisation: Organisation) -> dict[str, Any]:
    telecom = [{"system": "phone", "value": organisation.telephone}]
    address = [{"text": organisation.address}]
    return {
        "resourceType": "Organization",
        "id": str(organisation.pk),
        "name": organisation.name,
        **({"telecom": telecom} if organisation.telephone else {}),
        **({"address": address} if organisation.address else {}),
    }


@sensitive_variables()
def _patient(person: Person, organisation: Organisation, ids: Sequence[UUID]) -> dict[str, Any]:
    """Write one source of a person; the others are linked, as a colleague's finding joins them."""
    name, born, email, telephone = (_opened(person, field) for field in FACTS)
    ways = {"phone": telephone, "email": email}
    telecom = [{"system": way, "value": value} for way, value in ways.items() if value]
    others = [
        {"other": {"reference": f"urn:uuid:{one}"}, "type": "seealso"}
        for one in ids
        if one != person.pk
    ]
    return {
        "resourceType": "Patient",
        "id": str(person.pk),
        "meta": {"lastUpdated": (person.corrected or person.created).isoformat("T", "seconds")},
        **({"name": [{"text": name}]} if name else {}),
        **({"birthDate": born.isoformat()} if born else {}),
        **({"telecom": telecom} if telecom else {}),
        "managingOrganization": {"reference": f"urn:uuid:{organisation.pk}"},
        **({"link": others} if others else {}),
    }


def _binaries(files: Sequence[PersonFile]) -> Iterator[tuple[PersonFile, bytes]]:
    for file in files:
        head = {"resourceType": "Binary", "id": str(file.id), "contentType": file.media_type}
        data = base64.b64encode(file.read())
        yield file, _written(head)[:-1] + b',"data":"' + data + b'"}'


def _opened(person: Person, field: str) -> Any:
    value = getattr(person, field)
    return None if value is None else value.open()


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
