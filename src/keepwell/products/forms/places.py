"""Whose an address of a patient is: error pages ask when no view has followed the link yet."""

import re

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse

from keepwell.products.forms import tokens
from keepwell.products.forms.errors import LinkClosed
from keepwell.products.forms.queries.answering import entrance_of
from keepwell.safeguards.access.manifest import PatientPlace

_LINK = re.compile(r"/([ef])/([^/]{1,64})(?:/|$)")


def patient_place(request: HttpRequest) -> PatientPlace | None:
    """Return the clinic behind the link in this address; None when it leads nowhere.

    In a frame the draft's handle goes along, or "Try again" would lose the answers.
    """
    found = _LINK.match(request.path_info)
    if found is None:
        return None
    try:
        entrance = entrance_of(found[2])
    except LinkClosed:
        return None
    if found[1] == "f":
        start = reverse("forms_patient:start", args=[entrance.token]) if entrance.is_open else ""
        return PatientPlace(organisation=entrance.organisation, start=start)
    handle = _handle_in(request)
    return PatientPlace(
        organisation=entrance.organisation,
        frame_ancestors=tuple(entrance.link.embed_origins),
        carried={"handle": handle, "act": "show"} if handle else {},
    )


def _handle_in(request: HttpRequest) -> str:
    try:
        return tokens.read_handle(request.POST.get("handle", "")) or ""
    except (SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return ""  # the body is what could not be read
