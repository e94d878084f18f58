"""What a page that the role does not open offers instead: asking for access, the emergency way."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.elevations.queries import askable
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
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
    offers = []
    if needed in askable(viewer):
        asked = _url(settings.KEEPWELL_ASK_ROUTE, {"for": needed})
        offers.append(Offer(_("Ask for access"), asked, "", "key"))
    if needed in registry.emergency_permissions() and may(viewer, AccessPermission.EMERGENCY_BEGIN):
        began = _url(settings.KEEPWELL_EMERGENCY_ROUTE, {"next": request.get_full_path()})
        offers.append(Offer(_("It is an emergency"), began, "danger", "lock-open"))
    return [offer for offer in offers if offer.url]


def _url(route: str, asked: dict[str, str]) -> str:
    try:
        return f"{reverse(route)}?{urlencode(asked)}"
    except NoReverseMatch:  # an installation without the pages of the office
        return ""
