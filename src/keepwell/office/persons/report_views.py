"""Who opened this person's data: the page that asks for a span, and the report to print."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.permissions import OfficePermission
from keepwell.office.persons import handed_lines, openings
from keepwell.office.persons.forms import ReportForm
from keepwell.office.trail import facts
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.persons import queries, reports
from keepwell.safeguards.persons.handed.queries import is_kept
from keepwell.safeguards.persons.models import SharedReport
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.reports import Report
from keepwell.safeguards.persons.shares.queries import shares_of
from keepwell.safeguards.records.middleware import scope_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests
from keepwell.shell.trail_lines import purpose_of
from keepwell.toolkit import clock


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
def ask(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask for which days and why; the order goes on the trail, and the report is found by it."""
    viewer, zone = viewer_of(request), requests.zone_of(request)
    is_kept = reports.is_known(viewer, person_id)
    form = ReportForm.asked(places.posted(request), clock.now().astimezone(zone).date())
    if form.is_valid():
        given = form.cleaned_data
        asked = replace(viewer, purpose=given["purpose"])
        said, once = form.span(zone), given["once"]
        ordered = reports.order(asked, person=person_id, reason=given["reason"], once=once, **said)
        return redirect("office:report", person_id, ordered)
    context = {
        "form": form,
        "person_id": person_id,
        "is_kept": is_kept,
        "may_open": is_kept and may(viewer, PersonPermission.OPEN),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/ask_report.html", context, status=status)


@require_safe
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
@sensitive_variables()
def report(request: HttpRequest, person_id: UUID, report_id: UUID) -> HttpResponse:
    """Show a report that was ordered; who the person is, only to roles that may open it."""
    found = reports.report_of(viewer_of(request), person=person_id, ordered=report_id)
    return shown(request, person_id, found)


def shown(
    request: HttpRequest, person_id: UUID, found: Report, share: SharedReport | None = None
) -> HttpResponse:
    """Show a report to whoever was found to hold it; `share` says by which share, if by one."""
    viewer, zone = viewer_of(request), requests.zone_of(request)
    order = found.order
    request.access_purpose = order.said.purpose  # type: ignore[attr-defined]  # of opening the name
    may_open = may(viewer, PersonPermission.OPEN)
    rows = queries.persons_among(viewer, order.persons) if may_open else ()
    scope_of(request).open(rows, "name", "born")
    context = {
        **openings.said_of(viewer, found, zone),
        "person_id": person_id,
        "rows": rows,
        "may_open": may_open,
        "maker": _name_of(order.said.actor),
        "role": facts.role_of(order.said),
        "purpose": purpose_of(order.said),
        "may_read_trail": may(viewer, OfficePermission.TRAIL_READ),
        "share": share,
        "sharer": _name_of(share.by) if share else "",
        "shares": [] if share else _told(viewer, report_id=order.entry.id),
        "handed": [] if share else handed_lines.lines_of(viewer, order.entry.id),
        "is_kept": is_kept(viewer, person_id),
    }
    return render(request, "office/persons/report.html", context)


def _told(viewer: Viewer, *, report_id: UUID) -> list[dict[str, object]]:
    found = shares_of(viewer, report_id)
    names = names_of([one.colleague for one in found])
    former = _("A former member")
    return [
        {"id": one.pk, "name": names.get(one.colleague, former), "expires": one.expires}
        for one in found
    ]


def _name_of(account: UUID | None) -> str:
    return names_of([account]).get(account, "") if account else ""
