"""Two sets of routes, two doors: what belongs behind one is not there behind the other.

A page of one set asked for at the other's door is answered like an address that does not exist: a
patient's browser that follows a link, or a scanner that walks the public host, meets no sign-in
page, no redirect to one and no refusal of a form that only a page could send (design.md,
invariant 3).
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, URLPattern, URLResolver, resolve

from keepwell.shell import doors
from keepwell.shell.doors import Door

Patterns = Sequence[URLPattern | URLResolver]
View = Callable[..., Any]
NOWHERE = "//"  # no route is found there, nor by adding a slash


class SurfaceMiddleware:
    """Let a route of the other door be found nowhere.

    Taking the routes away would be simpler, but links reverse across both sets. The address that is
    resolved is changed instead, before anything answers because of what would have been found:
    CSRF with 403, a missing slash with a redirect, a wrong method with 405.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, with its own address or with one that leads nowhere."""
        here = doors.open_to(request)
        if here != doors.BOTH and not _may_be_found(request.path_info, here):
            request.path_info = NOWHERE
        return self.get_response(request)


def _may_be_found(path: str, here: frozenset[Door]) -> bool:
    view = _view_at(path) or _view_at(f"{path}/")
    return view is None or not here.isdisjoint(_doors_of(view))


def _view_at(path: str) -> View | None:
    try:
        return resolve(path).func
    except Resolver404:
        return None


def _doors_of(view: View) -> frozenset[Door]:
    return frozenset(door for door, views in _views().items() if view in views)


@cache
def _views() -> dict[Door, frozenset[View]]:
    """Return the views of each set; one that stands in both is at home behind both doors."""
    from keepwell.config.urls import patient_routes, staff_routes  # noqa: PLC0415  needs the apps

    return {
        Door.PATIENTS: frozenset(_walk(patient_routes)),
        Door.STAFF: frozenset(_walk(staff_routes)),
    }


def _walk(patterns: Patterns) -> Iterator[View]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        else:
            yield pattern.callback
