"""Naming the security officer and the privacy officer, after both steps again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keepwell.office import choosing, places
from keepwell.office.officers import actions
from keepwell.office.officers.forms import OfficerForm
from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.members.queries import Pool
from keepwell.safeguards.access.officers import queries
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.tenancy.viewer import Viewer


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.OFFICER_NAME)
def name(request: HttpRequest, duty: str) -> HttpResponse:
    """Name who serves as one of the officers, or leave the place empty."""
    if duty not in set(Duty):
        raise OutOfReach
    if not ways.is_proven(request):
        return ways.ask_again(request, "members", request.path)
    viewer = viewer_of(request)
    held = next(one for one in queries.duties_of(viewer) if one.duty == duty)
    form = _asked(request, viewer, held)
    if form.is_valid():
        chosen, reason = form.cleaned_data["member"], form.cleaned_data["reason"]
        member = UUID(chosen) if chosen else None
        actions.name_officer(viewer, duty=Duty(duty), membership=member, reason=reason)
        messages.success(request, _("Written down. Notices go there from now on."))
        return redirect("office:members")
    context = {"form": form, "held": held, "is_privacy": duty == Duty.PRIVACY}
    status = 422 if form.is_bound else 200
    return render(request, "office/officers/name.html", context, status=status)


def _asked(request: HttpRequest, viewer: Viewer, held: queries.Held) -> OfficerForm:
    """Offer who can serve, or of many who serves or was just chosen and who fits what was typed."""
    posted = places.posted(request)
    initial = {"member": str(held.member.pk) if held.member else ""}
    if posted is not None:
        initial = {name: posted.get(name, "") for name in OfficerForm.base_fields}
    pool = Pool(permission=AccessPermission.OFFICER_SERVE, is_everywhere=True)
    chosen, like = [initial["member"]], initial.get("words", "")
    offer = choosing.offered(viewer, pool, chosen=chosen, like=like)
    data = None if choosing.is_finding(request) else posted
    return OfficerForm(data, offer=offer, initial=initial)
