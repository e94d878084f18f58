"""Alerts: the list, open ones first, and one with what happened and a note to settle it."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.alerts import words
from keepwell.office.alerts.forms import NoteForm
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.monitoring import actions, queries
from keepwell.safeguards.monitoring.permissions import MonitoringPermission
from keepwell.safeguards.monitoring.rules import RULES
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.trail_lines import lines_of

if TYPE_CHECKING:
    from keepwell.safeguards.monitoring.models import Alert

LIST = "office:alerts"


@require_safe
@requires(MonitoringPermission.ALERT_READ, purpose=Purpose.OVERSIGHT)
def page(request: HttpRequest) -> HttpResponse:
    """List the open alerts, then those that somebody has acknowledged, in pages (?after=)."""
    viewer = viewer_of(request)
    part = queries.acknowledged_in(viewer, after=places.id_in(request.GET.get("after", "")))
    told = words.told(viewer, [*queries.open_ones(viewer), *part.rows])
    context = {
        "open": [row for row in told if row.acknowledged is None],
        "acknowledged": [row for row in told if row.acknowledged is not None],
        "part": part,
        "heard": words.heard_by(viewer),
        "rules": RULES,
    }
    return render(request, "office/alerts/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MonitoringPermission.ALERT_READ, purpose=Purpose.OVERSIGHT)
def one(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Show one alert with its entries on the trail, and take the note that settles it."""
    viewer = viewer_of(request)
    row = queries.one(viewer, alert_id)
    form = NoteForm(places.posted(request))
    if form.is_valid():
        actions.acknowledge(viewer, alert=row.pk, note=form.cleaned_data["reason"])
        messages.success(request, _("Acknowledged. Your note is on the trail."))
        return redirect(LIST)
    context = {
        "row": words.told(viewer, [row])[0],
        "form": form,
        "may_acknowledge": queries.may_acknowledge(viewer, row),
        "is_own": queries.is_own(viewer, row),
        **_on_trail(viewer, row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/alerts/one.html", context, status=status)


def _on_trail(viewer: Viewer, row: "Alert") -> dict[str, object]:
    """Return the alert's entries and note, for those who read the trail; that is recorded."""
    if not may(viewer, OfficePermission.TRAIL_READ):
        return {"lines": [], "note": "", "new": ""}
    entries = queries.entries_of(viewer, row)
    return {
        "lines": lines_of(viewer, entries, entry_route="office:entry"),
        "new": words.new(queries.new_with(viewer, row, entries)),
        "note": "" if row.is_open else queries.note_of(viewer, row),
    }
