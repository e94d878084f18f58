"""Pages for those who read what arrives: the inbox, one submission, its files."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from keepwell.products.forms import inbox_lines, summaries, tokens
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries import inbox
from keepwell.products.forms.queries.files import content_of
from keepwell.products.forms.queries.reserved import keeps_any_from
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.purposes import Purpose, purpose_of
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.consent.acknowledgements.lines import version_words
from keepwell.safeguards.consent.acknowledgements.queries import sent_with
from keepwell.safeguards.consent.acknowledgements.saying import reason
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.middleware import scope_of
from keepwell.shell import requests
from keepwell.shell.trail_lines import lines_of
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import read_id

_SHOWN_OPENINGS = 20


def _purpose_said(request: HttpRequest) -> Purpose | None:
    """Return the reason that the address gives (?for=), and open for it; None if it gives none."""
    purpose = purpose_of(request.GET.get("for", ""))
    if purpose is not None:
        request.access_purpose = purpose.value  # type: ignore[attr-defined]
    return purpose


@require_safe
@requires(FormsPermission.SUBMISSION_LIST, purpose=Purpose.CARE)
@sensitive_variables()
def page(request: HttpRequest) -> HttpResponse:
    """Show a page of the inbox; names are opened, recorded, and masked for whoever may not."""
    viewer = viewer_of(request)
    form_id = read_id(request.GET.get("form", ""))
    reference = tokens.read_reference(request.GET.get("reference", "")[:40])
    before = read_id(request.GET.get("before", ""))
    found = inbox.page_of_inbox(viewer, form_id=form_id, reference=reference, before=before)
    may_open = may(viewer, FormsPermission.SUBMISSION_OPEN)
    if may_open:
        scope_of(request).open(found.rows, "brief")
    lines = [inbox_lines.line_of(row, is_open=may_open) for row in found.rows]
    context = {
        "lines": lines,
        "opened": sum(1 for line in lines if line.is_open),
        "may_open": may_open,
        "forms": inbox_lines.labels_of(found.forms, requests.zone_of(request)),
        "form_id": form_id,
        "reference": reference,
        "is_first": before is None,
        "older": found.older,
        "is_any_kept": keeps_any_from(viewer),
        "now": clock.now(),
    }
    return render(request, "forms/staff/inbox.html", context)


@require_safe
@requires(FormsPermission.SUBMISSION_OPEN, purpose=Purpose.CARE)
@sensitive_variables()
def submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show one submission: sealed at first; opened as a whole once the reason is said (?for=)."""
    viewer = viewer_of(request)
    row = inbox.submission_with(viewer, submission_id)
    purpose = _purpose_said(request)
    is_open = purpose is not None
    files = inbox.files_of(viewer, row)
    noticed = sent_with(viewer, row.pk)
    may_see_person = may(viewer, PersonPermission.OPEN)
    name = ""
    sections: list[Any] = [*summaries.sealed_sections(row)]
    if is_open:
        scope = scope_of(request)
        scope.open([row], "answers")
        scope.open(files, "name")
        scope.open([noticed] if noticed and may_see_person else [], "why")
        scope.record()  # so that the page lists its own opening
        sections = [*summaries.opened_sections(row)]
        name = summaries.name_in(row)
    newer, older = inbox.neighbours_of(viewer, row)
    trail = page_of_entries(viewer, about=row.pk, limit=_SHOWN_OPENINGS)
    context = {
        "row": row,
        "name": name,
        "sections": sections,
        "is_open": is_open,
        "files": files,
        "noticed": noticed,
        "noticed_words": version_words(noticed) if noticed else "",
        "why_not": _why_not(noticed) if is_open and may_see_person else "",
        "purposes": [(one.value, one.label) for one in Purpose],
        "purpose": purpose or Purpose.CARE,
        "lines": lines_of(viewer, trail.entries),
        "newer": newer,
        "older": older,
        "may_see_person": may_see_person,
        "now": clock.now(),
    }
    return render(request, "forms/staff/submission.html", context)


def _why_not(noticed: Any) -> str:
    """Say why the notice was not acknowledged, once it is opened; nothing where it was."""
    return reason(noticed.why.open()) if noticed and noticed.why is not None else ""


@require_safe
@requires(FormsPermission.SUBMISSION_OPEN, purpose=Purpose.CARE)
@sensitive_variables()
def file(request: HttpRequest, submission_id: UUID, file_id: UUID) -> HttpResponse:
    """Hand out a file as a download that no browser runs; on the trail before a byte leaves.

    For the reason that was said when the submission was opened (?for=); without one, ask there.
    """
    found = inbox.file_with(viewer_of(request), submission_id, file_id)
    if _purpose_said(request) is None:
        return redirect("forms:submission", submission_id)
    scope = scope_of(request)
    scope.open([found], "name")
    response = HttpResponse(content_of(scope, found), content_type=found.media_type)
    response.headers["Content-Disposition"] = inbox_lines.disposition(found.name.open())
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; frame-ancestors 'none'"
    )
    return response
