"""Where somebody goes next: to the step that is missing, or to the page first asked for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from keepwell.office.sign_in import joining, mail
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.safeguards.access import queries, viewers
from keepwell.safeguards.access.declarations import Reach, declaration_of
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.consent.terms.queries import owed
from keepwell.safeguards.identity import (
    actions,
    desks,
    devices,
    left_pages,
    links,
    second_factor,
    trust_actions,
    trusts,
)
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import LinkPurpose, Stage, User
from keepwell.safeguards.identity.recording import organisations_of as doors_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now_us

NEXT, UNSENT = "next", "unsent"
UNUSABLE, TOO_MANY = 422, 429  # statuses of answers to a form
JOINING = "joining"
_CHOSEN = "organisation_chosen"
SIGN_IN = "sign_in:password"
PROOF_LASTS_US = 5 * 60 * 1_000_000
_PROVEN = "proven_again"
SECRET = "new_secret"  # noqa: S105  the name of a place in the session


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page asked for before signing in, and the mark of whose it was, if anybody's."""

    page: str
    mark: str

    @property
    def carried(self) -> str:
        """Return both, as they go from page to page until somebody has signed in."""
        return self.mark + self.page if self.page else ""


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


def wanted_page(asked: str) -> Wanted:
    """Return the page that is asked for, with the mark of whose it was before it."""
    mark, slash, rest = asked.partition("/")
    return Wanted(safe_next(slash + rest), mark)


def note_wanted(request: HttpRequest, user: User, wanted: Wanted) -> None:
    """Note where somebody goes after both steps: never to where somebody else had stopped.

    At a shared desk the next colleague would else open the record that the last one had open, and
    stand on the trail for it.
    """
    if wanted.page and left_pages.is_for(user.pk, wanted.mark):
        request.session[NEXT] = wanted.page


def slowed(response: HttpResponse, wait: timedelta) -> HttpResponse:
    """Say in the answer's status and header that the next try has to wait, if it has to."""
    if wait:
        response.status_code = TOO_MANY
        response["Retry-After"] = str(max(1, int(wait.total_seconds())))
    return response


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
    return redirect("sign_in:code" if second_factor.has_second_step(user) else "sign_in:enrol")


def after_both_steps(request: HttpRequest, user: User) -> HttpResponse:
    """Let a person in whose both steps are done: codes kept, one organisation chosen."""
    if second_factor.unkept_codes(user):
        return _wait_at(request, user, "sign_in:codes")
    has_joined = _finish_joining(request, user)
    organisations = queries.organisations_of(user)
    if not organisations:
        return _let_nobody_in(request, user)
    if has_joined:
        return _wait_at(request, user, "sign_in:waiting")
    if len(organisations) > 1:
        return _wait_at(request, user, "sign_in:organisation")
    return enter(request, user, organisations[0].id)


def trust_days(request: HttpRequest, user: User) -> int:
    """Return for how many days this device can be trusted; 0 for whoever joins somewhere else."""
    return 0 if JOINING in request.session else trusts.days_for(user)


def let_in(request: HttpRequest, user: User) -> HttpResponse:
    """Go on after a second step; trust this device where that was ticked and is allowed."""
    is_ticked = bool(request.POST.get("trust")) and bool(trust_days(request, user))
    is_trusted = is_ticked and _is_let_in_everywhere(request, user)
    secret = trust_actions.trust(request, user) if is_trusted else ""
    response = after_both_steps(request, user)
    if secret:
        trusts.hand_over(response, secret)
        mail.tell(user, AccountLetter.DEVICE_TRUSTED)
    return response


def _is_let_in_everywhere(request: HttpRequest, user: User) -> bool:
    """Tell whether each organisation of this account lets it in from here."""
    ids = [one.id for one in queries.organisations_of(user)]
    found = [viewers.entering(request, user, one) for one in ids]
    return all(viewer is not None and network_queries.lets_in(viewer) for viewer in found)


