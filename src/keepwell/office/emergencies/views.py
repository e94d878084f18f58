"""Emergency access: the list, beginning, ending, and an officer's review afterwards."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.emergencies import actions, forms, words
from keepwell.office.emergencies.elsewhere import opened_elsewhere
from keepwell.office.mail import waiting
from keepwell.office.permissions import OfficePermission
from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.emergencies import queries
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.officers.queries import roster_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.raising import Finding
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.audit.payloads import EMERGENCY
from keepwell.safeguards.audit.queries import Page, page_of
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.trail_lines import lines_of

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import EmergencyAccess

LIST, AGAIN = "office:emergencies", "emergency"
ENTRIES = 200  # of the trail, on one page
LATE = timedelta(minutes=5)  # an answer that was begun in time may be written down after it


@require_safe
@requires(AccessPermission.OFFICER_SERVE, purpose=Purpose.OVERSIGHT)
def page(request: HttpRequest) -> HttpResponse:
    """List those that wait for a review, those that were judged (?after=), and offer to begin."""
    return _page(request, forms.MinutesForm(initial=_minutes(viewer_of(request))))


def _page(request: HttpRequest, form: forms.MinutesForm, status: int = 200) -> HttpResponse:
    viewer = viewer_of(request)
    waiting = queries.unreviewed(viewer)
    part = queries.reviewed_in(viewer, after=places.id_in(request.GET.get("after", "")))
    names = names_of({row.reviewed_by for row in part.rows if row.reviewed_by})
    officers = roster_of(viewer)
    context = {
        "waiting": [words.Told.of(viewer, row, names, officers) for row in waiting],
        "reviewed": [words.Told.of(viewer, row, names, officers) for row in part.rows],
        "part": part,
        "form": form,
        "minutes": queries.minutes_of(viewer),
        "may_begin": _may_begin(viewer),
        "may_set": may(viewer, AccessPermission.EMERGENCY_SET),
    }
    return render(request, "office/emergencies/page.html", context, status=status)


def _may_begin(viewer: Viewer) -> bool:
    may_begin = may(viewer, AccessPermission.EMERGENCY_BEGIN) and queries.opens_more(viewer)
    return may_begin and viewer.emergency is None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.EMERGENCY_BEGIN)
def begin(request: HttpRequest) -> HttpResponse:
    """Break the glass: both steps again, a reason, and from then on it is on every page."""
    viewer = viewer_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = ways.safe_next(asked.get(ways.NEXT, ""))
    if viewer.emergency is not None or not queries.opens_more(viewer):
        return redirect(wanted or ways.home())  # what can be opened opens already
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.get_full_path())
    form = forms.BeginForm(places.posted(request))
    if form.is_valid():
        actions.begin(viewer, reason=form.cleaned_data["reason"])
        said = _("Emergency access is on. The officers are told.")
        messages.warning(request, waiting.with_letter(said))
        return redirect(wanted or ways.home())
    context = {
        "form": form,
        "next": wanted,
        "minutes": queries.minutes_of(viewer),
        "is_of_some": viewer.locations is not None,
        "letters_wait": waiting.sentence(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/emergencies/begin.html", context, status=status)


@require_POST
@requires(AccessPermission.EMERGENCY_BEGIN)
def end(request: HttpRequest) -> HttpResponse:
    """End one's own emergency access; the way back leads where nothing of it is needed."""
    emergencies.end_own(viewer_of(request))
    messages.success(request, _("Emergency access is ended. An officer reviews it."))
    return redirect(ways.home())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.OFFICER_SERVE, purpose=Purpose.OVERSIGHT)
def one(request: HttpRequest, emergency_id: UUID) -> HttpResponse:
    """Show everything that happened in one, and take an officer's finding."""
    viewer = viewer_of(request)
    row = queries.one(viewer, emergency_id)
    form = forms.FindingForm(places.posted(request))
    if form.is_valid():
        finding, note = Finding(form.cleaned_data["finding"]), form.cleaned_data["reason"]
        emergencies.review(viewer, emergency=row.pk, finding=finding, note=note)
        messages.success(request, _("Your finding is written down."))
        return redirect("office:emergency", row.pk)
    names = names_of([row.reviewed_by] if row.reviewed_by else [])
    context = {
        "row": words.Told.of(viewer, row, names, roster_of(viewer)),
        "form": form,
        **_happened(request, row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/emergencies/one.html", context, status=status)


def _happened(request: HttpRequest, row: "EmergencyAccess") -> dict[str, object]:
    """Tell what the person did meanwhile, and why it was begun; reading it is on the trail."""
    viewer, before = viewer_of(request), places.number_in(request.GET.get("before", ""))
    found = _entries(viewer, row, before)
    mine = [one for one in found.entries if one.payload and _is_of(row, one.payload.detail)]
    begun = [one.payload for one in mine if one.kind == AccessKind.EMERGENCY_BEGIN]
    route = "office:entry" if may(viewer, OfficePermission.TRAIL_READ) else ""
    return {
        "lines": lines_of(viewer, mine, entry_route=route),
        "shown": len(mine),
        "elsewhere": opened_elsewhere(viewer, row, _over(row)),
        "reason": next((payload.reason for payload in begun if payload), ""),
        "is_first": before is None,
        "older": found.before,
    }


def _entries(viewer: Viewer, row: "EmergencyAccess", before: int | None) -> Page:
    asked = Search(actor=row.membership.user_id, since=row.begun, until=_over(row))
    return page_of(viewer, asked, before, ENTRIES)


def _over(row: "EmergencyAccess") -> datetime:
    return (row.ended or row.until) + LATE


def _is_of(row: "EmergencyAccess", detail: object) -> bool:
    return isinstance(detail, dict) and detail.get(EMERGENCY) == str(row.pk)


@require_POST
@requires(AccessPermission.OFFICER_SERVE)
def end_of(request: HttpRequest, emergency_id: UUID) -> HttpResponse:
    """End a colleague's emergency access now."""
    emergencies.end_of(viewer_of(request), emergency=emergency_id)
    messages.success(request, _("Emergency access is ended, from the next click on."))
    return redirect("office:emergency", emergency_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.EMERGENCY_SET)
def minutes(request: HttpRequest) -> HttpResponse:
    """Say how long emergency access lasts, after both steps again."""
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, reverse("office:emergency_minutes"))
    viewer = viewer_of(request)
    form = forms.MinutesForm(places.posted(request), initial=_minutes(viewer))
    if form.is_valid():
        emergencies.set_minutes(viewer, **form.cleaned_data)
        messages.success(request, _("Written down. It counts from the next time on."))
        return redirect(LIST)
    status = 422 if form.is_bound else 200
    return render(request, "office/emergencies/minutes.html", {"form": form}, status=status)


def _minutes(viewer: Viewer) -> dict[str, int]:
    return {"minutes": queries.minutes_of(viewer)}
