"""Pages over persons. Facts open as a whole, for a stated purpose; joining and erasing say why."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.permissions import OfficePermission
from keepwell.office.persons import pairs
from keepwell.office.persons.forms import FindForm, ReportForm
from keepwell.office.reasons import ReasonForm
from keepwell.office.sign_in import ways
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.purposes import Purpose, purpose_of
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.persons import actions, erasures, queries
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import FACTS, Person
from keepwell.safeguards.persons.outside import queries as outside
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.records.middleware import scope_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests
from keepwell.shell.trail_lines import lines_of, rows_of
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True)
class Erased:
    """Rows of one model that were erased, counted in words."""

    counted: str
    ids: tuple[UUID, ...]


AGAIN = "erase"
PAGE_ROWS = 25
_JUST_NOW = "now"  # the trail may need a moment for the entry of an act that has just ended
MOST_IDS = 40  # shown of one model; the certificate names all
SHOWN_OPENINGS = 20
SEEN_BY = (RecordsEvent.FIELDS_OPEN, PersonsEvent.REPORT_READ)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.LIST, purpose=Purpose.CARE)
@sensitive_variables()
@sensitive_post_parameters()
def page(request: HttpRequest) -> HttpResponse:
    """List persons, newest first, or those of one name, birth date or telephone number.

    Names are opened, recorded, and masked for whoever may not. Whom one looks for is posted.
    """
    viewer = viewer_of(request)
    before = places.id_in(request.GET.get("before", ""))
    may_open, may_report = may(viewer, PersonPermission.OPEN), may(viewer, PersonPermission.REPORT)
    form = FindForm(places.posted(request), is_by_name=may_open)
    is_asked, is_part = form.is_valid(), False
    if is_asked:
        looked = queries.persons_found(viewer, limit=PAGE_ROWS, **form.cleaned_data)
        found, is_part = looked.rows, looked.is_part
    elif form.is_bound:
        found = ()  # nobody is opened for a question that was not understood
    else:
        found = queries.persons_of(viewer, before=before, limit=PAGE_ROWS + 1)
    rows = found[:PAGE_ROWS]
    if may_open:
        scope_of(request).open(rows, "name", "born")
    context = {
        "rows": rows,
        "form": form,
        "is_asked": is_asked,
        "is_part": is_part,
        "may_add": may(viewer, PersonPermission.ADD),
        "may_open": may_open,
        "may_read_trail": may(viewer, OfficePermission.TRAIL_READ),
        "may_report": may_report,
        "is_first": before is None,
        "older": rows[-1].pk if len(found) > PAGE_ROWS and not is_asked else None,
        "now": clock.now(),
    }
    status = 422 if form.is_bound and not is_asked else 200
    return render(request, "office/persons/page.html", context, status=status)


@require_safe
@requires(PersonPermission.OPEN, purpose=Purpose.CARE)
@sensitive_variables()
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show one person: facts once the purpose is said (?for=), one timeline, who opened them."""
    viewer = viewer_of(request)
    whole = _whole_or_certificate(viewer, person_id)
    if isinstance(whole, HttpResponse):
        return whole
    this = next(row for row in whole if row.pk == person_id)
    purpose = purpose_of(request.GET.get("for", ""))
    matches = pairs.matches_of(viewer, this)
    if purpose is not None:
        request.access_purpose = purpose  # type: ignore[attr-defined]  # what the trail will say
        rows = [*whole, *(match.person for match in matches)]
        scope = scope_of(request)
        scope.open(rows, *FACTS)
        scope.record()  # so that the page lists its own opening
    ids = tuple(row.pk for row in whole)
    trail = queries.entries_about_whole(viewer, person_id, kinds=SEEN_BY, limit=SHOWN_OPENINGS)
    may_read_trail = may(viewer, OfficePermission.TRAIL_READ)
    route = "office:entry" if may_read_trail else ""
    lines = lines_of(viewer, trail.entries, entry_route=route)
    context = {
        "this": this,
        "sources": pairs.sources_of(viewer, whole),
        "matches": matches,
        "is_open": purpose is not None,
        "purposes": [(one.value, one.label) for one in Purpose],
        "purpose": purpose or Purpose.CARE,
        "records": registry.person_records(viewer, ids),
        "lines": lines,
        "about": " ".join(map(str, ids)),
        "may_read_trail": may_read_trail,
        "report_form": _report_form(request) if may(viewer, PersonPermission.REPORT) else None,
        "correctable": _correctable(viewer, ids),
        "may_export": may(viewer, PersonPermission.EXPORT),
        "may_join": may(viewer, PersonPermission.JOIN),
        "may_erase": may(viewer, PersonPermission.ERASE),
        "now": clock.now(),
    }
    return render(request, "office/persons/person.html", context)


