"""Who is behind this request: the session key is decided once, before anything else asks.

`request.sign_in` is the `sessions.Decision`; `request.user` is the account only when both steps
are done.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from keepwell.safeguards.identity import leaving, recording, sessions

View = TypeVar("View", bound=Callable[..., Any])
BACKGROUND_HEADER = "Keepwell-Background"
"""A page's own script sends it (any value) when it asks by itself, not for its person."""


def background(view: View) -> View:
    """Mark a view that pages call by themselves (polling): it never moves the idle limit."""
    view.keepwell_background = True  # type: ignore[attr-defined]  # a mark read below
    return view


class SignInMiddleware:
    """Decide the session; set request.sign_in and request.user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Decide the session of this request."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        decision = sessions.decide(key)
        request.sign_in = decision  # type: ignore[attr-defined]
        request.user = decision.user or AnonymousUser()
        if decision.ended_now:
            recording.session_ran_out(request, decision)
        response = self.get_response(request)
        # Django's own way to end a request: called by `close`. Our server leaves it nothing to do.
        closers: list[Callable[[], None]] = response._resource_closers  # type: ignore[attr-defined]  # noqa: SLF001
        closers.extend(recording.acts_after(request))
        own = (request.session.session_key, request.session.was_key)  # type: ignore[attr-defined]
        if decision.is_full and key not in own:
            leaving.forget_pages(response)  # signed out, or somebody else's from here on
        return response


def note_act(request: HttpRequest, view: Callable[..., Any]) -> None:
    """Move the idle limit of a session whose person asks for a page that needs one.

    Not for a page's own polling. A patient who fills in a form on a colleague's tablet is not at
    work there: pages open to all do not call this.
    """
    record = request.sign_in.record  # type: ignore[attr-defined]
    asked_by_page = BACKGROUND_HEADER in request.headers
    if record and not asked_by_page and not getattr(view, "keepwell_background", False):
        sessions.note_act(record)
