"""Pages of authors: the list of forms, upload, preview, publish."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.products.forms.actions import authoring
from keepwell.products.forms.definition import DefinitionRefused
from keepwell.products.forms.definition.documents import MAX_BYTES
from keepwell.products.forms.errors import NothingToPublish
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.publishing import PublishForm
from keepwell.products.forms.queries.authoring import FormWhole, form_with, forms_of
from keepwell.products.forms.queries.reserved import kept_of
from keepwell.products.forms.versions import compiled_working, marks_of
from keepwell.products.forms.views.locations import where_is
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.consent.notices.queries import has_notice
from keepwell.shell import public_address
from keepwell.shell.once import once_of


@require_safe
@requires(FormsPermission.FORM_READ)
def forms(request: HttpRequest) -> HttpResponse:
    """List the organisation's forms."""
    viewer = viewer_of(request)
    context = {
        "lines": forms_of(viewer),
        "may_publish": may(viewer, FormsPermission.FORM_PUBLISH),
    }
    return render(request, "forms/staff/forms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(FormsPermission.FORM_PUBLISH)
def upload(request: HttpRequest, form_id: UUID | None = None) -> HttpResponse:
    """Take a FHIR R4 Questionnaire as a new form, or as the next version of one."""
    viewer = viewer_of(request)
    whole = form_with(viewer, form_id) if form_id else None
    context: dict[str, Any] = {
        "whole": whole,
        "findings": (),
        "error": "",
        "megabytes": MAX_BYTES // 2**20,
    }
    if request.method == "POST":
        file = request.FILES.get("definition")
        if file is None:
            context["error"] = _("Choose a file first.")
        else:
            try:
                raw, once = file.read(), once_of(request)
                form = authoring.upload(viewer, raw=raw, form_id=form_id, once=once)
            except DefinitionRefused as refused:
                context |= {"findings": refused.findings, "file_name": file.name}
            else:
                return redirect("forms:preview", form.pk, 1)
    status = 422 if context["findings"] or context["error"] else 200
    return render(request, "forms/staff/upload.html", context, status=status)


@require_safe
@requires(FormsPermission.FORM_READ)
def form(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Show one form: its state, its links with QR codes, its versions."""
    viewer = viewer_of(request)
    whole = form_with(viewer, form_id)
    context = {
        "whole": whole,
        "where": where_is(viewer, whole.form),
        "kept": kept_of(viewer, whole.form),
        "may_publish": may(viewer, FormsPermission.FORM_PUBLISH),
        "has_notice": has_notice(viewer),
        "concerns": public_address.concerns(),
        "host": public_address.public_host(),
    }
    return render(request, "forms/staff/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(FormsPermission.FORM_PUBLISH)
def publish(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Ask which questions name the person and what the inbox shows; then publish."""
    viewer = viewer_of(request)
    whole = form_with(viewer, form_id)
    asked = _publish_form(whole, request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid():
        columns = asked.cleaned_data["columns"]
        try:
            version = authoring.publish(viewer, form_id=form_id, marks=asked.marks, columns=columns)
        except NothingToPublish:
            messages.info(request, _("Patients see this version already. Nothing was changed."))
        else:
            said = _("Version %(number)s is published. Patients see it from now on.")
            messages.success(request, said % {"number": version.number})
        return redirect("forms:form", form_id)
    context = {"whole": whole, "form": asked, "notices": compiled_working(whole.form).notices}
    status = 422 if asked.errors else 200
    return render(request, "forms/staff/publish.html", context, status=status)


@require_POST
@requires(FormsPermission.FORM_PUBLISH)
def ask_for_notice(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Let a form ask whether the notice was received, or ask no more."""
    is_asked = request.POST.get("asks") == "yes"
    if authoring.ask_for_notice(viewer_of(request), form_id=form_id, is_asked=is_asked):
        asked = _("Saved. Patients are asked from now on, also those who have begun.")
        messages.success(request, asked if is_asked else _("Saved. Patients are not asked."))
    return redirect("forms:form", form_id)


def _publish_form(whole: FormWhole, data: object) -> PublishForm:
    """Propose what the last version had; for a new form what its codes and words suggest."""
    compiled = compiled_working(whole.form)
    if whole.version is None:
        return PublishForm(compiled, compiled.marks, None, data)
    return PublishForm(compiled, marks_of(whole.version), whole.version.columns, data)
