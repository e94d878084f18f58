"""Every route with its answer to "who may?": `keepwell routes` prints it, a test walks it."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver

from keepwell.safeguards.access.declarations import Declaration, declaration_of

UNDECLARED = "undeclared"
_ANY = frozenset({"GET", "HEAD", "POST"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address pattern of Keepwell."""

    methods: frozenset[str]
    path: str
    name: str
    access: str  # the permission, or why the view is open, or "undeclared"
    declaration: Declaration | None
    surface: str  # patient or staff
    view: Callable[..., Any]


def walk(patterns: Sequence[URLPattern | URLResolver], *, surface: str = "") -> list[Route]:
    """List every route below these patterns, in the order Django tries them."""
    return list(_walk(patterns, "/", "", surface))


def all_routes() -> list[Route]:
    """List every route of this installation: the patients' set, then the staff's."""
    root = import_module(settings.ROOT_URLCONF)
    sets = {
        "patient": getattr(root, "patient_routes", ()),
        "staff": getattr(root, "staff_routes", ()),
    }
    listed = [
        route for surface, patterns in sets.items() for route in walk(patterns, surface=surface)
    ]
    known = {id(route.view) for route in listed}
    stray = [route for route in walk(root.urlpatterns) if id(route.view) not in known]
    return listed + stray


def _walk(
    patterns: Sequence[URLPattern | URLResolver], prefix: str, namespace: str, surface: str
) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, path, inner, surface)
        else:
            yield _route(pattern, path, namespace, surface)


def _route(pattern: URLPattern, path: str, namespace: str, surface: str) -> Route:
    declaration = declaration_of(pattern.callback)
    return Route(
        methods=_methods(pattern.callback),
        path=path,
        name=f"{namespace}{pattern.name}" if pattern.name else "",
        access=declaration.words if declaration else UNDECLARED,
        declaration=declaration,
        surface=surface,
        view=pattern.callback,
    )


def _methods(view: Callable[..., Any]) -> frozenset[str]:
    """Read the methods a view answers: a class's handlers, or Django's require_http_methods."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        return frozenset(
            name.upper() for name in view_class.http_method_names if hasattr(view_class, name)
        ) - {"OPTIONS"}
    layer: Any = view
    while layer is not None:
        if inspect.isfunction(layer) and "request_method_list" in layer.__code__.co_freevars:
            return frozenset(inspect.getclosurevars(layer).nonlocals["request_method_list"])
        layer = getattr(layer, "__wrapped__", None)
    return _ANY
