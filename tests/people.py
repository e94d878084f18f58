"""The people of the tests, made the way the application makes them, and browsers to act with.

Ada owns Ashgrove Clinic, Ben is her colleague, Dee audits; Cy owns Cedar Practice.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client

from keepwell.safeguards.access import actions as access
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.locations import actions as locations
from keepwell.safeguards.access.locations.placing import Locations
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.consent.terms import actions as terms
from keepwell.safeguards.consent.terms.queries import owed
from keepwell.safeguards.identity import actions as identity
from keepwell.safeguards.identity import second_factor, sessions
from keepwell.safeguards.identity.models import Stage, User
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

PASSWORD = "four plain words together"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and what only they know."""

    user: User
    password: str
    secret: str
    organisation: UUID | None = None

    @property
    def email(self) -> str:
        return self.user.email

    def code(self, *, steps: int = 0) -> str:
        """Return what the person's app shows now, or some half-minutes from now."""
        return second_factor.code_at(self.secret, second_factor.current_counter() + steps)

    def recovery_codes(self) -> list[str]:
        """Return the recovery codes as they were printed, before they were kept."""
        return second_factor.unkept_codes(self.user)


@dataclass(frozen=True)
class Clinic:
    """An organisation and its people."""

    organisation: Organisation
    owner: Person

    def add(self, name: str, role: Role, *, at: Locations = None) -> Person:
        """Let somebody new work here, at all locations or at some."""
        person = make_person(name, organisation=self.organisation.id)
        row = access.add_member(self.console, user=person.user, role=role)
        if at is not None:
            members.move(self.console, membership=row.pk, role=role, locations=at, reason="Rota")
        accept_all(person, role)
        return person

    def open_location(self, name: str, **facts: str) -> UUID:
        """Open a location."""
        return locations.add(self.console, values={"name": name, **facts}).pk

    @property
    def console(self) -> Viewer:
        """Whoever runs commands on the host."""
        return viewers.console(self.organisation.id, account="tests")


def make_person(name: str, *, has_app: bool = True, organisation: UUID | None = None) -> Person:
    """Make an account, with its second step and kept recovery codes unless said."""
    email = f"{name.lower()}@example.org"
    user = identity.create_user(email=email, name=name, password=PASSWORD)
    return _equipped(user, has_app=has_app, organisation=organisation)


def make_clinic(name: str, owner: str) -> Clinic:
    """Found an organisation with its owner, keys and trail."""
    user = identity.new_user(email=f"{owner.lower()}@example.org", name=owner, password=PASSWORD)
    founded = access.found_organisation(name=name, telephone="+1 555 0100", owner=user)
    person = _equipped(user, has_app=True, organisation=founded.id)
    accept_all(person, Role.OWNER)
    return Clinic(founded, person)


def accept_all(person: Person, role: Role) -> None:
    """Accept the terms and rules that this person is asked for at the first sign-in."""
    assert person.organisation is not None
    member = Viewer(
        kind=ViewerKind.MEMBER,
        organisation=person.organisation,
        actor=person.user.pk,
        role=role,
    )
    terms.accept(member, shown=owed(member))


def browser(
    *, address: str = "198.51.100.7", agent: str = FIREFOX, has_csrf_checks: bool = False
) -> Client:
    """Open a browser of nobody, over TLS."""
    defaults: dict[str, Any] = {
        "REMOTE_ADDR": address,
        "SERVER_NAME": "localhost",
        "wsgi.url_scheme": "https",
    }
    headers = {"user-agent": agent}
    return Client(enforce_csrf_checks=has_csrf_checks, headers=headers, **defaults)


def browser_of(person: Person, *, stage: Stage = Stage.FULL, **where: Any) -> Client:
    """Open a browser in which this person is signed in already."""
    opened = browser(**where)
    is_full = stage is Stage.FULL
    key = sessions.open_session(
        person.user,
        stage=stage,
        organisation=person.organisation if is_full else None,
        address=where.get("address", "198.51.100.7"),
        device="Firefox, Linux",
    )
    opened.cookies[settings.SESSION_COOKIE_NAME] = key
    return opened


def show_both_steps(client: Client, person: Person, reason: str) -> None:
    """Give both steps again, before something weighty: a code is taken once in a half-minute."""
    given = {"password": person.password, "code": person.code()}
    assert client.post(f"/account/again/{reason}/", given).status_code == 302


def _equipped(user: User, *, has_app: bool, organisation: UUID | None) -> Person:
    secret = second_factor.new_secret()
    if has_app:
        second_factor.enrol(user, secret)
        second_factor.keep_codes(user)
    return Person(user, PASSWORD, secret, organisation)
