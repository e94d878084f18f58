"""How the safeguards stand, for whoever answers for them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from keepwell.office.permissions import OfficePermission
from keepwell.office.safeguards import queries
from keepwell.office.safeguards.queries import Told
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.manifest import Standing
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.queries import menu_for
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

CHIPS: dict[Standing, tuple[str | Promise, str, str]] = {
    Standing.BROKEN: (_("Needs you"), "danger", "error"),
    Standing.OFF: (_("Off"), "warning", "close"),
    Standing.ON: (_("On"), "success", "check"),
    Standing.UNDER_WAY: (_("Not complete"), "warning", "wait"),
    Standing.UNKNOWN: (_("Not known"), "info", "info"),
}


@require_safe
@requires(OfficePermission.SAFEGUARDS_READ, purpose=Purpose.OVERSIGHT)
def page(request: HttpRequest) -> HttpResponse:
    """Show every safeguard: how it stands, since when, why, and where it is changed."""
    viewer = viewer_of(request)
    told = queries.with_changes(viewer, queries.safeguards_of(viewer))
    lines = [(one, *CHIPS[one.found.standing], _url(viewer, one)) for one in told]
    return render(request, "office/safeguards/page.html", {"lines": lines, "now": clock.now()})


def _url(viewer: Viewer, told: Told) -> str:
    """Return where a line leads, for those who have it in their menu."""
    route = told.safeguard.route
    if route not in {item.route for item in menu_for(viewer)}:
        return ""
    try:
        return reverse(route)
    except NoReverseMatch:  # a room that is switched off has no routes
        return ""
