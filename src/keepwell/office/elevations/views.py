"""Asking for more access for a while, and deciding about what colleagues asked for."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.elevations import actions, words
from keepwell.office.elevations.forms import HOUR, AskForm
from keepwell.office.mail.waiting import with_letter
from keepwell.office.reasons import ReasonForm
from keepwell.office.sign_in import ways
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.declarations import requires, signed_in
from keepwell.safeguards.access.elevations import actions as elevations
from keepwell.safeguards.access.elevations import queries
from keepwell.safeguards.access.errors import AlreadyAsked, NotRaisable
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keepwell.safeguards.access.models import Elevation

LIST, AGAIN = "office:elevations", "access"


@require_safe
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    """Show one's own requests; to whoever decides those of colleagues, past ones by ?after=."""
    viewer = viewer_of(request)
    context: dict[str, Any] = {
        "own": _told(viewer, queries.own(viewer)),
        "may_ask": bool(queries.askable(viewer)),
        "may_decide": may(viewer, AccessPermission.ELEVATION_DECIDE),
    }
    if context["may_decide"]:
        part = queries.past_in(viewer, after=places.id_in(request.GET.get("after", "")))
        context |= {
            "part": part,
            "waiting": _told(viewer, queries.to_decide(viewer)),
            "given": _told(viewer, queries.given(viewer)),
            "past": _told(viewer, part.rows),
        }
    return render(request, "office/elevations/page.html", context)


def _told(viewer: Viewer, rows: "Iterable[Elevation]") -> list[words.Told]:
    listed = list(rows)
    names = names_of({row.decided_by for row in listed if row.decided_by})
    return [words.Told.of(viewer, row, names) for row in listed]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for permissions, for a while, after both steps again."""
    viewer = viewer_of(request)
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.get_full_path())
    known = registry.raisable()
    offered = [(code, known[code]) for code in queries.askable(viewer)]
    initial = {"permissions": [request.GET.get("for", "")], "minutes": HOUR}
    form = AskForm(places.posted(request), offered=offered, initial=initial)
    if form.is_valid():
        try:
            told = actions.ask(viewer, **form.cleaned_data)
        except (AlreadyAsked, NotRaisable) as refused:
            form.add_error(None, _(refused.sentence))
        else:
            messages.success(request, _asked(told))
            return redirect(LIST)
    context = {"form": form, "offered": offered}
    status = 422 if form.is_bound else 200
    return render(request, "office/elevations/ask.html", context, status=status)


def _asked(told: int) -> str:
    if not told:
        return _("Asked. Nobody here can give all of it alone just now: speak with an owner.")
    said = ngettext(
        "Asked. %(n)s colleague can decide and is told by mail. You hear by mail, too.",
        "Asked. %(n)s colleagues can decide and are told by mail. You hear by mail, too.",
        told,
    )
    return with_letter(said % {"n": told})


@require_POST
@signed_in
def give_back(request: HttpRequest, elevation_id: UUID) -> HttpResponse:
    """Withdraw one's own request, or give back what was given."""
    elevations.give_back(viewer_of(request), elevation=elevation_id)
    messages.success(request, _("Written down. You have what your role holds."))
    return redirect(LIST)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.ELEVATION_DECIDE)
def one(request: HttpRequest, elevation_id: UUID) -> HttpResponse:
    """Decide about a request, or take back what was given; after both steps again, with why."""
    viewer = viewer_of(request)
    row = queries.one(viewer, elevation_id)
    if not (row.is_waiting or row.is_standing):
        return redirect(LIST)  # decided already, or over: the list says which
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.path)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        return _decide(request, row, form.cleaned_data["reason"])
    [told] = _told(viewer, [row])
    context = {
        "form": form,
        "row": told,
        "is_mine": row.membership.user_id == viewer.actor,
        "reason": queries.reason_of(viewer, row),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/elevations/one.html", context, status=status)


def _decide(request: HttpRequest, row: "Elevation", reason: str) -> HttpResponse:
    """Do what the button said: what the row has become meanwhile never turns giving into taking."""
    viewer = viewer_of(request)
    if "withdraw" in request.POST:
        act, said = actions.withdraw, _("Taken back, from the next click on.")
    elif "refuse" in request.POST:
        act, said = actions.refuse, with_letter(_("Refused. Who asked is told by mail."))
    else:
        act, said = actions.approve, with_letter(_("Given. Who asked is told by mail."))
    if act(viewer, elevation=row.pk, reason=reason):
        messages.success(request, said)
    else:
        messages.info(request, _("Somebody was quicker: it is decided already."))
    return redirect(LIST)
