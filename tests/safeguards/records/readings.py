"""Reading a row's place on the trail, and the bytes behind Django's back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connections

from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import TrailEntry, page_of_entries
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7

OPEN = "records:fields:open"
BREAK = "records:seal:break"


def member(organisation: Organisation) -> Viewer:
    """Return somebody new who works there."""
    user = User.objects.create(email=f"{uuid7()}@example.org", name="Ada", password="!")
    with wall.writing(organisation.id):
        Membership.objects.create(
            organisation=organisation, user=user, role=Role.OWNER, approved=clock.now()
        )
    return Viewer(
        kind=ViewerKind.MEMBER, organisation=organisation.id, actor=user.pk, role=Role.OWNER
    )


def working_as(viewer: Viewer, role: str) -> Viewer:
    """Return the same member in another role, which the membership has, too; "": as nobody."""
    if role:
        with wall.writing(viewer.organisation):
            Membership.objects.filter(user=viewer.actor).update(role=role)
    return replace(viewer, role=role)


def loaded(viewer: Viewer, person: UUID) -> Person:
    """Return a person as the database holds it now."""
    with wall.reading(viewer.organisation):
        found: Person = Person.objects.get(pk=person)
    return found


def entries(viewer: Viewer, *kinds: str) -> list[TrailEntry]:
    """Return the organisation's entries of some kinds, oldest first, once the outbox is empty."""
    writer.stop()  # serves what is queued; a later use begins it anew
    found: list[TrailEntry] = []
    before = None
    while True:
        page = page_of_entries(viewer, kinds=kinds or None, before=before, limit=200)
        found += page.entries
        before = page.before
        if before is None:
            return found[::-1]


def payloads(viewer: Viewer, *kinds: str) -> list[Payload]:
    """Return what those entries say."""
    return [entry.payload for entry in entries(viewer, *kinds) if entry.payload is not None]


def openings(viewer: Viewer) -> list[Payload]:
    """Return what the trail says was opened."""
    return payloads(viewer, OPEN)


def opened_ids(payload: Payload) -> set[UUID]:
    """Return the rows an entry names."""
    return {id_ for subject in payload.subjects for id_ in subject.ids}


def execute(organisation: UUID, statement: str, *parameters: Any) -> Any:
    """Run SQL behind the ORM's back, inside the wall; return the first row, if there are rows."""
    with wall.writing(organisation), connections["default"].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone() if cursor.description else None


def column(organisation: UUID, table: str, name: str, row: UUID) -> bytes | None:
    """Return the raw bytes of a column."""
    (found,) = execute(organisation, f"SELECT {name} FROM {table} WHERE id = %s", key(row))
    return None if found is None else bytes(found)


def put_column(
    organisation: UUID, name: str, row: UUID, value: Any, table: str = "persons_person"
) -> None:
    """Overwrite a column, as somebody with the database file could."""
    execute(organisation, f"UPDATE {table} SET {name} = %s WHERE id = %s", value, key(row))


def key(row: UUID) -> Any:
    """Return an id as this engine stores it."""
    return row if connections["default"].vendor == "postgresql" else row.hex
