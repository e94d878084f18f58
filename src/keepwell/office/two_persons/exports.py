"""An export of much of the trail: proposed with its filters, and handed out once."""

from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office import places
from keepwell.office.permissions import OfficePermission
from keepwell.office.reasons import ReasonForm
from keepwell.office.sign_in import ways
from keepwell.office.trail import groups
from keepwell.office.trail import views as trail
from keepwell.office.trail.filters import Filters
from keepwell.office.two_persons import actions
from keepwell.office.two_persons.acts import EXPORT_TRAIL
from keepwell.office.two_persons.views import AGAIN
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.proposals import actions as proposals
from keepwell.safeguards.access.proposals import queries
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.audit import tables
from keepwell.shell import requests


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an export, after both steps again; a colleague confirms it."""
    if request.GET.get("form", "") not in tables.FORMS or not _is_understood(request):
        raise Http404
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.get_full_path())
    viewer, form = viewer_of(request), ReasonForm(places.posted(request))
    if form.is_valid():
        about = _about(request)
        reason = form.cleaned_data["reason"]
        row = actions.propose(viewer, act=EXPORT_TRAIL, about=about, reason=reason)
        return redirect("office:proposal", row.pk)
    others = queries.others_of(viewer, EXPORT_TRAIL, proposer=viewer.actor)
    context = {"form": form, "most": trail.MOST_ALONE, "others": len(others)}
    status = 422 if form.is_bound else 200
    return render(request, "office/two_persons/propose.html", context, status=status)


@require_POST
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def export(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Hand out what was confirmed, once, exactly as it was proposed."""
    viewer = viewer_of(request)
    queries.one(viewer, proposal_id)
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, reverse("office:proposal", args=[proposal_id]))
    row = proposals.use_up(viewer, act=EXPORT_TRAIL, proposal=proposal_id)
    filters = Filters.of(_asked(row.about), requests.zone_of(request))
    return trail.file_of(viewer, filters, row.about["form"])


def _is_understood(request: HttpRequest) -> bool:
    """Tell whether the search means what was typed: everything would be the wrong answer."""
    filters = Filters.of(request.GET, requests.zone_of(request))
    is_kind = not filters.group or groups.is_group(filters.group)
    is_part = not filters.app or groups.is_app(filters.app)
    return not filters.is_about_wrong and is_kind and is_part


def _about(request: HttpRequest) -> dict[str, str]:
    """Return what is asked for in ids, codes and days."""
    filters = Filters.of(request.GET, requests.zone_of(request))
    return {"form": request.GET.get("form", ""), **dict(parse_qsl(filters.asked))}


def _asked(about: Mapping[str, str]) -> QueryDict:
    asked = QueryDict(mutable=True)
    asked.update(dict(about))
    return asked
