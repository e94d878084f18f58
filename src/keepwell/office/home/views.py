"""The first page after sign-in."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keepwell.office.permissions import OfficePermission
from keepwell.office.trail import chart
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.declarations import signed_in
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import sign_in_of, viewer_of
from keepwell.safeguards.audit import activity
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests
from keepwell.toolkit import clock


@require_safe
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Show what waits for this viewer, the first steps while some are open, and how things are."""
    viewer, zone = viewer_of(request), requests.zone_of(request)
    steps = registry.first_steps(viewer)
    may_read = may(viewer, OfficePermission.TRAIL_READ)
    context = {
        "greeting": greeting(clock.now(), zone, sign_in_of(request).user),
        "date": date_words(clock.now(), zone),
        "waiting": registry.home_lines(viewer),
        "steps": steps if not all(step.is_done for step in steps) else (),
        "done": sum(step.is_done for step in steps),
        "today": chart.today(viewer, zone) if may_read else None,
        "last_sign_in": _last_sign_in(viewer),
        "session": sign_in_of(request).record,
    }
    return render(request, "office/home/page.html", context)


def greeting(moment: datetime, zone: ZoneInfo, user: object) -> str:
    """Greet by the hour of the organisation, with the first name."""
    words = str(getattr(user, "name", "")).split()
    hour = moment.astimezone(zone).hour
    if hour < 12:
        said = _("Good morning, %(name)s")
    elif hour < 18:
        said = _("Good afternoon, %(name)s")
    else:
        said = _("Good evening, %(name)s")
    return said % {"name": words[0] if words else ""}


def date_words(moment: datetime, zone: ZoneInfo) -> str:
    """Say which day it is at the organisation."""
    local = moment.astimezone(zone)
    parts = {"weekday": date_format(local, "l"), "date": date_format(local, "MONTH_DAY_FORMAT")}
    return _("%(weekday)s, %(date)s.") % parts


def _last_sign_in(viewer: Viewer) -> datetime | None:
    """Return when this account signed in before the present session."""
    found = activity.own_moments(viewer, [IdentityKind.SESSION_BEGIN], limit=2)
    return found[1] if len(found) > 1 else None
