"""Two sets of routes, two addresses: patients' and staff's, when the operator gives each its own.

A page of one set asked for at the other's address is not there: a patient's browser that follows a
link, or a scanner that walks the public host, meets no sign-in page (design.md, invariant 3).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

Patterns = Sequence[URLPattern | URLResolver]


class SurfaceMiddleware:
    """Answer 404 to a route of one set at the address of the other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on: what it asks for is known only once its view is found."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Decide by the view that was found, so that links still reverse across both sets."""
        if settings.KEEPWELL_PUBLIC_URL == settings.KEEPWELL_STAFF_URL:
            return
        patient, staff = _views()
        here = request.get_host().removesuffix(":443")
        at_patients = here == urlsplit(settings.KEEPWELL_PUBLIC_URL).netloc
        at_staff = here == urlsplit(settings.KEEPWELL_STAFF_URL).netloc
        if (view in patient and not at_patients) or (view in staff and not at_staff):
            raise Http404("This page has another address.")


@cache
def _views() -> tuple[frozenset[Callable[..., Any]], frozenset[Callable[..., Any]]]:
    """Return the views of each set alone; one that stands in both is at home at both addresses."""
    from keepwell.config.urls import patient_routes, staff_routes  # noqa: PLC0415  needs the apps

    patient, staff = frozenset(_walk(patient_routes)), frozenset(_walk(staff_routes))
    return patient - staff, staff - patient


def _walk(patterns: Patterns) -> Iterator[Callable[..., Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        else:
            yield pattern.callback
