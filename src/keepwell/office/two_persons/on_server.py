"""What two persons agree on here and the operator then does on the server: proposed on a page."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from keepwell.office import places
from keepwell.office.permissions import OfficePermission
from keepwell.office.reasons import ReasonForm
from keepwell.office.sign_in import ways
from keepwell.office.two_persons import actions
from keepwell.office.two_persons.acts import ERASE_ORGANISATION, SHORTEN_TRAIL
from keepwell.office.two_persons.forms import YearsForm
from keepwell.office.two_persons.views import AGAIN
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.proposals import queries
from keepwell.safeguards.access.proposals.acts import Act
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.audit import retention


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.ORGANISATION_ERASE)
def erase_organisation(request: HttpRequest) -> HttpResponse:
    """Propose that the whole organisation is erased; nothing is erased by a page."""
    return _propose(request, ERASE_ORGANISATION, ReasonForm(places.posted(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.TRAIL_SHORTEN)
def shorten_trail(request: HttpRequest) -> HttpResponse:
    """Propose that the trail is kept for fewer years, where it is kept for more than it must be."""
    now = retention.years_of(viewer_of(request).organisation)
    can_be = now > retention.FEWEST_YEARS
    form = YearsForm(places.posted(request), now=now) if can_be else None
    return _propose(request, SHORTEN_TRAIL, form, years_now=now)


def _propose(
    request: HttpRequest, act: Act, form: ReasonForm | None, **told: object
) -> HttpResponse:
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, request.path)
    viewer = viewer_of(request)
    if form is not None and form.is_valid():
        about, reason = _about(form.cleaned_data), form.cleaned_data["reason"]
        row = actions.propose(viewer, act=act, about=about, reason=reason)
        return redirect("office:proposal", row.pk)
    others = queries.others_of(viewer, act, proposer=viewer.actor)
    context = {"form": form, "act": act, "others": len(others), **told}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "office/two_persons/on_server.html", context, status=status)


def _about(cleaned: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in cleaned.items() if name != "reason"}
