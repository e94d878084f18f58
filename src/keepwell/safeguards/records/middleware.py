"""One disclosure scope per request: pages open what they show, and leave only when it is recorded.

The view renders inside the scope (Django renders a TemplateResponse before it comes back here); the
scope closes before anything is sent. If the trail cannot be written the answer with the values is
dropped and TrailUnavailable goes up to the error pages: 503, and no byte of it leaves.
"""

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.records.errors import NoScope, StreamedDisclosure
from keepwell.safeguards.tenancy.viewer import Viewer

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestScope(Scope):
    """A scope whose viewer and purpose are known once access has decided, before the view runs.

    A page can say what it did: `request.disclosure.count` is how many values so far, and
    `request.disclosure.reference` the id of the entry. The entry is written after the page is
    rendered, so the reference is a random stand-in, which the middleware exchanges for the id.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(None, "")
        self._request: Any = request
        self._stand_in = ""

    def viewer(self) -> Viewer:
        """Return the request's viewer with the purpose that the view declared."""
        self._viewer = getattr(self._request, "viewer", None)
        self._purpose = getattr(self._request, "access_purpose", "")
        return super().viewer()

    @property
    def reference(self) -> str:
        """Return the stand-in for the id of the entry."""
        self._stand_in = self._stand_in or str(uuid4())
        return self._stand_in

    def name_entry(self, content: bytes) -> bytes:
        """Return a page's content with the id of the (first) entry in the stand-in's place."""
        if not self._stand_in or not self.entries:
            return content
        return content.replace(self._stand_in.encode(), str(self.entries[0]).encode())


class DisclosureMiddleware:
    """Give each request its scope, `request.disclosure`. Stands just outside AccessMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer inside the scope; TrailUnavailable takes the place of an unrecorded answer."""
        scope = RequestScope(request)
        request.disclosure = scope  # type: ignore[attr-defined]
        with scope:
            response = self.get_response(request)
            _render(response)
        if scope.count:
            response = _whole(request, response)
            response.content = scope.name_entry(response.content)
            response["Cache-Control"] = "no-store"
        return response


def _render(response: Any) -> None:
    """Render what an inner middleware left unrendered: after the scope nothing opens."""
    if getattr(response, "is_rendered", True) is False:
        response.render()


def _whole(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """Refuse a stream: its generator would open after the scope, with 200 already sent."""
    if isinstance(response, HttpResponse):
        return response
    response.close()
    match = request.resolver_match
    log.error("streamed_disclosure route=%s", match.view_name if match else "")
    raise StreamedDisclosure


def scope_of(request: HttpRequest) -> Scope:
    """Return the scope of a request, for `scope_of(request).open(rows, "name")`."""
    scope = getattr(request, "disclosure", None)
    if not isinstance(scope, Scope):
        raise NoScope("This request has no disclosure scope: DisclosureMiddleware did not run.")
    return scope
