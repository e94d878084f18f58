"""Error pages: what happened, what was kept, what to do; never a traceback, never a value.

Django's handler400, 403, 404 and 500, the CSRF failure view, errors of the safeguards and bare
answers all end in `page`, in the flavour of whoever opened it, patient or staff.
"""

import errno
import sys

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.shell import locales, refusals, requests
from keepwell.shell.error_words import ErrorWords, words_of
from keepwell.toolkit.errors import KeepwellError

log = structlog.get_logger("keepwell.errors")

LAST_RESORT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Keepwell</title></head>'
    "<body><h1>Something broke on our side</h1><p>What you had saved is kept. The last press "
    "of the button was not carried out, so it is safe to try again.</p></body></html>"
)
NO_ROOM = {errno.EDQUOT, errno.EIO, errno.ENOSPC, errno.EROFS}
LATER_SECONDS = {429: "60", 503: "30"}


def page(request: HttpRequest, status: int, words: ErrorWords | None = None) -> HttpResponse:
    """Return the page for this status, with the request's id as the reference to quote.

    At a patient's link it names the clinic and stands in the same frames as the form itself.
    """
    words = words or words_of("pressed" if status == 404 and request.method == "POST" else status)
    context: dict[str, object] = {"reference": requests.reference_of(request)}
    place = requests.patient_place_of(request)
    if place is not None:
        words = words_of("part") if place.start and status == 404 else words
        request.organisation = place.organisation  # type: ignore[attr-defined]
        request.frame_ancestors = list(place.frame_ancestors)  # type: ignore[attr-defined]
        context |= {
            "is_framed": bool(place.frame_ancestors),
            "carried": place.carried,
            "start": place.start,
        }
    context |= {"page": words, "offers": refusals.offers_of(request) if status == 403 else []}
    response = HttpResponse(_rendered(request, context), status=status)
    response.is_error_page = True  # type: ignore[attr-defined]  # so that it is not replaced again
    if status in LATER_SECONDS:
        response["Retry-After"] = LATER_SECONDS[status]
    return response


def _rendered(request: HttpRequest, context: dict[str, object]) -> str:
    name = "shell/error_public.html" if requests.is_patients(request) else "shell/error.html"
    try:
        with translation.override(locales.tag_for(request, requests.organisation_of(request))):
            return render_to_string(name, context, request)
    except Exception:  # the last resort: whatever failed, the person gets a page
        log.exception("error_page_failed", request=str(requests.id_of(request)))
        return LAST_RESORT


def page_of(request: HttpRequest, error: KeepwellError) -> HttpResponse:
    """Return the page of one of our errors, in its own sentence."""
    request_id = str(requests.id_of(request))
    log.warning("refused", code=error.code, status=error.status, request=request_id)
    # Out of reach and never there read alike; a page says by itself what a refusal's sentence says.
    if error.status == 404 or error.code == NotPermitted.code:
        return page(request, error.status)
    words = words_of(error.status).saying(gettext(str(error.sentence)))
    return page(request, error.status, words)


def page_instead_of(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return a page for an error answer that has no body, keeping its headers; else the answer."""
    if not isinstance(response, HttpResponse) or response.status_code < 400:
        return response
    if response.content or request.method == "HEAD" or hasattr(response, "is_error_page"):
        return response
    made = page(request, response.status_code)
    for name, value in response.headers.items():
        if name not in {"Content-Type", "Content-Length"}:
            made[name] = value
    made.cookies = response.cookies
    return made


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what could not be read (handler400); too large is its own status."""
    is_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return page(request, 413 if is_large else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a refusal (handler403), in the safeguard's own sentence if it was one."""
    if isinstance(exception, KeepwellError):
        return page_of(request, exception)
    return page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere, or to what this person cannot reach (handler404)."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer what broke (handler500); errors of ours raised outside views keep their status."""
    error = sys.exception()
    if isinstance(error, KeepwellError):
        return page_of(request, error)
    if _is_of_a_store(error):
        log.error("store_unavailable", request=str(requests.id_of(request)), exc_info=error)
        return page(request, 503)
    log.error("broke", request=str(requests.id_of(request)), exc_info=error)
    return page(request, 500)


def _is_of_a_store(error: BaseException | None) -> bool:
    """Say whether a database or the disk is away, busy or full: it can be tried again later."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return isinstance(error, OperationalError | InterfaceError)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our own page, or whose page is too old."""
    log.warning("csrf_refused", request=str(requests.id_of(request)))
    return page(request, 403, words_of("csrf"))
