"""Everything about one person as a file for that person: ask why, then PDF and JSON for an hour."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.persons import bundles, pdf
from keepwell.office.persons.forms import ExportForm
from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.persons import exports, queries
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.middleware import scope_of

AGAIN = "export"
TYPES = {"json": "application/fhir+json; charset=utf-8", "pdf": "application/pdf"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.EXPORT, purpose=Purpose.PERSON_REQUEST)
def ask(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask why everything about a person is exported, after both steps again (ASVS 7.5.3)."""
    viewer = viewer_of(request)
    whole = queries.whole_of(viewer, person_id)
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.path)
    form = ExportForm(places.posted(request))
    if form.is_valid():
        made = exports.order(viewer, person=person_id, **form.cleaned_data)
        return redirect("office:exported_person", person_id, made)
    context = {"form": form, "person_id": person_id, "sources": len(whole)}
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/export.html", context, status=status)


@require_safe
@requires(PersonPermission.EXPORT, purpose=Purpose.PERSON_REQUEST)
def exported(request: HttpRequest, person_id: UUID, order_id: UUID) -> HttpResponse:
    """Offer the files; nothing is opened before one is fetched."""
    export = exports.export_with(viewer_of(request), person=person_id, order=order_id)
    context = {
        "export": export,
        "person_id": person_id,
        "can_draw": pdf.is_available(),
        "needed": pdf.NEEDED,
    }
    return render(request, "office/persons/exported.html", context)


@require_safe
@requires(PersonPermission.EXPORT, purpose=Purpose.PERSON_REQUEST)
@sensitive_variables()
def file(request: HttpRequest, person_id: UUID, order_id: UUID, form: str) -> HttpResponse:
    """Hand out everything as a file; all that is in it is on the trail before a byte leaves."""
    viewer = viewer_of(request)
    export = exports.export_with(viewer, person=person_id, order=order_id)
    if form == "pdf" and not pdf.is_available():
        raise Http404
    contents = bundles.contents_of(viewer, export, scope_of(request))
    made = _drawn(request, export, contents) if form == "pdf" else bundles.as_json(export, contents)
    response = HttpResponse(made, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="person-{person_id}.{form}"'
    return response


def _drawn(request: HttpRequest, export: exports.Export, contents: bundles.Contents) -> bytes:
    context = {"export": export, "contents": contents}
    page = render_to_string("office/persons/export_pdf.html", context, request=request)
    style = render_to_string("office/persons/export.css")
    return pdf.drawn(page, style, contents.carried)
