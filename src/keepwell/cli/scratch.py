"""A scratch organisation on the real stores, with people who act in it, and its removal afterwards.

Its accounts have addresses that cannot exist (RFC 2606) and its owner's account is closed, so that
nobody gets a letter. What stays is what stays of every erased organisation: its log, unreadable.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from keepwell.cli.account import unix_account
from keepwell.safeguards.access import actions as access
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.erasure import organisations as erasure
from keepwell.safeguards.identity import actions as identity
from keepwell.safeguards.identity import devices, recording, second_factor
from keepwell.safeguards.identity.models import SessionRecord, User
from keepwell.safeguards.identity.session_store import SessionStore
from keepwell.safeguards.identity.sessions import NOBODY
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

NAME = "Keepwell scratch organisation"
DOMAIN = "keepwell-scratch.invalid"
REASON = "A test of the alerts is over"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Hand:
    """Somebody who works there: account, password, recovery codes, and one browser."""

    user: User
    password: str
    viewer: Viewer
    membership: UUID
    address: str
    codes: list[str]
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, address: str = "") -> SessionRecord:
        """Sign in with both steps, in the browser or network that is meant."""
        request = self._request(address or self.address)
        answer = identity.give_password(request, email=self.user.email, password=self.password)
        if not answer.is_right:
            raise RuntimeError("The scratch account could not sign in.")
        identity.give_recovery_code(request, self.user, self.codes.pop())
        record = identity.enter(request, self.user, self.viewer.organisation)
        response = HttpResponse()
        devices.remember(request, response, self.user.email)
        self.cookies = {name: one.value for name, one in response.cookies.items()}
        return record

    def mistype(self, address: str = "") -> None:
        """Give a wrong password, in the network that is meant."""
        request = self._request(address or self.address)
        identity.give_password(request, email=self.user.email, password=secrets.token_hex())
        for act in recording.acts_after(request):  # there is no answer whose leaving they wait for
            act()

    def _request(self, address: str) -> HttpRequest:
        request = HttpRequest()
        request.method = "POST"
        request.META |= {"REMOTE_ADDR": address, "HTTP_USER_AGENT": AGENT}
        request.COOKIES = dict(self.cookies)
        request.session = SessionStore(None)
        request.sign_in = NOBODY  # type: ignore[attr-defined]  # SignInMiddleware does that
        return request


@dataclass(frozen=True)
class Scratch:
    """The organisation, its owner as a viewer, and the network that its people work in."""

    organisation: UUID
    owner: Viewer
    network: str

    @property
    def console(self) -> Viewer:
        """Whoever runs the command."""
        return viewers.console(self.organisation, account=unix_account())

    def employ(self, name: str, role: Role) -> Hand:
        """Let somebody new work there, with a second step."""
        password = secrets.token_urlsafe(24)
        user = identity.create_user(email=_address(name), name=name, password=password)
        second_factor.enrol(user, second_factor.new_secret())
        codes = second_factor.unkept_codes(user)
        second_factor.keep_codes(user)
        row = access.add_member(self.console, user=user, role=role)
        address = f"{self.network}::7"
        viewer = replace(self.owner, actor=user.pk, role=role.value, address=address)
        return Hand(user, password, viewer, row.pk, address, codes)


@contextmanager
def organisation() -> Iterator[Scratch]:
    """Found one, and remove it whatever happens."""
    made = _found()
    try:
        yield made
    finally:
        _remove(made)


def new_network() -> str:
    """Return a network that nobody has (RFC 3849): no door counts failures of before there."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}"


def _found() -> Scratch:
    owner = identity.new_user(
        email=_address("owner"), name="Scratch owner", password=secrets.token_urlsafe(24)
    )
    owner.is_active = False  # letters to a closed account are not written
    founded = access.found_organisation(name=NAME, owner=owner)
    viewer = Viewer(
        kind=ViewerKind.MEMBER,
        organisation=founded.pk,
        actor=owner.pk,
        role=Role.OWNER.value,
        purpose="care",
    )
    return Scratch(founded.pk, viewer, new_network())


def _address(name: str) -> str:
    return f"{name.lower()}.{secrets.token_hex(6)}@{DOMAIN}"


def _remove(made: Scratch) -> None:
    erasure.settle(made.organisation)
    counts = erasure.losses(made.organisation)
    erasure.order(made.console, reason=REASON, counts=counts)
    erasure.finish(made.organisation)
    writer.settle(made.organisation)
