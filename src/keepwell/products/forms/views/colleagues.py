"""For whom what arrives through a form is kept: whoever's role opens it, or named colleagues."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keepwell.office import choosing, places
from keepwell.products.forms.actions.reserving import reserve
from keepwell.products.forms.colleagues import EVERYBODY, NAMED, ReserveForm
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.authoring import form_with
from keepwell.products.forms.queries.reserved import Kept, kept_of
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.members.queries import Pool
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.products.forms.models import Form


@require_http_methods(["GET", "HEAD", "POST"])
@requires(FormsPermission.FORM_PUBLISH)
def page(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Ask for whom what arrives is kept; "Find" offers more colleagues and saves nothing."""
    viewer = viewer_of(request)
    form = form_with(viewer, form_id).form
    kept = kept_of(viewer, form)
    if not kept.may_name:
        raise NotPermitted
    is_finding = choosing.is_finding(request)
    asked = _asked(request, viewer, form, kept, is_finding=is_finding)
    if not is_finding and asked.is_valid():
        reason = asked.cleaned_data["reason"]
        is_new = reserve(viewer, form_id=form.pk, members=asked.chosen, reason=reason)
        messages.success(request, _said(is_new=is_new))
        return redirect("forms:form", form.pk)
    status = 422 if asked.is_bound and not is_finding else 200
    return render(
        request, "forms/staff/colleagues.html", {"form": form, "asked": asked}, status=status
    )


def _asked(
    request: HttpRequest, viewer: Viewer, form: "Form", kept: Kept, *, is_finding: bool
) -> ReserveForm:
    """Offer who is named or was just chosen, then who fits what was typed, up to so many."""
    posted = places.posted(request)
    initial: dict[str, Any] = {
        "who": NAMED if form.is_reserved else EVERYBODY,
        "members": [str(one.pk) for one in kept.named],
    }
    if posted is not None:
        initial |= {"members": posted.getlist("members")}
        initial |= {name: posted.get(name, "") for name in ("who", "words", "reason")}
    pool = Pool(permission=FormsPermission.SUBMISSION_OPEN)
    offer = choosing.offered(viewer, pool, chosen=initial["members"], like=initial.get("words", ""))
    data = None if is_finding else posted
    return ReserveForm(data, initial=initial, offered=offer.choices, is_part=offer.is_part)


def _said(*, is_new: bool) -> str:
    if not is_new:
        return _("Nothing was different. Nothing was changed.")
    return _("Saved. It holds from the next click on.")
