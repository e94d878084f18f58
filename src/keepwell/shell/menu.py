"""The menu of the staff frame: what the manifests offer and this viewer may do."""

from dataclasses import dataclass, field

from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from keepwell.safeguards.access import queries
from keepwell.safeguards.access.manifest import MenuItem
from keepwell.safeguards.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool
    count: int = 0  # of what waits there
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; the first group has none."""

    title: str
    items: list[Item] = field(default_factory=list)


def menu_for(viewer: Viewer, request: HttpRequest) -> list[Group]:
    """Return the lines this viewer may use, grouped by section in the manifests' order."""
    groups: dict[str, Group] = {}
    for line in queries.menu_for(viewer):
        try:
            url = reverse(line.route)
        except NoReverseMatch:  # a product that is switched off has no routes
            continue
        title = str(line.section)
        group = groups.setdefault(title, Group(title))
        is_current = _is_current(line.route, url, request)
        count = _count(line, viewer)
        group.items.append(Item(line.title, url, line.icon, is_current, count, line.key))
    return [groups[title] for title in sorted(groups, key=bool)]


def _count(line: MenuItem, viewer: Viewer) -> int:
    """Count what waits behind a line; an error page may have no database to ask."""
    try:
        return 0 if line.count is None else line.count(viewer)
    except DatabaseError:
        return 0


def _is_current(route: str, url: str, request: HttpRequest) -> bool:
    """Mark the line of the page that is open, and of the pages below it."""
    match = request.resolver_match
    if match is not None and match.view_name == route:
        return True
    return url != "/" and request.path_info.startswith(url)
