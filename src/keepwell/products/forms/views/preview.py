"""The author's preview: each page as patients will see it, with nothing kept."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from keepwell.products.forms.answers import Setting, starting_answers
from keepwell.products.forms.paging import page_numbered, pages
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.authoring import form_with
from keepwell.products.forms.rendering import page_view
from keepwell.products.forms.versions import compiled_working
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.toolkit import clock


@require_safe
@requires(FormsPermission.FORM_READ)
def page(request: HttpRequest, form_id: UUID, number: int) -> HttpResponse:
    """Show one page of the working copy, and what its pages will not do."""
    viewer = viewer_of(request)
    whole = form_with(viewer, form_id)
    form = compiled_working(whole.form)
    shown = page_numbered(form, number)
    if shown is None and number != 1:
        raise Http404
    setting = Setting(today=_today(), marks=form.marks)
    count = len(pages(form))
    context = {
        "whole": whole,
        "form": form,
        "view": page_view(form, shown, starting_answers(form), setting=setting) if shown else None,
        "number": number,
        "count": count,
        "newer": _address(form_id, number - 1) if number > 1 else "",
        "older": _address(form_id, number + 1) if number < count else "",
        "may_publish": may(viewer, FormsPermission.FORM_PUBLISH),
    }
    return render(request, "forms/staff/preview.html", context)


def _address(form_id: UUID, number: int) -> str:
    return reverse("forms:preview", args=[form_id, number])


def _today() -> date:
    return clock.now().astimezone(ZoneInfo("UTC")).date()
