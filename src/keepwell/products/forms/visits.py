"""One request of a patient: where the link leads, what the device holds, how to go on.

Two carriages bring the same pages. On our own site a `__Host-` cookie carries the draft's handle,
and a POST that changes something answers by redirect. In a frame on the clinic's website browsers
keep no cookie of ours, so a hidden field carries the handle, every step is a POST and answers with
the next page itself. The handle is never in an address.
"""

from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse

from keepwell.products.forms import tokens
from keepwell.products.forms.answers import Setting
from keepwell.products.forms.models import Draft, FormLink, FormVersion, Submission
from keepwell.products.forms.queries.answering import Entrance, entrance_of, held_by
from keepwell.products.forms.rendering import Ways
from keepwell.products.forms.versions import marks_of
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import respondent
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import locales
from keepwell.toolkit import clock


class Carriage(Protocol):
    """How the handle travels and what the addresses are."""

    def handle_in(self, request: HttpRequest, link: FormLink) -> str | None:
        """Return the handle that the device sent, if it sent one."""

    def ways(self, token: str, handle: str) -> Ways:
        """Return the addresses of a form's pages."""

    def prepare(self, request: HttpRequest, link: FormLink) -> None:
        """Say which sites may frame the answer, an error page too."""


class ByCookie:
    """Pages on our own site."""

    def handle_in(self, request: HttpRequest, link: FormLink) -> str | None:
        """Return the handle in this link's cookie."""
        return tokens.read_handle(request.COOKIES.get(cookie_name(link), ""))

    def ways(self, token: str, handle: str) -> Ways:
        """Return addresses without any handle."""
        return _ways("forms_patient", token, "")

    def prepare(self, request: HttpRequest, link: FormLink) -> None:
        """Let nobody frame it."""


class ByField:
    """Pages in a frame on another site."""

    def handle_in(self, request: HttpRequest, link: FormLink) -> str | None:
        """Return the handle in the hidden field; cookies are not looked at."""
        return tokens.read_handle(request.POST.get("handle", ""))

    def ways(self, token: str, handle: str) -> Ways:
        """Return addresses that are reached by POST forms carrying the handle."""
        return _ways("forms_embedded", token, handle)

    def prepare(self, request: HttpRequest, link: FormLink) -> None:
        """Let the link's own sites frame it."""
        request.frame_ancestors = list(link.embed_origins)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Visit:
    """A patient's request, with everything its pages need to know."""

    entrance: Entrance
    viewer: Viewer
    draft: Draft | None
    submission: Submission | None
    ways: Ways

    @property
    def version(self) -> FormVersion:
        """The version being answered: that of the draft, else the newest."""
        return self.draft.version if self.draft else self.entrance.version

    @property
    def setting(self) -> Setting:
        """Where and when answers are given."""
        zone = ZoneInfo(self.entrance.organisation.time_zone)
        today = clock.now().astimezone(zone).date()
        return Setting(today=today, marks=marks_of(self.version), zone=zone)


def cookie_name(link: FormLink) -> str:
    """Return the cookie of one link: two forms of one clinic can be filled in side by side."""
    return f"__Host-kw-form-{link.pk.hex[-12:]}"


def arrive(request: HttpRequest, token: str, carriage: Carriage) -> Visit:
    """Follow a link and find what the device holds there; raise LinkClosed for an unknown token.

    From here on the request acts as the respondent: what it opens is recorded as theirs.
    """
    entrance = entrance_of(token)
    organisation = entrance.organisation.pk
    handle = carriage.handle_in(request, entrance.link)
    held = held_by(respondent(organisation, None, request), entrance.link, handle)
    actor = held.draft.pk if held.draft else held.submission.draft_id if held.submission else None
    viewer = respondent(organisation, actor, request)
    carriage.prepare(request, entrance.link)
    request.viewer = viewer  # type: ignore[attr-defined]
    request.organisation = entrance.organisation  # type: ignore[attr-defined]  # for error pages
    request.access_purpose = Purpose.CARE  # type: ignore[attr-defined]
    locales.settle(request, entrance.organisation)
    ways = carriage.ways(entrance.token, handle or "")
    return Visit(entrance, viewer, held.draft, held.submission, ways)


def with_draft(request: HttpRequest, visit: Visit, draft: Draft, handle: str) -> Visit:
    """Return the visit of a draft that began just now, in a frame."""
    viewer = respondent(visit.entrance.organisation.pk, draft.pk, request)
    request.viewer = viewer  # type: ignore[attr-defined]
    ways = ByField().ways(visit.entrance.token, handle)
    return Visit(visit.entrance, viewer, draft, None, ways)


def _ways(namespace: str, token: str, handle: str) -> Ways:
    return Ways(
        start=reverse(f"{namespace}:start", args=[token]),
        check=reverse(f"{namespace}:check", args=[token]),
        send=reverse(f"{namespace}:send", args=[token]),
        leave=reverse(f"{namespace}:leave", args=[token]),
        notice=reverse(f"{namespace}:notice", args=[token]),
        page=lambda number: reverse(f"{namespace}:page", args=[token, number]),
        handle=handle,
    )
