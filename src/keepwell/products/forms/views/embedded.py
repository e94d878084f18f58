"""A form in a frame on the clinic's own website: no cookie, each step a POST with the handle.

The handle is the only thing that identifies anybody here and no browser sends it by itself, so a
forged cross-site POST can reach nothing; that is why these views are exempt from the CSRF cookie.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.products.forms.actions.answering import begin_draft
from keepwell.products.forms.errors import LinkClosed
from keepwell.products.forms.views import steps
from keepwell.products.forms.views.patients import unknown
from keepwell.products.forms.views.steps import Step
from keepwell.products.forms.visits import ByField, arrive, with_draft
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.access.viewers import respondent
from keepwell.toolkit.identifiers import uuid7

_REASON = "patients answer without an account, in a frame on the clinic's site"


@csrf_exempt
@require_http_methods(("GET", "HEAD", "POST"))
@open_to_all(_REASON)
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Show the first page; a POST begins a draft and shows its first question."""
    try:
        visit = arrive(request, token, ByField())
    except LinkClosed:
        return _framed(request, unknown(request))
    step = steps.opening(visit)
    if request.method == "POST" and step == steps.START:
        viewer = respondent(visit.entrance.organisation.pk, uuid7(), request)
        begun = begin_draft(viewer, link=visit.entrance.link, version=visit.entrance.version)
        visit, step = with_draft(request, visit, begun.draft, begun.handle), Step("page", 1)
    return _framed(request, steps.show(request, visit, step))


@csrf_exempt
@require_POST
@open_to_all(_REASON)
def page(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Keep a page and show the next, or only show it (act=show)."""
    return _walk(request, token, Step("page", number))


@csrf_exempt
@require_POST
@open_to_all(_REASON)
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the clinic's notice was received (act=show), or keep what was said."""
    return _walk(request, token, steps.NOTICE)


@csrf_exempt
@require_POST
@open_to_all(_REASON)
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Show all answers before anything is sent."""
    return _walk(request, token, steps.CHECK)


@csrf_exempt
@require_POST
@open_to_all(_REASON)
def send(request: HttpRequest, token: str) -> HttpResponse:
    """Send, once, and show the reference."""
    return _walk(request, token, steps.DONE)


@csrf_exempt
@require_POST
@open_to_all(_REASON)
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before clearing (act=show), or clear."""
    return _walk(request, token, steps.LEAVE)


def _walk(request: HttpRequest, token: str, step: Step) -> HttpResponse:
    try:
        visit = arrive(request, token, ByField())
    except LinkClosed:
        return _framed(request, unknown(request))
    is_posted = step != steps.CHECK and request.POST.get("act") != "show"
    elsewhere = steps.instead(visit, step, is_posted=is_posted)
    if elsewhere is not None:
        step = elsewhere
    elif is_posted:
        step = steps.carry_out(request, visit, step)
        visit = arrive(request, token, ByField())  # the draft as it is now, or what was sent
    return _framed(request, steps.show(request, visit, step))


def _framed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Set no cookie: the template asked for one that frames have no use for."""
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    return response