def _finish_joining(request: HttpRequest, user: User) -> bool:
    """Accept the invitation whose link this browser has opened, now that both steps are done."""
    noted = str(request.session.pop(JOINING, ""))
    link = links.find_by_id(LinkPurpose.JOIN, UUID(noted)) if noted else None
    if link is None:
        return False
    try:
        joining.accept_and_tell(link, user)
    except LinkUsed:  # for another address, or gone meanwhile: then nothing is joined
        return False
    return True


def _let_nobody_in(request: HttpRequest, user: User) -> HttpResponse:
    """End the session of somebody who belongs nowhere, or who has yet to be let in."""
    is_waiting = bool(doors_of(user))
    actions.sign_out(request)
    if is_waiting:
        return redirect("sign_in:waiting")
    return render(request, "office/sign_in/nowhere.html", status=403)


def enter(request: HttpRequest, user: User, organisation: Any) -> HttpResponse:
    """Begin the session of this organisation and go where the person first wanted to go."""
    viewer = viewers.entering(request, user, organisation)
    if viewer is not None and not network_queries.lets_in(viewer):
        return _turn_away(request, user, viewer)
    if viewer is not None and owed(viewer):
        waiting = _wait_at(request, user, "sign_in:accept")
        request.session[_CHOSEN] = str(organisation)  # of the session that this began
        return waiting
    is_new = not devices.knows(request, user.email)
    record = actions.enter(request, user, organisation)
    if is_new and user.last_login is not None:  # the first of all is no news to its person
        mail.tell_of_new_device(user, record)
    left = desks.take_seat(request, user=user.pk, organisation=record.organisation or organisation)
    wanted = safe_next(str(request.session.pop(NEXT, "")) or left)
    response = HttpResponseRedirect(wanted or home())
    devices.remember(request, response, user.email)
    return response


def chosen_organisation(request: HttpRequest) -> UUID | None:
    """Return which organisation somebody is about to enter, once that is decided."""
    noted = str(request.session.get(_CHOSEN, ""))
    return UUID(noted) if noted else None


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
    """Note that this session's person has just shown both steps again, under another key.

    Whoever holds a copy of the key from before does not get the proof with it.
    """
    request.session.cycle_key()
    request.session[_PROVEN] = now_us()


def is_proven(request: HttpRequest) -> bool:
    """Tell whether both steps were shown again a moment ago (ASVS 7.5.1, 8.4.2)."""
    return bool(now_us() - int(request.session.get(_PROVEN, 0)) < PROOF_LASTS_US)


def ask_again(request: HttpRequest, reason: str, wanted: str = "") -> HttpResponse:
    """Send somebody to give both steps again, and back to the page that needs it.

    Whoever sent a form meanwhile is told that it was not taken. What it said is kept nowhere: it
    may be about a patient, and nobody has shown yet who sent it.
    """
    asked = {NEXT: wanted} if wanted else {}
    if request.method == "POST":
        asked[UNSENT] = "1"
    query = f"?{urlencode(asked)}" if asked else ""
    return HttpResponseRedirect(f"{reverse('sign_in:again', args=[reason])}{query}")


def prepare_secret(request: HttpRequest) -> None:
    """Make the secret that the next page will show: in a POST, because a GET changes nothing."""
    request.session[SECRET] = second_factor.sealed(second_factor.new_secret())


def prepared_secret(request: HttpRequest) -> str:
    """Return the secret that waits in this session, or nothing."""
    waiting = str(request.session.get(SECRET, ""))
    return second_factor.unsealed(waiting) if waiting else ""


def concerned(request: HttpRequest) -> UUID | None:
    """Return the organisation in which one is signed in: a letter is written as it writes."""
    record = sign_in_of(request).record
    return record.organisation if record else None


def _wait_at(request: HttpRequest, user: User, route: str) -> HttpResponse:
    if sign_in_of(request).stage is not Stage.FACTORS:
        actions.begin(request, user, Stage.FACTORS)
    return redirect(route)
