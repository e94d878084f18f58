"""Sharing a part of the trail with a colleague, taking it back, and reading a shared one."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.mail.waiting import with_letter
from keepwell.office.permissions import OfficePermission
from keepwell.office.sharing import ShareForm
from keepwell.office.trail import actions, groups, queries
from keepwell.office.trail.filters import Filters
from keepwell.office.trail.views import PAGE_ENTRIES
from keepwell.safeguards.access.declarations import requires, signed_in
from keepwell.safeguards.access.members.queries import name_of
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.audit import queries as audit
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import moments, requests
from keepwell.shell.trail_lines import lines_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def share(request: HttpRequest) -> HttpResponse:
    """Ask with which colleague, for how long and why; list what is shared now."""
    viewer = viewer_of(request)
    filters = Filters.of(request.GET, requests.zone_of(request))
    may_share = queries.may_share(viewer)
    is_extract = may_share and 0 < actions.count_in(viewer, filters) <= actions.MOST_SHARED
    is_asked = is_extract or request.method == "POST"
    form = ShareForm.asked(request, viewer) if is_asked else None
    if form is not None and form.is_valid():
        actions.share(viewer, filters=filters, **form.given())
        messages.success(request, with_letter(_("Shared. Your colleague is told by mail.")))
        return redirect("office:share_trail")
    context = {
        "form": form,
        "may_share": may_share,
        "is_extract": is_extract,
        "narrowed": narrowed_by(viewer, filters),
        "back": f"{reverse('office:trail')}?{filters.asked}",
        "shares": _shared_now(viewer, requests.zone_of(request)),
    }
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "office/trail/share.html", context, status=status)


def _shared_now(viewer: Viewer, zone: ZoneInfo) -> list[dict[str, object]]:
    rows = queries.extracts_now(viewer)
    names = names_of({row.colleague for row in rows})
    return [
        {
            "id": row.pk,
            "name": names.get(row.colleague, ""),
            "expires": row.expires,
            "narrowed": narrowed_by(viewer, Filters.of(QueryDict(row.asked), zone)),
        }
        for row in rows
    ]


def narrowed_by(viewer: Viewer, filters: Filters) -> list[tuple[str, str]]:
    """Say what filters find in words: pairs of a field of the trail page and what stands in it."""
    words, parts = dict(groups.offered(filters.group)), dict(groups.apps())
    said = (
        (_("Id of a person or record"), " ".join(map(str, filters.search.about))),
        (_("Colleague"), name_of(viewer, filters.member) if filters.member else ""),
        (_("What happened"), str(words.get(filters.group, ""))),
        (_("Part of Keepwell"), str(parts.get(filters.app, ""))),
        (_("From day"), moments.day_of(filters.first) if filters.first else ""),
        (_("To day"), moments.day_of(filters.last) if filters.last else ""),
    )
    return [(label, text) for label, text in said if text]


@require_POST
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def take_back(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Take a shared part of the trail back at once."""
    actions.take_back(viewer_of(request), extract=extract_id)
    messages.success(request, _("Taken back. It cannot be read any more."))
    return redirect("office:share_trail")


@require_safe
@signed_in
def shared(request: HttpRequest, extract_id: UUID) -> HttpResponse:
    """Show what a colleague shared with this viewer, for as long as it is shared."""
    viewer = viewer_of(request)
    row = queries.one_shared(viewer, extract_id)
    filters = Filters.of(QueryDict(row.asked), requests.zone_of(request))
    before = places.number_in(request.GET.get("before", ""))
    ceiling = row.size if before is None else min(before, row.size)
    search = Search.of_kept(row.search)
    found = audit.page_of(
        viewer, search, ceiling, PAGE_ENTRIES, by=f"office.sharedextract {row.pk}"
    )
    context = {
        "share": row,
        "sharer": names_of({row.by}).get(row.by, "") if row.by else "",
        "narrowed": narrowed_by(viewer, filters),
        "lines": lines_of(viewer, found.entries),
        "is_first": before is None,
        "older": found.before,
        "shown": len(found.entries),
    }
    return render(request, "office/trail/shared.html", context)
