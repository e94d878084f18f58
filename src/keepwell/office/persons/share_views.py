"""Sharing the report of who opened a person's data with a colleague, and reading a shared one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office.mail.waiting import with_letter
from keepwell.office.persons import report_views, sharing
from keepwell.office.sharing import ShareForm
from keepwell.safeguards.access.declarations import requires, signed_in
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.shares import actions as shares
from keepwell.safeguards.persons.shares.queries import one_shared


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
def share(request: HttpRequest, person_id: UUID, report_id: UUID) -> HttpResponse:
    """Ask with which colleague, for how long and why; the colleague is told by mail."""
    viewer = viewer_of(request)
    reports.order_of(viewer, person=person_id, ordered=report_id)
    form = ShareForm.asked(request, viewer)
    if form.is_valid():
        is_new = sharing.share(viewer, person=person_id, report=report_id, **form.given())
        told = with_letter(_("Shared. Your colleague is told by mail."))
        messages.success(
            request, told if is_new else _("It is shared with that colleague already.")
        )
        return redirect("office:report", person_id, report_id)
    context = {
        "form": form,
        "person_id": person_id,
        "report_id": report_id,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/share.html", context, status=status)


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
