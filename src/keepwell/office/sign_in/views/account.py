"""One's own account: where one is signed in, password, authenticator app, recovery codes."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office.second_steps.telling import stop_own
from keepwell.office.sign_in import forms, mail, ways, words
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.office.sign_in.views.enrolling import qr_of, spaced
from keepwell.office.sign_in.weighty import REASONS
from keepwell.office.summaries.letters import SUMMARY
from keepwell.safeguards.access.declarations import signed_in
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.access.viewers import sign_in_of, viewer_of
from keepwell.safeguards.consent.mailings.queries import wants
from keepwell.safeguards.identity import (
    actions,
    devices,
    passkey_actions,
    passkeys,
    replacements,
    second_factor,
    sessions,
    trust_actions,
    trusts,
)
from keepwell.safeguards.identity.actions import Answer
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.identity.second_factor import CodeAnswer
from keepwell.safeguards.identity.sessions import Ending
from keepwell.shell import locales


@signed_in
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show where this account is signed in, and what it signs in with."""
    account, this = account_of(request), sign_in_of(request).record
    own, standing = passkeys.of(account), sessions.standing_of(account)
    places = network_queries.places_of(viewer_of(request), [one.address for one in standing])
    listed = [
        words.Signed(
            record=record,
            is_this=record == this,
            place=places[record.address],
            way=words.way(record.factor, own),
        )
        for record in standing
    ]
    context = {
        "sessions": listed,
        "enrolled": second_factor.enrolled(account),
        "account": account,
        "own_language": locales.name_of(account.language),
        "gets_summary": wants(viewer_of(request), account.pk, SUMMARY.code),
        "passkeys": own,
        "trusted": trusts.standing_of(account),
        "replacement": replacements.standing_of(account.pk),
    }
    return render(request, "office/sign_in/account.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one session of this account; of anybody else's there is nothing to end."""
    account = account_of(request)
    is_known = devices.knows(request, account.email)
    if not actions.end_session(request, account, session_id):
        raise OutOfReach
    messages.success(request, _("The session is ended. Its next request is asked to sign in."))
    return _back_to_account(request, account, is_known=is_known)


@signed_in
@require_POST
def distrust(request: HttpRequest, trust_id: UUID) -> HttpResponse:
    """Ask for the code again on one device of this account; anybody else's is none."""
    if not trust_actions.distrust(request, account_of(request), trust_id):
        raise OutOfReach
    messages.success(request, _("That device is asked for the code again, from now on."))
    return redirect("sign_in:account")


@signed_in
@require_POST
def stop_replacement(request: HttpRequest) -> HttpResponse:
    """Stop a replacement of the second step that a colleague has started for this account."""
    if stop_own(request, account_of(request)):
        messages.success(request, _("It is stopped. The link no longer works."))
    return redirect("sign_in:account")


@signed_in
@require_POST
def end_all(request: HttpRequest) -> HttpResponse:
    """End every session of this account, this one too."""
    actions.sign_out_everywhere(request, account_of(request))
    request.session.flush()
    return HttpResponseRedirect(f"{resolve_url('sign_in:password')}?because={Ending.SIGNED_OUT}")


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change the password; the present one is asked for, every other session ends."""
    account = account_of(request)
    form = forms.ChangePasswordForm(request.POST or None, user=account)
    answer = Answer()
    if form.is_valid():
        given = form.cleaned_data
        answer = actions.give_present_password(request, account, password=given["present"])
        if answer.is_right:
            return _change_password(request, account, given["password"])
        wrong = _("This is not your present password.")
        form.add_error("present", words.wait(answer.wait) if answer.wait else wrong)
    status = 429 if answer.wait else 422 if form.is_bound else 200
    return render(request, "office/sign_in/change_password.html", {"form": form}, status=status)


def _change_password(request: HttpRequest, account: User, password: str) -> HttpResponse:
    is_known = devices.knows(request, account.email)
    actions.change_password(request, account, password=password)
    mail.tell(account, AccountLetter.PASSWORD, ways.concerned(request))
    messages.success(request, _("Your password is changed. Your other sessions are ended."))
    return _back_to_account(request, account, is_known=is_known)


def _back_to_account(request: HttpRequest, account: User, *, is_known: bool) -> HttpResponse:
    """Go back to the account; a browser that was known stays so, and no other becomes so here."""
    response = redirect("sign_in:account")
    if is_known:
        devices.remember(request, response, account.email)
    return response


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, reason: str) -> HttpResponse:
    """Ask for both steps again before something weighty, by its reason (ASVS 7.5.1, 8.4.2)."""
    if reason not in REASONS:
        raise OutOfReach
    asked = request.POST if request.method == "POST" else request.GET
    wanted = ways.safe_next(asked.get(ways.NEXT, ""))
    account, answered = account_of(request), request.POST.get("passkey", "")
    form = forms.AgainForm(request.POST if request.method == "POST" and not answered else None)
    answer = Answer()
    if answered:
        answer = passkey_actions.prove_again(request, account, answered)
    elif form.is_valid():
        given = form.cleaned_data
        answer = actions.prove_again(
            request, account, password=given["password"], typed=given["code"]
        )
    if answer.is_right:
        return _weighty(request, reason, wanted)
    refused = _refused(answer, is_passkey=bool(answered)) if answered or form.is_valid() else ""
    status = 429 if answer.wait else 422 if request.method == "POST" else 200
    context = {
        "form": form,
        "weighty": REASONS[reason],
        "next": wanted,
        "refused": refused,
        "is_unsent": ways.UNSENT in request.GET,
        "has_passkeys": bool(passkeys.of(account)),
    }
    return render(request, "office/sign_in/again.html", context, status=status)


def _weighty(request: HttpRequest, reason: str, wanted: str) -> HttpResponse:
    if reason == "codes":
        actions.renew_codes(request, account_of(request))
        mail.tell(account_of(request), AccountLetter.FACTOR, ways.concerned(request))
    ways.note_proof(request)
    if reason == "app":
        ways.prepare_secret(request)
    weighty = REASONS[reason]
    return redirect((wanted if weighty.returns else "") or weighty.route)


def _refused(answer: Answer, *, is_passkey: bool) -> str:
    if answer.wait:
        return words.wait(answer.wait)
    if is_passkey:
        return words.passkey()
    return _("Password and code do not belong to your account, or the code was used already.")


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Put a new authenticator app in place of the old one."""
    account, secret = account_of(request), ways.prepared_secret(request)
    if not secret or not ways.is_proven(request):
        return ways.ask_again(request, "app")
    form = forms.CodeForm(request.POST or None)
    if form.is_valid():
        answer = actions.replace_app(
            request, account, secret=secret, typed=form.cleaned_data["code"]
        )
        if answer is CodeAnswer.ACCEPTED:
            request.session.pop(ways.SECRET)
            mail.tell(account, AccountLetter.FACTOR, ways.concerned(request))
            return redirect("sign_in:new_codes")
        form.add_error("code", words.code(answer))
    context = {"form": form, "spaced": spaced(secret)}
    status = 422 if form.is_bound else 200
    return render(request, "office/sign_in/replace_app.html", context, status=status)


@signed_in
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Send the QR code of the secret that waits in this session."""
    if not ways.is_proven(request):
        raise OutOfReach
    return qr_of(account_of(request), ways.prepared_secret(request))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes until the person says they are kept; then never again.

    Only after both steps again: ten codes are ten second steps for whoever reads them, in any
    session of the account.
    """
    account = account_of(request)
    if request.method == "POST":
        second_factor.keep_codes(account)
        messages.success(request, _("Your recovery codes are kept. They are not shown again."))
        return redirect("sign_in:account")
    shown = second_factor.unkept_codes(account)
    if not shown:
        return redirect("sign_in:account")
    if not ways.is_proven(request):
        return ways.ask_again(request, "unkept-codes", request.path)
    return render(request, "office/sign_in/recovery_codes.html", {"codes": shown})


def account_of(request: HttpRequest) -> User:
    """Return the account that is signed in: these views are of members only."""
    return cast("User", request.user)
