"""An invitation: choose a password, or sign in when there is an account; then wait to be let in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office.sign_in import forms, joining, ways
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.access.invitations.queries import behind
from keepwell.safeguards.access.models import Invitation
from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.identity import accounts, actions, links
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import LinkPurpose, OneTimeLink, Stage
from keepwell.shell.queries import organisation as profile_of


@open_to_all("the one-time link is the permission")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whoever was invited for a password, or to sign in; looking uses nothing up."""
    link = links.find(LinkPurpose.JOIN, token)
    invitation = behind(link) if link else None
    if link is None or invitation is None:
        return _gone(request)
    try:
        if accounts.has_account(invitation.email):
            return _with_account(request, link, invitation)
        return _with_password(request, link, invitation)
    except LinkUsed:
        return _gone(request)


def _with_password(request: HttpRequest, link: OneTimeLink, invitation: Invitation) -> HttpResponse:
    initial = {"name": invitation.name}
    posted = request.POST if request.method == "POST" else None
    inviting = profile_of(invitation.organisation_id)
    house = inviting.name if inviting else ""
    form = forms.JoinForm(posted, initial=initial, email=invitation.email, house=house)
    if not form.is_valid():
        status = ways.UNUSABLE if form.is_bound else 200
        context = {"form": form, **_shown(invitation)}
        return render(request, "office/sign_in/join.html", context, status=status)
    given = form.cleaned_data
    user = actions.new_user(email=invitation.email, name=given["name"], password=given["password"])
    joining.accept_and_tell(link, user)
    actions.begin(request, user, Stage.PASSWORD)
    ways.prepare_secret(request)
    return redirect("sign_in:enrol")


def _with_account(request: HttpRequest, link: OneTimeLink, invitation: Invitation) -> HttpResponse:
    """Join with an account that exists: both its steps are asked for, here or now in this session.

    The link's id waits in the session, never its token.
    """
    user = sign_in_of(request).user
    is_other = user is not None and user.email != invitation.email
    if request.method != "POST" or is_other:
        context = {"is_other": is_other, "is_known": user is not None, **_shown(invitation)}
        return render(request, "office/sign_in/join_again.html", context)
    if user is not None:
        joining.accept_and_tell(link, user)
        return redirect("sign_in:waiting")
    if sign_in_of(request).user_on_the_way:
        request.session.flush()  # what waits there goes along with no other account
    request.session[ways.JOINING] = str(link.pk)
    return redirect("sign_in:password")


def _shown(invitation: Invitation) -> dict[str, Any]:
    return {
        "invitation": invitation,
        "role": invitation.get_role_display(),
        "inviting": profile_of(invitation.organisation_id),
    }


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "office/sign_in/link_gone.html", {"purpose": "join"}, status=410)


@open_to_all("somebody who waits to be let in has no session")
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Tell whoever accepted an invitation what happens next; it says nothing of anybody."""
    decision = sign_in_of(request)
    onward = ""
    if decision.is_full:
        onward = ways.home()
    elif decision.stage is Stage.FACTORS:
        onward = reverse("sign_in:organisation")
    context = {"onward": onward, "sign_in": resolve_url("sign_in:password")}
    return render(request, "office/sign_in/waiting.html", context)
