"""What takes two persons: the list, and one proposal to confirm or withdraw."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.mail.waiting import with_letter
from keepwell.office.reasons import ReasonForm
from keepwell.office.sign_in import ways
from keepwell.office.trail import views as trail
from keepwell.office.two_persons import actions, words
from keepwell.office.two_persons.acts import ERASE_ORGANISATION, SHORTEN_TRAIL
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.proposals import actions as proposals
from keepwell.safeguards.access.proposals import queries
from keepwell.safeguards.access.viewers import viewer_of

LIST, AGAIN = "office:proposals", "two-persons"


@require_safe
@requires(AccessPermission.PROPOSAL_SEE)
def page(request: HttpRequest) -> HttpResponse:
    """List what was proposed, and what became of it, in pages (?after=)."""
    viewer = viewer_of(request)
    part = queries.proposals_in(viewer, after=places.id_in(request.GET.get("after", "")))
    told = words.told(viewer, part.rows)
    can = {
        "erase": queries.holds(viewer, ERASE_ORGANISATION),
        "shorten": queries.holds(viewer, SHORTEN_TRAIL),
    }
    context = {"rows": told, "part": part, "can": can, "most": trail.MOST_ALONE}
    return render(request, "office/two_persons/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.PROPOSAL_SEE)
def one(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show a proposal; confirm a colleague's, after both steps again, with why."""
    viewer = viewer_of(request)
    row = queries.one(viewer, proposal_id)
    [told] = words.told(viewer, [row])
    if told.may_confirm and not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.path)
    form = ReasonForm(places.posted(request))
    if form.is_valid():
        if actions.confirm(viewer, proposal=row.pk, reason=form.cleaned_data["reason"]):
            said = _("Confirmed. Who proposed it is told by mail.")
            messages.success(request, with_letter(said))
        else:
            messages.info(
                request, _("Somebody was quicker, it was withdrawn, or its time is over.")
            )
        return redirect(LIST)
    context = {"form": form, "row": told, "reason": queries.reason_of(viewer, row)}
    status = 422 if form.is_bound else 200
    return render(request, "office/two_persons/one.html", context, status=status)


@require_POST
@requires(AccessPermission.PROPOSAL_SEE)
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Withdraw a proposal: one's own, or a colleague's that should not be."""
    proposals.withdraw(viewer_of(request), proposal=proposal_id)
    messages.success(request, _("The proposal is withdrawn."))
    return redirect(LIST)
