"""The people of office tests, what they keep, and what the trail says of it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.test import Client

from keepwell.safeguards.access.queries import role_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import TrailEntry, page_of_entries
from keepwell.safeguards.persons import actions, queries
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from tests.people import Clinic, Person, browser_of, make_clinic


@dataclass(frozen=True)
class House:
    """Ashgrove Clinic (Ada, Ben, Dee, and Abe who administers), Cedar Practice (Cy)."""

    clinic: Clinic
    practice: Clinic
    people: dict[str, Person] = field(default_factory=dict)

    def browser(self, name: str) -> Client:
        """Open a browser in which somebody is signed in."""
        return browser_of(self.people[name])

    def viewer(self, name: str = "Ada") -> Viewer:
        """Return somebody as actions and queries know them; who has left, in the role of before."""
        roles = {"Ada": "owner", "Ben": "member", "Dee": "auditor", "Abe": "administrator"}
        person = self.people[name]
        assert person.organisation is not None
        return Viewer(
            kind=ViewerKind.MEMBER,
            organisation=person.organisation,
            actor=person.user.pk,
            role=role_of(person.user.pk, person.organisation) or roles.get(name, "owner"),
            purpose="care",
        )

    def person(self, **facts: Any) -> UUID:
        """Make a person known to Ada's clinic."""
        return actions.create_person(self.viewer(), **facts).pk

    def whole(self, person: UUID) -> set[UUID]:
        """Return who is one with a person."""
        return {one.pk for one in queries.whole_of(self.viewer(), person)}

    def entries(self, *kinds: str) -> list[TrailEntry]:
        """Return Ada's organisation's entries of some kinds, oldest first, outbox emptied."""
        writer.stop()  # serves what is queued
        found = page_of_entries(self.viewer(), kinds=kinds or None, limit=200)
        return list(found.entries)[::-1]

    def payloads(self, *kinds: str) -> list[Payload]:
        """Return what those entries say."""
        return [entry.payload for entry in self.entries(*kinds) if entry.payload is not None]


def make_house() -> House:
    """Found both."""
    clinic, practice = make_clinic("Ashgrove Clinic", "Ada"), make_clinic("Cedar Practice", "Cy")
    people = {
        "Ada": clinic.owner,
        "Ben": clinic.add("Ben", Role.MEMBER),
        "Dee": clinic.add("Dee", Role.AUDITOR),
        "Abe": clinic.add("Abe", Role.ADMINISTRATOR),
        "Cy": practice.owner,
    }
    return House(clinic, practice, people)


def text_of(response: Any) -> str:
    """Return a page as it was sent."""
    content: bytes = response.content
    return content.decode()
