"""The trail page, the page of one entry with its proof, and a check of the whole trail."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from keepwell.office import places
from keepwell.office.permissions import OfficePermission
from keepwell.office.sign_in import ways
from keepwell.office.trail import actions, chart, facts, findings, groups
from keepwell.office.trail import queries as saved_views
from keepwell.office.trail.actions import MOST_EXPORTED
from keepwell.office.trail.filters import Filters
from keepwell.office.trail.forms import SaveViewForm
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.members.queries import everybody_of, name_of
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.audit import proofs, queries, tables, verifier
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.queries import TrailEntry, TrailState
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests
from keepwell.shell.trail_lines import (
    lines_of,
    outcome_of,
    purpose_of,
    unreadable_words,
)
from keepwell.toolkit import clock

AGAIN = "trail-export"
PAGE_ENTRIES = 40  # neighbours that belong together fold
MOST_OFFERED = 100  # colleagues to choose from; of more, one is looked for on their own page
MOST_ALONE = 1_000  # entries that one person may take in files within a day
MOST_BYTES = 16 * 2**20  # of the file; what is older is left to a narrower search
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
LARGEST_INDEX = 2**63 - 1  # that a log can hold


@require_safe
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def page(request: HttpRequest) -> HttpResponse:
    """Show entries, newest first, narrowed by `Filters`; that they were read is one."""
    viewer, zone, asked = viewer_of(request), requests.zone_of(request), request.GET
    filters = Filters.of(asked, zone)
    before = places.number_in(asked.get("before", ""))
    found = queries.page_of(viewer, filters.search, before, PAGE_ENTRIES)
    context = {
        "filters": filters,
        "members": everybody_of(viewer, most=MOST_OFFERED),
        "member": name_of(viewer, filters.member) if filters.member else "",
        "may_find_persons": may(viewer, PersonPermission.LIST),
        "saved_views": saved_views.views_of(viewer),
        "may_share": saved_views.may_share(viewer),
        "has_shared": saved_views.has_extracts_now(viewer),
        "view_form": SaveViewForm(),
        "groups": groups.offered(filters.group),
        "apps": groups.apps(),
        "is_first": before is None,
        "older": found.before,
        "shown": len(found.entries),
        "lines": lines_of(viewer, found.entries, entry_route="office:entry"),
        "today": chart.today(viewer, zone),
        **_state(queries.state(viewer)),
    }
    return render(request, "office/trail/page.html", context)


@require_safe
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def export(request: HttpRequest) -> HttpResponse:
    """Hand out what the filters find as a file, after both steps again (ASVS 7.5.3).

    Much of it takes two persons (ASVS 2.3.5). The way back leads to the page that the export was
    asked from, and not to the file: a browser that is sent to a download stays where it is.
    """
    viewer, asked = viewer_of(request), request.GET
    form = asked.get("form", "")
    if form not in tables.FORMS:
        raise Http404
    filters = Filters.of(asked, requests.zone_of(request))
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, _asked_on(asked))
    found = actions.export_alone(viewer, filters=filters, form=form, most=MOST_ALONE)
    if found is None:
        return redirect(f"{reverse('office:propose_export')}?{asked.urlencode()}")
    return _file(found, form)


def _asked_on(asked: QueryDict) -> str:
    """Return the page of the trail with the same fields filled in."""
    kept = asked.copy()
    kept.pop("form", None)
    return f"{reverse('office:trail')}?{kept.urlencode()}"


def file_of(viewer: Viewer, filters: Filters, form: str) -> HttpResponse:
    """Return what two persons agreed on as a file; that it is exported is on the trail first."""
    return _file(queries.exported(viewer, filters.search, form, most=MOST_EXPORTED), form)


def _file(found: Iterator[TrailEntry], form: str) -> HttpResponse:
    body, is_whole = tables.part_of(tables.FORMS[form](found), MOST_BYTES)  # views never stream
    answer = HttpResponse(body, content_type=TYPES[form])
    name = f"trail-{clock.now():%Y-%m-%d}{'' if is_whole else '-newest-part'}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the page was narrowed by under a name; only what filters understand is kept."""
    form = SaveViewForm(request.POST)
    is_valid = form.is_valid()
    sent = QueryDict(form.cleaned_data.get("asked", ""))
    asked = Filters.of(sent, requests.zone_of(request)).asked
    if is_valid:
        actions.save_view(viewer_of(request), name=form.cleaned_data["name"], asked=asked)
        messages.success(request, _("Saved. The view stands above the fields from now on."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect(f"{reverse('office:trail')}?{asked}")


@require_POST
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def remove_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Take one of the viewer's own views away."""
    actions.remove_view(viewer_of(request), view=view_id)
    messages.success(request, _("The view is removed. Nothing on the trail was changed."))
    return redirect("office:trail")


def _state(state: TrailState) -> dict[str, object]:
    finding = findings.sentence_of(state.finding) if state.finding else ""
    standing = {None: "waiting", True: "proven", False: "broken"}[state.whole]
    return {"state": state, "standing": standing, "finding": finding}


@require_POST
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def check(request: HttpRequest) -> HttpResponse:
    """Check the trail from its first entry to its signed head, now."""
    report = verifier.verify(viewer_of(request).organisation)
    if report.finding is None:
        words = ngettext(
            "Checked: %(count)s entry, which is as it was signed.",
            "Checked: %(count)s entries, each as it was signed.",
            report.size,
        ) % {"count": report.size}
        messages.success(request, words)
    else:
        messages.error(request, findings.sentence_of(report.finding))
    return redirect("office:trail")


@require_safe
@requires(OfficePermission.TRAIL_READ, purpose=Purpose.OVERSIGHT)
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show everything one entry says, and the proof that it stands in the signed log."""
    viewer = viewer_of(request)
    if index > LARGEST_INDEX:
        raise EntryMissing
    found = queries.entry(viewer, index)
    payload = found.payload
    context = {
        "entry": found,
        "line": lines_of(viewer, [found])[0],
        "payload": payload,
        "proof": proofs.proof_of(viewer.organisation, index),
        "lost": "" if payload else unreadable_words(found.content),
        "is_known_kind": groups.is_group(found.kind),
    }
    if payload is not None:
        context |= {
            "what": facts.what_of(viewer, payload),
            "role": facts.role_of(payload),
            "purpose": purpose_of(payload),
            "outcome": outcome_of(payload),
            "details": list(facts.details_of(payload)),
        }
    return render(request, "office/trail/entry.html", context)