def _whole_or_certificate(viewer: Viewer, person: UUID) -> tuple[Person, ...] | HttpResponse:
    """Return who is one with a person; of somebody erased lead whoever may erase to the proof."""
    try:
        return queries.whole_of(viewer, person)
    except OutOfReach:
        if may(viewer, PersonPermission.ERASE) and erasures.certificate_of(viewer, person):
            return redirect("office:erased_person", person)
        raise


def _correctable(viewer: Viewer, persons: Collection[UUID]) -> Collection[UUID]:
    """Return whose facts the viewer may put right: an emergency shows more of them."""
    may_change = may(viewer, PersonPermission.CHANGE)
    return queries.persons_reached(viewer, persons) if may_change else ()


def _report_form(request: HttpRequest) -> ReportForm:
    return ReportForm.asked(None, clock.now().astimezone(requests.zone_of(request)).date())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.JOIN, purpose=Purpose.CARE)
@sensitive_variables()
def join(request: HttpRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Join two persons of equal name and birth date, after looking at both sides."""
    viewer = viewer_of(request)
    this = queries.person_with(viewer, person_id)
    if this.pk != other_id and other_id in {one.pk for one in queries.whole_of(viewer, this.pk)}:
        return redirect("office:person", this.pk)
    match = pairs.match_with(viewer, this, other_id)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.join(viewer, person=match.root, into=this.pk, reason=reason)
        messages.success(request, _("The two are joined. You can undo it on this page."))
        return redirect("office:person", this.pk)
    scope_of(request).open([this, match.person], *FACTS)
    context = {"this": this, "other": match.person, "form": form, "now": clock.now()}
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/join.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.JOIN, purpose=Purpose.CARE)
def undo_join(request: HttpRequest, join_id: UUID) -> HttpResponse:
    """Part two persons again; the reason goes on the trail."""
    viewer = viewer_of(request)
    made = queries.join_with(viewer, join_id)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        actions.undo_join(viewer, join=made.pk, reason=form.cleaned_data["reason"])
        messages.success(request, _("The two are parted again. Nothing was lost."))
        return redirect("office:person", made.into_id)
    status = 422 if form.is_bound else 200
    return render(
        request, "office/persons/undo_join.html", {"form": form, "join": made}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.ERASE, purpose=Purpose.PERSON_REQUEST)
def erase(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Erase one person and every record about that person, after both steps again and why."""
    viewer = viewer_of(request)
    whole = _whole_or_certificate(viewer, person_id)
    if isinstance(whole, HttpResponse):
        return whole
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.path)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        actions.erase_person(viewer, person=person_id, reason=form.cleaned_data["reason"])
        messages.success(request, _("The person is erased. The trail keeps that it was done."))
        return redirect(f"{reverse('office:erased_person', args=[person_id])}?{_JUST_NOW}=1")
    context = {
        "this": next(row for row in whole if row.pk == person_id),
        "records": registry.person_records(viewer, (person_id,)),
        "others": len(whole) - 1,
        "told": outside.count_to_lose(viewer, person_id),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/erase.html", context, status=status)


@require_safe
@requires(PersonPermission.ERASE, purpose=Purpose.PERSON_REQUEST)
def erased(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show the certificate of an erasure; right after it the trail may take a moment."""
    viewer = viewer_of(request)
    found = erasures.certificate_of(viewer, person_id)
    if found is None and _JUST_NOW in request.GET:
        return render(request, "office/persons/erasing.html", {"person_id": person_id})
    if found is None:
        raise OutOfReach
    context = {
        "certificate": found,
        "what": [Erased(rows_of(one), one.ids[:MOST_IDS]) for one in found.subjects],
        "may_read_trail": may(viewer, OfficePermission.TRAIL_READ),
        "may_report": may(viewer, PersonPermission.REPORT),
    }
    return render(request, "office/persons/erased.html", context)


@require_safe
@requires(PersonPermission.ERASE, purpose=Purpose.PERSON_REQUEST)
def certificate(request: HttpRequest, person_id: UUID, form: str) -> HttpResponse:
    """Give the certificate as a file, for whoever asked for the erasure or audits it."""
    found = erasures.certificate_of(viewer_of(request), person_id)
    if found is None:
        raise OutOfReach
    body = found.as_json() if form == "json" else found.as_text()
    kind = "application/json" if form == "json" else "text/plain; charset=utf-8"
    response = HttpResponse(f"{body}\n", content_type=kind)
    name = f"erasure-{person_id}.{'json' if form == 'json' else 'txt'}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
