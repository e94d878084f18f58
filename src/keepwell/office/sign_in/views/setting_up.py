"""The one-time set-up link: an organisation and its owner come to be, exactly once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keepwell.office.sign_in import forms, ways
from keepwell.safeguards.access.actions import found_organisation
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.identity import actions, links
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import LinkPurpose, OneTimeLink, Stage

GONE = "office/sign_in/link_gone.html"


@open_to_all("the one-time link is the permission")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the organisation's profile and the owner's account; looking uses nothing up."""
    link = links.find(LinkPurpose.SET_UP, token)
    if link is None:
        return render(request, GONE, {"purpose": "set-up"}, status=410)
    form = forms.SetUpForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "office/sign_in/set_up.html", {"form": form}, status=status)
    try:
        return _found(request, link, form)
    except LinkUsed:
        return render(request, GONE, {"purpose": "set-up"}, status=410)


def _found(request: HttpRequest, link: OneTimeLink, form: forms.SetUpForm) -> HttpResponse:
    given = form.cleaned_data
    owner = actions.new_user(email=given["email"], name=given["name"], password=given["password"])
    found_organisation(
        name=given["organisation"],
        telephone=given["telephone"],
        time_zone=given["time_zone"],
        owner=owner,
        link=link,
    )
    actions.begin(request, owner, Stage.PASSWORD)
    ways.prepare_secret(request)
    return redirect("sign_in:enrol")
