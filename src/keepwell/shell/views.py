"""The frame's own views: a clinic's logo, and staying signed in."""

import hashlib
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from keepwell.safeguards.access.declarations import open_to_all, signed_in
from keepwell.shell import queries


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
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Answer the button "Stay signed in": a person asked, and that moves the idle limit."""
    return HttpResponse(status=204)
