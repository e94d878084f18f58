"""Handing the report of who opened a person's data to that person: a letter with a link, once."""

from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office import places
from keepwell.office.persons import handed_lines
from keepwell.office.persons.forms import HandForm
from keepwell.office.persons.squares import square_of
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.errors import ReportOfOthers
from keepwell.safeguards.persons.handed import queries
from keepwell.safeguards.persons.handed.actions import giving
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.shell import public_address


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
@sensitive_variables()
def hand(request: HttpRequest, person_id: UUID, report_id: UUID) -> HttpResponse:
    """Ask for how long and why; then show the letter, whose link cannot be shown again."""
    viewer = viewer_of(request)
    order = reports.order_of(viewer, person=person_id, ordered=report_id)
    form = HandForm(places.posted(request), initial={"days": giving.DAYS})
    if form.is_valid():
        with suppress(ReportOfOthers):  # the page says so, with a way on
            made = giving.hand(viewer, person=person_id, report=report_id, **form.cleaned_data)
            return render(request, "office/persons/handed_letter.html", _letter(made))
    context = {
        "form": form,
        "person_id": person_id,
        "report_id": report_id,
        "is_kept": queries.is_kept(viewer, person_id),
        "is_theirs": queries.is_about_one(viewer, person_id, order.persons),
        "concerns": public_address.concerns(),
        "host": public_address.public_host(),
    }
    status = 409 if form.is_valid() else 422 if form.is_bound else 200
    return render(request, "office/persons/hand.html", context, status=status)


@require_POST
@requires(PersonPermission.REPORT, purpose=Purpose.OVERSIGHT)
def withdraw(request: HttpRequest, handed_id: UUID) -> HttpResponse:
    """Take a handed report back at once."""
    row = giving.withdraw(viewer_of(request), handed=handed_id)
    messages.success(request, _("Taken back. The link opens nothing any more."))
    return redirect("office:report", row.person, row.report)


@sensitive_variables()
def _letter(made: giving.Handed) -> dict[str, object]:
    address = settings.KEEPWELL_PUBLIC_URL + reverse("handed:report", args=[made.token])
    return {
        "row": made.row,
        "square": square_of(address),
        "host": public_address.public_host(),
        "typed": handed_lines.typed(made.token),
        "code": handed_lines.grouped(made.code),
    }
