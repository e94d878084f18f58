"""What a person sees who was handed a report of who opened their data: an answer first, then it.

For somebody without an account. The link alone opens nothing: the birth date on record, or a code
that was told separately, opens it for this browser for half an hour. A link that never was, is
past, was taken back or was guessed at too often answers alike, and names no clinic.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office.persons import handed_pages, pdf
from keepwell.office.persons.handed_answers import asking
from keepwell.office.persons.handed_pages import Visit
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.identity.origin import address_of
from keepwell.safeguards.persons.handed import tries
from keepwell.safeguards.persons.handed.actions import answering

_REASON = "a person who was handed a report answers with a birth date or a code"


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all(_REASON)
@sensitive_post_parameters()
@sensitive_variables()
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the birth date or the code; whoever has answered reads the report here."""
    is_answer = request.method == "POST"
    if is_answer and (wait := tries.begin(address_of(request))):
        return handed_pages.too_often(request, wait)
    visit = handed_pages.arrive(request, token)
    if visit is None:
        return handed_pages.unknown(request)
    if is_answer:
        return _answered(request, visit)
    if visit.is_opened:
        context = handed_pages.shown(request, visit, "page")
        return render(request, "office/persons/handed_report.html", context)
    return handed_pages.asked(request, visit, asking(visit.row, None))


@require_safe
@open_to_all(_REASON)
@sensitive_variables()
def as_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Hand out the report with its proof as a file."""
    visit = handed_pages.arrive(request, token)
    if visit is None or not pdf.is_available():
        return handed_pages.unknown(request)
    if not visit.is_opened:
        return _to(visit)
    context = handed_pages.shown(request, visit, "pdf")
    page = render_to_string("office/persons/handed_pdf.html", context, request=request)
    style = render_to_string("office/persons/export.css")
    response = HttpResponse(pdf.drawn(page, style), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="who-opened-my-data.pdf"'
    return response


@require_POST
@open_to_all(_REASON)
def close(request: HttpRequest, token: str) -> HttpResponse:
    """Forget this browser: from now on the link asks again."""
    visit = handed_pages.arrive(request, token)
    if visit is None:
        return handed_pages.unknown(request)
    if visit.is_opened:
        answering.close(visit.viewer, handed=visit.row.pk)
    response = _to(visit)
    response.delete_cookie(handed_pages.cookie_name(visit.row), samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@sensitive_variables()
def _answered(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = asking(visit.row, request.POST)
    if not form.is_valid():  # no date at all is no guess
        return handed_pages.asked(request, visit, form)
    verdict = answering.answer(visit.viewer, handed=visit.row.pk, said=form.said)
    if verdict.wait:
        return handed_pages.too_often(request, verdict.wait)
    if not verdict.handle:
        form.add_error(form.asks, str(form.wrong))
        is_over = handed_pages.arrive(request, visit.token) is None
        return (
            handed_pages.unknown(request) if is_over else handed_pages.asked(request, visit, form)
        )
    response = _to(visit)
    response.set_cookie(
        handed_pages.cookie_name(visit.row),
        verdict.handle,
        max_age=tries.MINUTES_OPEN * 60,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response


def _to(visit: Visit) -> HttpResponseRedirect:
    return redirect("handed:report", visit.token)
