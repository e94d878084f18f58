"""Default deny: before any view runs, its declaration is held against who asks.

A view that declares nothing answers 403 even to an owner. Nobody signed in is sent to sign in. A
member without the permission is refused, and the refusal is on the trail before the answer leaves.
A member who comes from a network that is not allowed has the session ended and signs in again; at
pages open to all, which patients use, such a member is nobody, and nothing else happens.
The middleware opens no transaction and no wall: actions and queries do that themselves, for as
short as they need it.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from keepwell.safeguards.access import queries, viewers
from keepwell.safeguards.access.declarations import Declaration, Reach, declaration_of
from keepwell.safeguards.access.errors import NotPermitted, Undeclared
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.identity import leaving, left_pages, recording, sessions
from keepwell.safeguards.identity.middleware import note_act
from keepwell.safeguards.identity.sessions import Decision, Ending
from keepwell.safeguards.tenancy.viewer import Viewer

log = logging.getLogger(__name__)


class AccessMiddleware:
    """Hold every view's declaration against the session; set request.viewer and access_purpose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Begin with nobody: a request that meets no view has no viewer."""
        request.viewer = None  # type: ignore[attr-defined]
        request.access_purpose = ""  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let the request pass (None), send it to sign in, or refuse it."""
        declaration = declaration_of(view)
        member = viewers.member(request, purpose=declaration.purpose if declaration else "")
        viewer = member if member is None or network_queries.lets_in(member) else None
        request.viewer = viewer  # type: ignore[attr-defined]
        if declaration is None:
            return _refuse(request, viewer, Undeclared(), "undeclared")
        request.access_purpose = declaration.purpose  # type: ignore[attr-defined]
        if declaration.reach is Reach.OPEN:
            return None
        note_act(request, view)  # after the CSRF check: a forged act is none
        if declaration.reach is Reach.ENROLMENT:
            on_the_way = viewers.sign_in_of(request).user_on_the_way
            return None if on_the_way else _send_to_sign_in(request)
        if member is not None and viewer is None:
            return _turn_away(request, member)
        return _members_only(request, viewer, declaration)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Note what an act refused that its view would have allowed; the page says that it is."""
        viewer: Viewer | None = request.viewer  # type: ignore[attr-defined]
        if isinstance(error, NotPermitted) and viewer is not None:
            _note_refusal(request, viewer, "")


def _members_only(
    request: HttpRequest, viewer: Viewer | None, declaration: Declaration
) -> HttpResponse | None:
    if viewer is None:
        return _send_to_sign_in(request)
    if declaration.permission is None or queries.may(viewer, declaration.permission):
        return None
    return _refuse(request, viewer, NotPermitted(), str(declaration.permission))


def _turn_away(request: HttpRequest, member: Viewer) -> HttpResponse:
    """End the session of a member outside the allowed networks; the first to end it records it."""
    record, because = viewers.sign_in_of(request).record, Ending.OUTSIDE_NETWORKS
    if record is not None and sessions.end(record, because):
        network_actions.refuse(member, route=_route_of(request))
        recording.session_ran_out(request, Decision(ending=because, ended_now=record))
    request.sign_in = Decision(ending=because, was_of=member.actor)  # type: ignore[attr-defined]
    return _send_to_sign_in(request)


def _route_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _refuse(
    request: HttpRequest, viewer: Viewer | None, refusal: Exception, needed: str
) -> HttpResponse:
    log.info("refused %s needed=%s", _route_of(request), needed)
    if viewer is not None:
        request.permission_needed = needed  # type: ignore[attr-defined]  # what can be asked for
        _note_refusal(request, viewer, needed)
    raise refusal


def _note_refusal(request: HttpRequest, viewer: Viewer, needed: str) -> None:
    detail = {"route": _route_of(request), "method": request.method or ""}
    detail |= {"needed": needed} if needed else {}
    record_now(viewer, AccessKind.REQUEST_REFUSE, outcome="refused", detail=detail)


_SAID = {
    Ending.ABSOLUTE,
    Ending.ENDED_BY_COLLEAGUE,
    Ending.ENDED_ELSEWHERE,
    Ending.IDLE,
    Ending.MEMBERSHIP_ENDED,
    Ending.ORGANISATION_ERASED,
    Ending.OUTSIDE_NETWORKS,
    Ending.PASSWORD_CHANGED,
}


def _send_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a browser to sign in; where a session has ended, its pages are forgotten too."""
    response = _to_sign_in(request)
    if viewers.sign_in_of(request).ending:
        leaving.forget_pages(response)
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer with the way to sign in; a script gets 401, which htmx follows as a whole page."""
    ending = viewers.sign_in_of(request).ending
    said = {"next": _way_back(request), "because": ending if ending in _SAID else ""}
    asked = {name: value for name, value in said.items() if value}
    address = resolve_url(settings.LOGIN_URL) + (f"?{urlencode(asked)}" if asked else "")
    if _is_script(request):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _way_back(request: HttpRequest) -> str:
    """Return the page that was asked for, behind the mark of whose it was.

    A script is told the mark alone, because it knows on which page it is. It is told none where
    somebody signed out or made room in another tab: the next person begins anew.
    """
    decision = viewers.sign_in_of(request)
    if _is_script(request):
        return left_pages.mark_of(decision.whose) if decision.ending in _SAID else ""
    is_page = request.method in {"GET", "HEAD"}
    return left_pages.mark_of(decision.whose) + request.get_full_path() if is_page else ""


def _is_script(request: HttpRequest) -> bool:
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return "HX-Request" in request.headers or mode not in {"navigate", ""}
