"""A forgotten password: a link by mail, a new one, and then both steps as always (ASVS 6.4.3)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keepwell.office.sign_in import forms, mail
from keepwell.office.sign_in.letters import RESET_LASTS, AccountLetter
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.identity import accounts, actions, devices, links, passwords, throttle
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.identity.origin import address_of

MINUTES = int(RESET_LASTS.total_seconds() // 60)


@open_to_all("somebody without a password cannot sign in to ask for one")
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link to the account's address, and say the same whether or not there is an account."""
    form = forms.ForgottenForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "office/sign_in/forgotten.html", {"form": form}, status=status)
    _send_link(request, passwords.normal_email(form.cleaned_data["email"]))
    return render(request, "office/sign_in/link_sent.html", {"minutes": MINUTES})


def _send_link(request: HttpRequest, email: str) -> None:
    """Send at most a few links in a row: a stranger must not fill somebody's mailbox.

    The same is done for an address without an account, so that the time tells nothing.
    """
    doors = _doors(request, email)
    user = accounts.open_account(email)
    if not throttle.begin_try(*doors):
        mail.ask_reset_link(user.pk if user else None)


@open_to_all("the one-time link is the permission")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the new password; the link is used up when one is accepted."""
    link = links.find(LinkPurpose.RESET_PASSWORD, token)
    if link is None or link.user is None:
        return _gone(request)
    form = forms.NewPasswordForm(request.POST or None, user=link.user)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"form": form, "account": link.user}
        return render(request, "office/sign_in/new_password.html", context, status=status)
    if not links.use(link):
        return _gone(request)
    actions.reset_password(request, link.user, password=form.cleaned_data["password"])
    throttle.succeed(*_doors(request, link.user.email))
    mail.tell(link.user, AccountLetter.PASSWORD)
    response = redirect(f"{reverse('sign_in:password')}?because=password-changed")
    devices.remember_link(request, response, link.user.email)
    return response


def _doors(request: HttpRequest, email: str) -> tuple[throttle.Door, ...]:
    return throttle.letter_door(email), throttle.network_door("reset", address_of(request))


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "office/sign_in/link_gone.html", {"purpose": "reset"}, status=410)
