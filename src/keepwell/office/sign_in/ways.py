"""Where somebody goes next: to the step that is missing, or to the page first asked for."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from keepwell.safeguards.access import queries, viewers
from keepwell.safeguards.access.declarations import Reach, declaration_of
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.identity import actions, devices, second_factor
from keepwell.safeguards.identity.models import Stage, User
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now_us

NEXT = "next"
SIGN_IN = "sign_in:password"
PROOF_LASTS_US = 5 * 60 * 1_000_000
_PROVEN = "proven_again"
SECRET = "new_secret"  # noqa: S105  the name of a place in the session


def on_the_way(request: HttpRequest) -> User:
    """Return who is on the way in; AccessMiddleware let nobody else to views of enrolment."""
    user = sign_in_of(request).user_on_the_way
    if user is None:
        raise LookupError("Declare this view @enrolment.")
    return user


def safe_next(asked: str) -> str:
    """Return a page of ours to go to, or nothing: only paths to views of members (ASVS 3.7.2)."""
    plain = asked.isprintable() and "\\" not in asked and asked.startswith("/")
    if not plain or not url_has_allowed_host_and_scheme(asked, None, require_https=True):
        return ""
    try:
        declared = declaration_of(resolve(urlsplit(asked).path).func)
    except Resolver404:
        return ""
    is_for_members = declared and declared.reach in {Reach.PERMISSION, Reach.SIGNED_IN}
    return asked if is_for_members else ""


def home() -> str:
    """Return the address of the first page after sign-in."""
    try:
        return reverse(settings.KEEPWELL_HOME_ROUTE)
    except NoReverseMatch:
        return "/"


def go_on(request: HttpRequest) -> HttpResponse:
    """Send a person on the way in to the step that is missing."""
    decision = sign_in_of(request)
    user = decision.user_on_the_way
    if user is None:
        return redirect(home() if decision.is_full else resolve_url(settings.LOGIN_URL))
    if decision.stage is Stage.FACTORS:
        return after_both_steps(request, user)
    return redirect("sign_in:code" if second_factor.has_app(user) else "sign_in:enrol")


def after_both_steps(request: HttpRequest, user: User) -> HttpResponse:
    """Let a person in whose both steps are done: codes kept, one organisation chosen."""
    if second_factor.unkept_codes(user):
        return _wait_at(request, user, "sign_in:codes")
    organisations = queries.organisations_of(user)
    if len(organisations) > 1:
        return _wait_at(request, user, "sign_in:organisation")
    if not organisations:
        actions.sign_out(request)
        return render(request, "office/sign_in/nowhere.html", status=403)
    return enter(request, user, organisations[0].id)


def enter(request: HttpRequest, user: User, organisation: Any) -> HttpResponse:
    """Begin the session of this organisation and go where the person first wanted to go."""
    viewer = viewers.entering(request, user, organisation)
    if viewer is not None and not network_queries.lets_in(viewer):
        return _turn_away(request, user, viewer)
    actions.enter(request, user, organisation)
    wanted = safe_next(str(request.session.pop(NEXT, "")))
    response = HttpResponseRedirect(wanted or home())
    devices.remember(request, response, user.email)
    return response


def _turn_away(request: HttpRequest, user: User, viewer: Viewer) -> HttpResponse:
    """Say that nobody signs in from here: only after both steps, so that it tells no stranger."""
    network_actions.refuse(viewer, route=SIGN_IN)
    organisations = queries.organisations_of(user)
    meant = next((one for one in organisations if one.id == viewer.organisation), None)
    others = len(organisations) > 1
    if not others:
        actions.sign_out(request)
    context = {"address": viewer.address, "meant": meant, "others": others}
    return render(request, "office/sign_in/elsewhere.html", context, status=403)


def note_proof(request: HttpRequest) -> None:
    """Note that this session's person has just shown both steps again."""
    request.session[_PROVEN] = now_us()


def is_proven(request: HttpRequest) -> bool:
    """Tell whether both steps were shown again a moment ago (ASVS 7.5.1, 8.4.2)."""
    return bool(now_us() - int(request.session.get(_PROVEN, 0)) < PROOF_LASTS_US)


def forget_proof(request: HttpRequest) -> None:
    """Ask again before the next weighty act."""
    request.session.pop(_PROVEN, None)


def prepare_secret(request: HttpRequest) -> None:
    """Make the secret that the next page will show: in a POST, because a GET changes nothing."""
    request.session[SECRET] = second_factor.sealed(second_factor.new_secret())


def prepared_secret(request: HttpRequest) -> str:
    """Return the secret that waits in this session, or nothing."""
    waiting = str(request.session.get(SECRET, ""))
    return second_factor.unsealed(waiting) if waiting else ""


def _wait_at(request: HttpRequest, user: User, route: str) -> HttpResponse:
    if sign_in_of(request).stage is not Stage.FACTORS:
        actions.begin(request, user, Stage.FACTORS)
    return redirect(route)
