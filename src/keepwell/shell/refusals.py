"""What is offered where the role does not open something: asking for access, the emergency way.

The same offer stands on a page that is refused as a whole and beside what is sealed on a page.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.elevations.queries import askable, waiting_for
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests


@dataclass(frozen=True, slots=True)
class Offer:
    """One way on from a refusal."""

    words: Promise
    url: str
    kind: str
    icon: str


def offers_of(request: HttpRequest) -> list[Offer]:
    """Return the ways on from this refusal, for whoever was refused; none for a stranger."""
    viewer, needed = requests.viewer_of(request), getattr(request, "permission_needed", "")
    if viewer is None or not needed:
        return []
    asking = way_to_ask(viewer, needed)
    offers = [asking] if asking else []
    if needed in registry.emergency_permissions() and may(viewer, AccessPermission.EMERGENCY_BEGIN):
        began = _url(settings.KEEPWELL_EMERGENCY_ROUTE, {"next": request.get_full_path()})
        offers.append(Offer(_("It is an emergency"), began, "danger", "lock-open"))
    return [offer for offer in offers if offer.url]


def way_to_ask(viewer: Viewer, needed: str) -> Offer | None:
    """Return the way to what the role does not hold; None where asking could not help.

    While a request for it waits, the way leads to how it stands: nobody asks twice.
    """
    if needed not in askable(viewer):
        return None
    if waiting_for(viewer, needed) is not None:
        asked = _url(settings.KEEPWELL_ASKED_ROUTE, {})
        offer = Offer(_("You have asked for access: see how it stands"), asked, "quiet", "clock")
    else:
        asked = _url(settings.KEEPWELL_ASK_ROUTE, {"for": needed})
        offer = Offer(_("Ask for access"), asked, "", "key")
    return offer if offer.url else None


def way_by_emergency(viewer: Viewer, back: str) -> Offer | None:
    """Return the emergency way to what a list leaves out; None for who may not begin one."""
    if not may(viewer, AccessPermission.EMERGENCY_BEGIN):
        return None
    began = _url(settings.KEEPWELL_EMERGENCY_ROUTE, {"next": back})
    offer = Offer(_("It is an emergency: open the others"), began, "danger", "lock-open")
    return offer if began else None


def _url(route: str, asked: dict[str, str]) -> str:
    try:
        address = reverse(route)
    except NoReverseMatch:  # an installation without the pages of the office
        return ""
    return f"{address}?{urlencode(asked)}" if asked else address
