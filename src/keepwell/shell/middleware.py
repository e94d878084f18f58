"""The outermost part of the stack: access lines, headers on every answer, error pages."""

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from keepwell.shell import errors, locales, requests
from keepwell.toolkit.errors import KeepwellError

GetResponse = Callable[[HttpRequest], HttpResponseBase]

log = structlog.get_logger("keepwell.access")


class AccessLineMiddleware:
    """Leave one line per request, allowed or refused (design.md, step 7).

    The route's name stands for the path: a path may carry a form's token. Never query strings,
    bodies, cookies or headers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then write the line."""
        began = time.monotonic()
        requests.id_of(request)
        response = self.get_response(request)
        if request.path_info.startswith(settings.STATIC_URL) and response.status_code < 400:
            return response
        log.info(
            "request",
            request=str(requests.id_of(request)),
            method=request.method,
            route=_route(request),
            status=response.status_code,
            milliseconds=round((time.monotonic() - began) * 1000, 1),
            **_who(request),
        )
        return response


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return "unknown"
    return match.view_name or match.route


def _who(request: HttpRequest) -> dict[str, str]:
    viewer = requests.viewer_of(request)
    if viewer is None:
        return {"address": request.META.get("REMOTE_ADDR", "")}
    ids = {"organisation": viewer.organisation, "actor": viewer.actor, "session": viewer.session}
    said = {name: str(value) for name, value in ids.items() if value is not None}
    return {"kind": str(viewer.kind), "address": viewer.address, **said}


PERMISSIONS_POLICY = ", ".join(
    f"{feature}={'(self)' if feature.startswith('publickey') else '()'}"
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    )
)

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}


def content_security_policy(frame_ancestors: list[str]) -> str:
    """Return the policy of interface.md: everything from here, nothing inline, no evaluation."""
    ancestors = " ".join(frame_ancestors) or "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )


class SecurityHeadersMiddleware:
    """Put the security headers on every answer, errors and static files included.

    A view that may be embedded sets `request.frame_ancestors = ["https://clinic.example"]`; one
    whose bytes are public and never change sets `response.is_public = True` and its own
    Cache-Control. Everything else is never stored: a shared computer's Back must show nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then put the headers on."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response[name] = value
        ancestors: list[str] = list(getattr(request, "frame_ancestors", []))
        if not response.has_header("Content-Security-Policy"):  # a download's own is narrower
            response["Content-Security-Policy"] = content_security_policy(ancestors)
        if not ancestors:
            response["X-Frame-Options"] = "DENY"
        is_static = request.path_info.startswith(settings.STATIC_URL) and response.status_code < 400
        if not is_static and not getattr(response, "is_public", False):
            response["Cache-Control"] = "no-store"
        return response


class ErrorPagesMiddleware:
    """Turn refusals into pages: errors of the safeguards, and bare answers such as Django's 405."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with a page where the answer is a bare refusal."""
        response = self.get_response(request)
        return errors.page_instead_of(request, response)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer for a view that raised one of our errors; others go to Django's handlers."""
        if isinstance(error, KeepwellError):
            return errors.page_of(request, error)
        return None


class OrganisationLocaleMiddleware:
    """Write members' pages as their organisation writes dates and times; innermost of all.

    Patients' pages do the same once their link is followed (`locales.settle`).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on: whose it is, is known only once its view is found."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> None:
        """Look up the organisation once, for this and for the frame."""
        if requests.viewer_of(request) is None or requests.is_patients(request):
            return
        organisation = requests.organisation_of(request)
        request.organisation = organisation  # type: ignore[attr-defined]  # the frame reads it
        locales.settle(request, organisation)
