"""The frame's own views: a clinic's logo, how long the session is good, staying signed in."""

import hashlib
from dataclasses import asdict
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from keepwell.safeguards.access.declarations import open_to_all, signed_in
from keepwell.safeguards.identity.middleware import background
from keepwell.shell import queries
from keepwell.shell.sessions import Session


@open_to_all("the clinic's logo stands on pages that patients open without an account")
@require_safe
def logo(request: HttpRequest, organisation_id: UUID, digest: str) -> HttpResponse:
    """Send the logo; its address holds its digest, so browsers may keep it for good."""
    found = queries.organisation(organisation_id)
    picture = bytes(found.logo or b"") if found else b""
    if not picture or hashlib.sha256(picture).hexdigest()[:16] != digest:
        raise Http404
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response.is_public = True  # type: ignore[attr-defined]  # SecurityHeadersMiddleware reads it
    return response


@signed_in
@background
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Tell a page's script whose session this is and how long it is good; no act of a person."""
    return _session(request)


@signed_in
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Answer the button "Stay signed in", and typing: a person asked, which moves the limit."""
    return _session(request)


def _session(request: HttpRequest) -> HttpResponse:
    found = Session.of(request)
    return JsonResponse(asdict(found) if found else {})
