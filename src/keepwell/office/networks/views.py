"""Allowed networks: the list, what it would do to you and to colleagues, and changes to it.

A change needs both steps shown again a few minutes ago (ASVS 8.4.2). Whoever has not is sent to
show them *before* the form is there to be filled in, so that nothing typed is lost.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.networks.forms import NameForm, NetworkForm, offered_to
from keepwell.office.sign_in import ways
from keepwell.safeguards.access import queries, ranges
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import LockedOut, NetworkTwice
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.access.networks.rules import ALL_BUT_OWNERS, holds_for
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import AllowedNetwork

AGAIN = "networks"
UNUSABLE = 422


@require_safe
@requires(AccessPermission.NETWORK_LIST)
def page(request: HttpRequest) -> HttpResponse:
    """Show the list, where the viewer comes from, and whether that is allowed."""
    viewer = viewer_of(request)
    is_listed = any(_is_here(viewer, row) for row in network_queries.listed(viewer))
    own = "" if is_listed else ranges.own_range(viewer.address)
    return _page(request, NetworkForm(viewer, initial={"network": own}))


@require_POST
@requires(AccessPermission.NETWORK_CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    """Allow a network, or only show what that would do."""
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN)
    viewer = viewer_of(request)
    form = NetworkForm(viewer, request.POST)
    if not form.is_valid():
        return _page(request, form, status=UNUSABLE)
    given = form.cleaned_data
    if "preview" in request.POST:
        return _page(
            request, form, preview=network_queries.effect_of_adding(viewer, **_rule(given))
        )
    try:
        network_actions.add(viewer, **given)
    except LockedOut:
        preview = network_queries.effect_of_adding(viewer, **_rule(given))
        return _page(request, form, preview=preview, is_refused=True, status=LockedOut.status)
    except NetworkTwice as twice:
        form.add_error("network", _(twice.sentence))
        return _page(request, form, status=UNUSABLE)
    messages.success(request, _("The network is allowed. The list counts from now on."))
    return redirect("office:networks")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.NETWORK_CHANGE)
def network(request: HttpRequest, network_id: UUID) -> HttpResponse:
    """Show one network with what taking it off would do; keep another name for it."""
    row = network_queries.one(viewer_of(request), network_id)
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN)
    form = NameForm(places.posted(request), initial={"name": row.name})
    if not form.is_valid():
        status = UNUSABLE if form.is_bound else 200
        return _one(request, row, form, status=status)
    network_actions.rename(viewer_of(request), row.pk, name=form.cleaned_data["name"])
    messages.success(request, _("The name is kept. Who may come in stays as it was."))
    return redirect("office:networks")


@require_POST
@requires(AccessPermission.NETWORK_CHANGE)
def remove(request: HttpRequest, network_id: UUID) -> HttpResponse:
    """Take a network off the list, unless that shuts out whoever does it."""
    row = network_queries.one(viewer_of(request), network_id)
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN)
    try:
        network_actions.remove(viewer_of(request), row.pk)
    except LockedOut:
        form = NameForm(initial={"name": row.name})
        return _one(request, row, form, is_refused=True, status=LockedOut.status)
    messages.success(request, _("The network is off the list."))
    return redirect("office:networks")


@require_POST
@requires(AccessPermission.NETWORK_CHANGE)
def resume(request: HttpRequest) -> HttpResponse:
    """Let a suspended list count again."""
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN)
    viewer = viewer_of(request)
    try:
        network_actions.resume(viewer)
    except LockedOut:
        form = NetworkForm(viewer, initial={"network": ranges.own_range(viewer.address)})
        return _page(request, form, is_refused=True, status=LockedOut.status)
    messages.success(request, _("The list counts again from now on."))
    return redirect("office:networks")


def _rule(given: dict[str, Any]) -> dict[str, str]:
    return {"network": given["network"], "role": given["role"]}


def _page(
    request: HttpRequest,
    form: NetworkForm,
    *,
    preview: network_queries.Effect | None = None,
    is_refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    rows = network_queries.listed(viewer)
    context = {
        "form": form,
        "rows": [(row, _for_whom(row.role), _is_here(viewer, row)) for row in rows],
        "is_suspended": bool(rows) and all(row.suspended for row in rows),
        "may_resume": _may_take(viewer, rows),
        "preview": preview,
        "is_refused": is_refused,
        **_standing(request, viewer),
    }
    return render(request, "office/networks/page.html", context, status=status)


def _one(
    request: HttpRequest,
    row: "AllowedNetwork",
    form: NameForm,
    *,
    is_refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    viewer = viewer_of(request)
    context = {
        "form": form,
        "row": row,
        "whom": _for_whom(row.role),
        "may_remove": _may_take(viewer, [row]),
        "preview": network_queries.effect_of_removing(viewer, row.pk),
        "is_refused": is_refused,
        **_standing(request, viewer),
    }
    return render(request, "office/networks/network.html", context, status=status)


def _standing(request: HttpRequest, viewer: Viewer) -> dict[str, object]:
    return {
        "address": viewer.address,
        "is_loopback": ranges.is_loopback(viewer.address),
        "own_range": ranges.own_range(viewer.address),
        "may_change": queries.may(viewer, AccessPermission.NETWORK_CHANGE),
        "is_proven": ways.is_proven(request),
    }


def _for_whom(role: str) -> Any:
    if role == ALL_BUT_OWNERS:
        return _("Everybody but owners")
    return Role(role).label if role else _("Everybody")


def _may_take(viewer: Viewer, rows: "list[AllowedNetwork]") -> bool:
    """Tell whether this viewer may take these off, or let them count again."""
    offered = offered_to(viewer)
    return all(row.role in offered for row in rows)


def _is_here(viewer: Viewer, row: "AllowedNetwork") -> bool:
    return holds_for(row.role, viewer.role) and ranges.is_in(viewer.address, [row.network])
