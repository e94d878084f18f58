"""Disclosures to others: write one down, the accounting to print, one that never happened."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.persons import disclosures
from keepwell.office.persons.forms import DisclosureForm
from keepwell.office.reasons import ReasonForm
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.persons import queries
from keepwell.safeguards.persons.outside import actions
from keepwell.safeguards.persons.outside import queries as outside
from keepwell.safeguards.persons.outside.years import first_day
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.middleware import scope_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests
from keepwell.toolkit import clock


@require_safe
@requires(PersonPermission.OPEN, purpose=Purpose.PERSON_REQUEST)
@sensitive_variables()
def accounting(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show what was disclosed in the six years that end today, to print (45 CFR 164.528)."""
    viewer, scope = viewer_of(request), scope_of(request)
    whole = queries.whole_of(viewer, person_id)
    scope.open(whole, "name", "born")
    found = disclosures.opened(scope, outside.of_person(viewer, person_id))
    today = clock.now().astimezone(requests.zone_of(request)).date()
    first = first_day(today)
    rows = [one for one in found if one.made >= first]
    names = names_of([one.by for one in rows if one.by])
    context = {
        "person_id": person_id,
        "persons": disclosures.told_apart(whole),
        "rows": [(one, names.get(one.by, "") if one.by else "") for one in rows],
        "older": len(found) - len(rows),
        "first": first,
        "today": today,
        "may_disclose": may(viewer, PersonPermission.DISCLOSE) and _is_near(viewer, person_id),
        "may_report": may(viewer, PersonPermission.REPORT),
    }
    return render(request, "office/persons/disclosures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.DISCLOSE, purpose=Purpose.OPERATIONS)
@sensitive_variables()
@sensitive_post_parameters()
def note(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask what was disclosed to whom, when and why."""
    viewer = viewer_of(request)
    if not _is_near(viewer, person_id):
        raise OutOfReach
    today = clock.now().astimezone(requests.zone_of(request)).date()
    form = DisclosureForm(places.posted(request), today=today)
    if form.is_valid():
        actions.note(viewer, person=person_id, **form.cleaned_data)
        messages.success(request, _("Written down. It is part of the accounting from now on."))
        return redirect("office:disclosures", person_id)
    context = {"form": form, "person_id": person_id}
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/disclose.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.DISCLOSE, purpose=Purpose.OPERATIONS)
def mistake(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """Ask why a note is wrong; it leaves the accounting and stays kept."""
    viewer = viewer_of(request)
    row = outside.one(viewer, disclosure_id)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.find_mistaken(viewer, disclosure=disclosure_id, reason=reason)
        messages.success(request, _("It is not part of the accounting any more."))
        return redirect("office:disclosures", row.person_id)
    context = {"form": form, "person_id": row.person_id, "noted": row.noted}
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/mistake.html", context, status=status)


def _is_near(viewer: Viewer, person: UUID) -> bool:
    """Tell whether own locations reach a person: an emergency shows more, and writes nothing."""
    return bool(queries.persons_reached(viewer, [person]))
