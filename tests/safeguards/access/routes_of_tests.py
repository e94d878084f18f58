"""Routes that exist in these tests only: one silent, one for each kind of declaration."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from keepwell.config import urls as keepwell
from keepwell.safeguards.access.declarations import open_to_all, requires, signed_in
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import within_reach
from keepwell.safeguards.access.viewers import MemberRequest
from keepwell.safeguards.identity.middleware import background
from keepwell.safeguards.tenancy import wall

calls: list[str] = []


def silent(request: HttpRequest) -> HttpResponse:
    """Say nothing about who may call."""
    calls.append("silent")
    return HttpResponse("silent")


@requires(AccessPermission.MEMBER_ADD, purpose="care")
def adding(request: MemberRequest) -> HttpResponse:
    """Tell who calls."""
    calls.append("adding")
    viewer = request.viewer
    return HttpResponse(f"{viewer.actor} {viewer.role} {viewer.purpose} {viewer.address}")


@signed_in
def colleague(request: MemberRequest, membership_id: str) -> HttpResponse:
    """Fetch a colleague within reach."""
    with wall.reading(request.viewer.organisation):
        found = within_reach(Membership.objects.all(), pk=membership_id)
    return HttpResponse(str(found.id))


@signed_in
@background
def poll(request: HttpRequest) -> HttpResponse:
    """Be asked by a page, not by a person."""
    return HttpResponse("nothing new")


@open_to_all(reason="a patient's page")
def of_patients(request: HttpRequest) -> HttpResponse:
    """Be opened by anybody, also in a browser in which a colleague is signed in."""
    return HttpResponse("a form")


urlpatterns = [
    path("of-patients/", of_patients, name="of_patients"),
    path("silent/", silent, name="silent"),
    path("adding/", adding, name="adding"),
    path("colleague/<str:membership_id>/", colleague, name="colleague"),
    path("poll/", poll, name="poll"),
    path("", include(keepwell.urlpatterns)),
]
patient_routes: list[object] = []
staff_routes = urlpatterns
handler400, handler403 = keepwell.handler400, keepwell.handler403
handler404, handler500 = keepwell.handler404, keepwell.handler500
