"""Asking the running system what each role reaches, and comparing with what the code says.

A scratch organisation is founded with one account for each role, which nobody can sign in to; their
sessions are made here. Every route of members is asked for over HTTPS, by each role, by somebody
whose second step is missing, and by nobody. Then the organisation is erased again.
"""

import http.client
import re
import secrets
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from keepwell.cli import tls
from keepwell.cli.refusal import Refusal
from keepwell.safeguards.access import policy, viewers
from keepwell.safeguards.access.actions import add_member, found_organisation
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route, all_routes
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.erasure import organisations as erasure
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.actions import create_user, new_user
from keepwell.safeguards.identity.models import Stage, User
from keepwell.toolkit import certificates
from keepwell.toolkit.identifiers import uuid7

NAME = "Probe of permissions"
NOBODY, HALF_WAY = "nobody", "without a second step"
REACHED, REFUSED, SIGN_IN = "reached", "refused", "sent to sign in"
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Found:
    """How many answers were asked for, and which are not what the code says."""

    asked: int
    differences: list[str] = field(default_factory=list)


def run(*, account: str) -> Found:
    """Probe the system that answers at the staff address; refuse when nothing does."""
    with _connection() as connection:
        _answer(connection, "/ready", "")
        connection.close()  # making the organisation may take longer than a server waits
        with _scratch(account) as keys:
            return _compare(connection, keys)


def _compare(connection: http.client.HTTPSConnection, keys: Mapping[str, str]) -> Found:
    asked, differences = 0, []
    for route in filter(policy.is_for_members, all_routes()):
        for who, key in keys.items():
            expected, found = _expected(who, route), _answer(connection, _address(route), key)
            asked += 1
            if found != expected:
                differences.append(f"{who}: {route.path}: {found}, but should be {expected}")
    return Found(asked, differences)


def _expected(who: str, route: Route) -> str:
    if who in {NOBODY, HALF_WAY}:
        return SIGN_IN
    return REACHED if policy.reaches(who, route) else REFUSED


def _address(route: Route) -> str:
    """Return an address of a route with ids that name nothing: access is decided before that."""
    values = {"uuid": str(uuid7()), "int": "0"}
    return _PARAMETER.sub(lambda found: values.get(found["kind"] or "str", "none"), route.path)


def _answer(connection: http.client.HTTPSConnection, path: str, key: str) -> str:
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"} if key else {}
    try:
        connection.request("GET", path, headers={"User-Agent": "keepwell access matrix", **cookie})
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as error:
        raise Refusal(
            f"Nothing can be asked at {settings.KEEPWELL_STAFF_URL} ({type(error).__name__}). "
            "Start keepwell serve, then probe again."
        ) from error
    if response.status == 403:
        return REFUSED
    if response.status == 302 and response.getheader("Location", "").startswith("/sign-in/"):
        return SIGN_IN
    return REACHED if response.status < 500 else f"answered {response.status}"


@contextmanager
def _connection() -> Iterator[http.client.HTTPSConnection]:
    place = urlsplit(settings.KEEPWELL_STAFF_URL)
    trusted = ssl.create_default_context()
    if tls.is_ours():
        trusted.load_verify_locations(tls.folder() / certificates.AUTHORITY_FILE)
    connection = http.client.HTTPSConnection(
        place.hostname or "", place.port or 443, context=trusted, timeout=_PATIENCE_SECONDS
    )
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _scratch(account: str) -> Iterator[dict[str, str]]:
    """Make the scratch organisation, yield a session's key for each that asks, and erase it."""
    mark = secrets.token_hex(4)
    owner = new_user(**_account(Role.OWNER, mark))
    organisation = found_organisation(name=f"{NAME} {mark}", owner=owner)
    viewer = viewers.console(organisation.id, account=account)
    try:
        record_now(viewer, AccessKind.MATRIX_PROBE)
        people = {Role.OWNER.value: owner}
        for role in (role for role in Role if role is not Role.OWNER):
            people[role.value] = create_user(**_account(role, mark))
            add_member(viewer, user=people[role.value], role=role)
        yield _keys(people, organisation.id)
    finally:
        counts = erasure.losses(organisation.id)
        erasure.order(viewer, reason="The probe of permissions is done.", counts=counts)
        erasure.finish(organisation.id)


def _account(role: Role, mark: str) -> dict[str, str]:
    """Return an account that nobody can sign in to: its password is known to nobody."""
    email = f"{role}.{mark}@probe.invalid"
    return {"email": email, "name": f"Probe, {role}", "password": secrets.token_urlsafe(32)}


def _keys(people: Mapping[str, User], organisation: UUID) -> dict[str, str]:
    keys = {
        who: sessions.open_session(user, stage=Stage.FULL, organisation=organisation)
        for who, user in people.items()
    }
    half = sessions.open_session(people[Role.OWNER.value], stage=Stage.PASSWORD)
    return {**keys, HALF_WAY: half, NOBODY: ""}
