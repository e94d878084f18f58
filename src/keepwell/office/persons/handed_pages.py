"""One request of a person who was handed a report: where the link leads, and the pages it shows."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from keepwell.office.persons import openings, pdf
from keepwell.office.persons.handed_answers import AnswerForm
from keepwell.safeguards.access.manifest import PatientPlace
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import respondent
from keepwell.safeguards.persons.handed import queries
from keepwell.safeguards.persons.models import HandedReport
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import locales, requests

_LINK = re.compile(r"/r/([^/]{1,64})(?:/|$)")


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """Where a link led, and whether this browser has answered."""

    row: HandedReport
    token: str
    viewer: Viewer
    is_opened: bool


def cookie_name(row: HandedReport) -> str:
    """Return the cookie of one link: a family may read two reports side by side."""
    return f"__Host-kw-report-{row.pk.hex[-12:]}"


def arrive(request: HttpRequest, token: str) -> Visit | None:
    """Follow a link; from here on the request acts as the person. None where it leads nowhere."""
    found = queries.entrance_of(token)
    if found is None:
        return None
    nobody = respondent(found.organisation.pk, None, request)
    viewer = replace(nobody, purpose=Purpose.PERSON_REQUEST)
    request.viewer = viewer  # type: ignore[attr-defined]
    request.organisation = found.organisation  # type: ignore[attr-defined]  # for error pages
    request.access_purpose = Purpose.PERSON_REQUEST  # type: ignore[attr-defined]
    locales.settle(request, found.organisation)
    handle = request.COOKIES.get(cookie_name(found.row), "")
    return Visit(found.row, found.token, viewer, found.row.is_opened_by(handle))


def patient_place(request: HttpRequest) -> PatientPlace | None:
    """Return the clinic behind a handed report's address, for error pages that no view prepared."""
    at = _LINK.match(request.path_info)
    found = queries.entrance_of(at[1]) if at else None
    if found is None:
        return None
    start = reverse("handed:report", args=[found.token])
    return PatientPlace(organisation=found.organisation, start=start)


def unknown(request: HttpRequest) -> HttpResponse:
    """Say what to do with a link that opens nothing: the same, whatever became of it."""
    _forget(request)
    return render(request, "office/persons/handed_unknown.html", status=404)


def too_often(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """Say that nothing is compared for a while: the same for every link."""
    minutes = max(1, -(-wait // timedelta(minutes=1)))
    _forget(request)
    context = {"minutes": minutes}
    response = render(request, "office/persons/handed_wait.html", context, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


def _forget(request: HttpRequest) -> None:
    """Let the page be as it is for a link that never was: whose it is would tell them apart."""
    request.viewer = request.organisation = None  # type: ignore[attr-defined]
    locales.settle(request, None)


def asked(request: HttpRequest, visit: Visit, form: AnswerForm) -> HttpResponse:
    """Ask for the answer; nothing of the report is on this page, not even whether it is long."""
    context = {"form": form, "visit": visit}
    status = 422 if form.is_bound else 200
    return render(request, "office/persons/handed_ask.html", context, status=status)


@sensitive_variables()
def shown(request: HttpRequest, visit: Visit, form: str) -> dict[str, Any]:
    """Return the report for a page or a file; that it is read is on the trail first."""
    zone = requests.zone_of(request)
    found = queries.report_in(visit.viewer, visit.row, form)
    return {
        "visit": visit,
        "organisation": requests.organisation_of(request),
        **openings.said_of(visit.viewer, found, zone),
        "can_draw": pdf.is_available(),
    }
