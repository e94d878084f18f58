"""A lost phone: starting, confirming and stopping the replacement of a colleague's second step."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office import places
from keepwell.office.mail.waiting import with_letter
from keepwell.office.members.words import is_out_of_hand
from keepwell.office.second_steps import actions, forms
from keepwell.office.sign_in import ways, words
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.members import queries
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.identity import replacements, second_factor

LIST = "office:members"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.SECOND_STEP_REPLACE)
def start(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Start a new second step for a colleague, after both steps again and an identity check."""
    row = _present(request, membership_id)
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    viewer = viewer_of(request)

    def act(check: IdentityCheck, reason: str) -> str:
        actions.start(viewer, membership=row.pk, check=check, reason=reason)
        said = _("%(name)s gets a letter with a link, which opens in %(span)s.")
        return said % {"name": row.user.name, "span": words.span(replacements.wait())}

    context = {
        "row": row,
        "wait": words.span(replacements.wait()),
        "is_me": row.user_id == viewer.actor,
        "is_out_of_hand": is_out_of_hand(viewer, row),
        "has_none": not second_factor.has_second_step(row.user),
        "standing": replacements.standing_of(row.user_id),
        "reset": replacements.last_reset(row.user_id),
    }
    return _checked(request, act, "office/second_steps/start.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.SECOND_STEP_REPLACE)
def confirm(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Confirm as a second colleague, with both steps and an identity check of one's own."""
    row = _present(request, membership_id)
    one = replacements.standing_of(row.user_id)
    if one is None or one.organisation != viewer_of(request).organisation:
        raise OutOfReach
    if one.confirmed is not None:
        return redirect(LIST)
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    viewer = viewer_of(request)

    def act(check: IdentityCheck, reason: str) -> str:
        actions.confirm(viewer, membership=row.pk, check=check, reason=reason)
        return _("Confirmed. %(name)s is told by mail.") % {"name": row.user.name}

    context = {
        "row": row,
        "one": one,
        "is_me": row.user_id == viewer.actor,
        "is_starter": one.started_by == viewer.actor,
        "reset": replacements.last_reset(row.user_id),
        "is_out_of_hand": is_out_of_hand(viewer, row),
    }
    return _checked(request, act, "office/second_steps/confirm.html", context)


@require_POST
@requires(AccessPermission.SECOND_STEP_REPLACE)
def stop(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Stop it: the link works no more. Quick, because it gives nobody anything."""
    if actions.stop(viewer_of(request), membership=membership_id):
        said = _(
            "The replacement is stopped. Its link no longer works; whoever knew of it is told."
        )
        messages.success(request, with_letter(said))
    return redirect(LIST)


def _present(request: HttpRequest, membership: UUID) -> Membership:
    row = queries.membership_of(viewer_of(request), membership)
    if row.ended is not None or row.approved is None:
        raise OutOfReach
    return row


def _checked(
    request: HttpRequest,
    act: Callable[[IdentityCheck, str], str],
    template: str,
    context: dict[str, object],
) -> HttpResponse:
    form = forms.IdentityCheckForm(places.posted(request))
    if form.is_valid():
        said = act(IdentityCheck(form.cleaned_data["check"]), form.cleaned_data["reason"])
        messages.success(request, with_letter(said))
        return redirect(LIST)
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)
