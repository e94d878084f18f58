"""At which of the two doors a request came in: patients', staff's, or one that has both sets.

A listener of its own for staff makes this a fact of the connection: the root notes in the scope
which socket took it, where no header can write. With one listener and two addresses it is the host
that was asked for (docs/decisions/0023).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


class Door(StrEnum):
    """One of the two sets of pages, and the way in to it."""

    PATIENTS = "patients"
    STAFF = "staff"


BOTH = frozenset(Door)
_IN_SCOPE = "keepwell.door"


def entered(scope: Mapping[str, Any], door: Door) -> dict[str, Any]:
    """Return the scope of a connection that this door's socket took."""
    return {**scope, _IN_SCOPE: door}


def open_to(request: HttpRequest) -> frozenset[Door]:
    """Return whose pages are here: both sets, one of them, or none at a host of neither."""
    by_socket = request.META.get("asgi.scope", {}).get(_IN_SCOPE)
    if by_socket is not None:
        return frozenset({by_socket})
    if settings.KEEPWELL_PUBLIC_URL == settings.KEEPWELL_STAFF_URL:
        return BOTH
    return _by_host(request)


def _by_host(request: HttpRequest) -> frozenset[Door]:
    addresses = {
        Door.PATIENTS: settings.KEEPWELL_PUBLIC_URL,
        Door.STAFF: settings.KEEPWELL_STAFF_URL,
    }
    try:
        here = request.get_host().removesuffix(":443")
    except DisallowedHost:  # answered with 400, whose page asks too
        return frozenset()
    return frozenset(door for door, url in addresses.items() if urlsplit(url).netloc == here)
