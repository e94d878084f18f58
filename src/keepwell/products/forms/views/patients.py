"""A form on our own site: addresses a patient's browser can bookmark, reload and go back to.

Every POST that changes something answers by redirect; without JavaScript, without an account.
"""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.products.forms.actions.answering import begin_draft
from keepwell.products.forms.drafting import DRAFT_DAYS
from keepwell.products.forms.errors import LinkClosed
from keepwell.products.forms.views import steps
from keepwell.products.forms.views.steps import Step
from keepwell.products.forms.visits import ByCookie, Visit, arrive, cookie_name
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.access.viewers import respondent
from keepwell.toolkit.identifiers import uuid7

if TYPE_CHECKING:
    from keepwell.products.forms.models import FormLink

_REASON = "patients answer without an account"
_BOTH = ("GET", "HEAD", "POST")
_COOKIE_SECONDS = DRAFT_DAYS * 86_400


@require_http_methods(_BOTH)
@open_to_all(_REASON)
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Show the first page, or what this device holds already; a POST begins a draft."""
    try:
        visit = arrive(request, token, ByCookie())
    except LinkClosed:
        return unknown(request)
    step = steps.opening(visit)
    is_new = request.method == "POST" and visit.draft is None and visit.entrance.is_open
    if not is_new:
        return steps.show(request, visit, step)
    viewer = respondent(visit.entrance.organisation.pk, uuid7(), request)
    begun = begin_draft(viewer, link=visit.entrance.link, version=visit.entrance.version)
    response = redirect(visit.ways.page(1))
    _keep_handle(response, visit.entrance.link, begun.handle)
    return response


@require_http_methods(_BOTH)
@open_to_all(_REASON)
def page(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Show a page, or keep what was typed on it."""
    return _walk(request, token, Step("page", number))


@require_http_methods(_BOTH)
@open_to_all(_REASON)
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the clinic's notice was received, or keep what was said."""
    return _walk(request, token, steps.NOTICE)


@require_safe
@open_to_all(_REASON)
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Show all answers before anything is sent."""
    return _walk(request, token, steps.CHECK)


@require_http_methods(_BOTH)
@open_to_all(_REASON)
def send(request: HttpRequest, token: str) -> HttpResponse:
    """Send, once; the address shows the reference afterwards, also when reloaded."""
    return _walk(request, token, steps.DONE)


@require_http_methods(_BOTH)
@open_to_all(_REASON)
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before clearing; a POST clears the draft and the cookie."""
    return _walk(request, token, steps.LEAVE)


@require_safe
@open_to_all(_REASON)
def left(request: HttpRequest, token: str) -> HttpResponse:
    """Say that nothing is left."""
    try:
        visit = arrive(request, token, ByCookie())
    except LinkClosed:
        return unknown(request)
    return steps.show(request, visit, steps.LEFT)


def unknown(request: HttpRequest) -> HttpResponse:
    """Say what to do with a link that opens nothing; a stranger's guess reads the same."""
    return render(request, "forms/patient/help.html", {"is_known": False}, status=404)


def _walk(request: HttpRequest, token: str, step: Step) -> HttpResponse:
    """Show a step, or carry out its POST and redirect to the next one."""
    try:
        visit = arrive(request, token, ByCookie())
    except LinkClosed:
        return unknown(request)
    elsewhere = steps.instead(visit, step, is_posted=request.method == "POST")
    if elsewhere is not None:
        return redirect(_address(visit, elsewhere))
    if request.method != "POST":
        return steps.show(request, visit, step)
    following = steps.carry_out(request, visit, step)
    response = redirect(_address(visit, following))
    if following == steps.LEFT:
        response.delete_cookie(cookie_name(visit.entrance.link), samesite="Lax")
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _address(visit: Visit, step: Step) -> str:
    ways = visit.ways
    if step.name == "page":
        return ways.page(step.number)
    named = {"check": ways.check, "done": ways.send, "leave": ways.leave, "notice": ways.notice}
    return named.get(step.name, ways.start + "left/" if step == steps.LEFT else ways.start)


def _keep_handle(response: HttpResponse, link: "FormLink", handle: str) -> None:
    """Give the device its handle; a `__Host-` cookie needs Secure, path / and no domain."""
    response.set_cookie(
        cookie_name(link),
        handle,
        max_age=_COOKIE_SECONDS,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
