"""Sharing the report of who opened a person's data with a colleague, and reading a shared one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import choosing, places
from keepwell.office.persons import report_views, sharing
from keepwell.office.persons.forms import ShareForm
from keepwell.safeguards.access.declarations import requires, signed_in
from keepwell.safeguards.access.members.queries import Pool
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.shares import actions as shares
from keepwell.safeguards.persons.shares.queries import one_shared
from keepwell.safeguards.tenancy.viewer import Viewer


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
def share(request: HttpRequest, person_id: UUID, report_id: UUID) -> HttpResponse:
    """Ask with which colleague, for how long and why; the colleague is told by mail."""
    viewer = viewer_of(request)
    reports.order_of(viewer, person=person_id, ordered=report_id)
    form, offer = _asked(request, viewer)
    if form.is_valid():
        accounts = {row.pk: row.user_id for row in offer.rows}
        given = {name: form.cleaned_data[name] for name in ("days", "reason")}
        given["colleague"] = accounts[form.cleaned_data["colleague"]]
        is_new = sharing.share(viewer, person=person_id, report=report_id, **given)
        told = _("Shared. Your colleague is told by mail.")
        messages.success(
            request, told if is_new else _("It is shared with that colleague already.")
        )
        return redirect("office:report", person_id, report_id)
    context = {
        "form": form,
        "person_id": person_id,
        "report_id": report_id,
        "has_colleagues": bool(offer.rows) or offer.is_part,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/share.html", context, status=status)


def _asked(request: HttpRequest, viewer: Viewer) -> tuple[ShareForm, choosing.Offer]:
    """Offer every colleague, or of many who was just chosen and who fits what was typed."""
    posted = places.posted(request)
    initial: dict[str, Any] = {"days": shares.DAYS}
    if posted is not None:
        initial = {name: posted.get(name, "") for name in ShareForm.base_fields}
    pool = Pool(but=viewer.actor)
    chosen, like = [initial.get("colleague", "")], initial.get("words", "")
    offer = choosing.offered(viewer, pool, chosen=chosen, like=like)
    data = None if choosing.is_finding(request) else posted
    return ShareForm(data, offer=offer, initial=initial), offer


@require_POST
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
def withdraw(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Take a shared report back at once."""
    row = shares.withdraw(viewer_of(request), share=share_id)
    messages.success(request, _("Taken back. It cannot be read any more."))
    return redirect("office:report", row.person, row.report)


@require_safe
@signed_in
@sensitive_variables()
def shared(request: HttpRequest, share_id: UUID) -> HttpResponse:
    """Show what a colleague shared with this viewer, for as long as it is shared."""
    row, found = one_shared(viewer_of(request), share_id)
    return report_views.shown(request, row.person, found, share=row)
