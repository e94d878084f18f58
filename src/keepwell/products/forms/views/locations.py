"""At which locations a form is: what patients see of the place, and which colleagues see it."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keepwell.products.forms.actions import authoring
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.authoring import form_with, locations_of
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import LocationUnknown
from keepwell.safeguards.access.locations.queries import is_divided, names_of, open_locations
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.locations import WhereForm, initial_of

if TYPE_CHECKING:
    from keepwell.products.forms.models import Form


@require_http_methods(["GET", "HEAD", "POST"])
@requires(FormsPermission.FORM_PUBLISH)
def page(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Ask to which locations a form belongs, and move it."""
    viewer = viewer_of(request)
    form = form_with(viewer, form_id).form
    posted = request.POST if request.method == "POST" else None
    initial = {"locations": initial_of(locations_of(viewer, form))}
    offered = open_locations(viewer)
    asked = WhereForm(
        posted, offered=offered, is_all_offered=viewer.locations is None, initial=initial
    )
    if asked.is_valid():
        try:
            authoring.move(viewer, form_id=form.pk, locations=asked.where)
        except LocationUnknown as refused:
            asked.add_error("locations", _(refused.sentence))
        else:
            messages.success(request, _("Saved. It holds from the next click on."))
            return redirect("forms:form", form.pk)
    status = 422 if asked.is_bound else 200
    context = {"form": form, "asked": asked}
    return render(request, "forms/staff/locations.html", context, status=status)


def where_is(viewer: Viewer, form: "Form") -> str:
    """Say at which locations a form is; nothing where there is only one to be at."""
    where = locations_of(viewer, form)
    if where is None:
        return _("All locations") if is_divided(viewer) else ""
    return ", ".join(names_of(viewer, where))
