"""Passkeys: signing in with one, taking the second step with one, adding and removing them.

Challenges are asked for by a page's own script and answered by an ordinary form.
"""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office import places
from keepwell.office.sign_in import forms, mail, ways, words
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.safeguards.access.declarations import enrolment, open_to_all, signed_in
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.identity import passkey_actions, passkeys, second_factor
from keepwell.safeguards.identity.actions import Answer
from keepwell.safeguards.identity.models import Stage, User


@open_to_all("a challenge to a passkey is the same for everybody")
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """Tell a browser what a passkey has to sign; nothing of it depends on who asks."""
    offered, wait = passkey_actions.offer_use(request)
    return ways.slowed(JsonResponse(offered), wait)


@open_to_all("signing in by a passkey, which is both steps")
@sensitive_post_parameters()
@require_POST
def arrive(request: HttpRequest) -> HttpResponse:
    """Sign in with what a passkey has signed."""
    wanted = ways.wanted_page(request.POST.get("next", ""))
    given = passkey_actions.sign_in(request, request.POST.get("passkey", ""))
    if given.is_right and given.user is not None:
        ways.note_wanted(request, given.user, wanted)
        return ways.after_both_steps(request, given.user)
    context = {
        "form": forms.PasswordForm(),
        "next": wanted.carried,
        "notice": {"tone": "danger", "words": _refused(given)},
        "has_passkeys": passkeys.are_possible(),
    }
    response = render(request, "office/sign_in/password.html", context, status=ways.UNUSABLE)
    return ways.slowed(response, given.wait)


@enrolment
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Take the second step with a passkey instead of the app."""
    user = ways.on_the_way(request)
    if sign_in_of(request).stage is not Stage.PASSWORD or request.method != "POST":
        return ways.go_on(request)
    given = passkey_actions.give(request, user, request.POST.get("passkey", ""))
    if given.is_right:
        return ways.let_in(request, user)
    context = {
        "form": forms.CodeForm(),
        "trust_days": ways.trust_days(request, user),
        "refused": _refused(given),
        "has_app": second_factor.has_app(user),
        "has_passkeys": bool(passkeys.of(user)),
    }
    response = render(request, "office/sign_in/code.html", context, status=ways.UNUSABLE)
    return ways.slowed(response, given.wait)


@signed_in
@require_POST
def challenge_to_add(request: HttpRequest) -> HttpResponse:
    """Tell a browser what to make: only once both steps were given again."""
    if not ways.is_proven(request):
        raise OutOfReach
    return JsonResponse(passkey_actions.offer_adding(request, _account(request)))


@signed_in
@sensitive_post_parameters("passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey, after both steps again."""
    account = _account(request)
    if not ways.is_proven(request):
        return ways.ask_again(request, "passkeys", request.path)
    form = forms.PasskeyForm(places.posted(request))
    if form.is_valid():
        answer, name = form.cleaned_data["passkey"], form.cleaned_data["name"]
        if passkey_actions.add(request, account, answer=answer, name=name):
            mail.tell(account, AccountLetter.PASSKEY_ADDED, ways.concerned(request))
            said = _("%(name)s is added. You can sign in with it from now on.")
            messages.success(request, said % {"name": name})
            return redirect("sign_in:account")
        form.add_error(None, _("The browser's answer could not be used. Try once more."))
    context = {"form": form, "are_possible": passkeys.are_possible()}
    status = ways.UNUSABLE if form.is_bound else 200
    return render(request, "office/sign_in/add_passkey.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Remove one passkey and end the sessions it made, after both steps again."""
    account = _account(request)
    passkey = passkeys.one_of(account, passkey_id)
    if passkey is None:
        raise OutOfReach
    if not ways.is_proven(request):
        return ways.ask_again(request, "passkeys", request.path)
    if request.method == "POST":
        if passkey_actions.remove(request, account, passkey_id):
            _tell_removed(request, account)
        return redirect("sign_in:account")
    is_last = not second_factor.has_app(account) and len(passkeys.of(account)) == 1
    context = {"name": passkey.name, "is_last": is_last}
    return render(request, "office/sign_in/remove_second_step.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    """Remove the authenticator app of an account that has a passkey, after both steps again."""
    account = _account(request)
    if not second_factor.has_app(account):
        return redirect("sign_in:account")
    if not ways.is_proven(request):
        return ways.ask_again(request, "passkeys", request.path)
    if request.method == "POST":
        if passkey_actions.remove_app(request, account):
            _tell_removed(request, account)
        return redirect("sign_in:account")
    context = {"name": _("Authenticator app"), "is_last": not passkeys.of(account)}
    return render(request, "office/sign_in/remove_second_step.html", context)


def _refused(given: Answer) -> str:
    return words.wait(given.wait) if given.wait else words.passkey()


def _tell_removed(request: HttpRequest, account: User) -> None:
    mail.tell(account, AccountLetter.FACTOR_REMOVED, ways.concerned(request))
    said = _("It is removed, and sessions that were begun with it are ended.")
    messages.success(request, said)


def _account(request: HttpRequest) -> User:
    return cast("User", request.user)
