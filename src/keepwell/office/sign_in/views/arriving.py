"""Getting in and out: password, second step, choice of organisation, sign-out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office.sign_in import desk, forms, mail, ways, words
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.safeguards.access import queries
from keepwell.safeguards.access.declarations import enrolment, open_to_all
from keepwell.safeguards.access.viewers import member, sign_in_of
from keepwell.safeguards.identity import (
    actions,
    leaving,
    passkeys,
    second_factor,
    trust_actions,
)
from keepwell.safeguards.identity.actions import Answer
from keepwell.safeguards.identity.models import Stage, User
from keepwell.safeguards.identity.sessions import Ending


@open_to_all("the first step of signing in")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Ask for e-mail address and password."""
    if request.method == "POST":
        return _take_password(request)
    if member(request) is not None:
        return redirect(ways.home())
    form, seats = forms.PasswordForm(), desk.seats(request)
    if seats:  # they stand above it, and are to be met first
        form.fields["email"].widget.attrs.pop("autofocus")
    wanted = ways.wanted_page(request.GET.get("next", ""))
    notice = words.ending(request.GET.get("because", ""))
    context = {
        "form": form,
        "next": wanted.carried,
        "notice": notice,
        "seats": seats,
        "has_passkeys": passkeys.are_possible(),
    }
    return render(request, "office/sign_in/password.html", context)


def _take_password(request: HttpRequest) -> HttpResponse:
    form = forms.PasswordForm(request.POST)
    wanted = ways.wanted_page(request.POST.get("next", ""))
    answer = Answer()
    if form.is_valid():
        answer = actions.give_password(request, **form.cleaned_data)
        if answer.is_right and answer.user is not None:
            return to_second_step(request, answer.user, wanted)
        form.add_error(None, words.wait(answer.wait) if answer.wait else words.no_match())
    context = {"form": form, "next": wanted.carried, "has_passkeys": passkeys.are_possible()}
    response = render(request, "office/sign_in/password.html", context, status=ways.UNUSABLE)
    return ways.slowed(response, answer.wait)


def to_second_step(request: HttpRequest, user: User, wanted: ways.Wanted) -> HttpResponse:
    """Go on after a right password.

    A trusted device stands in for no code while recovery codes wait to be kept: they are shown on
    the way in, and would be ten second steps for whoever knows the password.
    """
    ways.note_wanted(request, user, wanted)
    is_joining = ways.JOINING in request.session  # somewhere that has not said yet what it allows
    may_pass = not is_joining and not second_factor.unkept_codes(user)
    if may_pass and trust_actions.pass_second_step(request, user):
        return ways.after_both_steps(request, user)
    if not second_factor.has_second_step(user):
        ways.prepare_secret(request)
    return ways.go_on(request)


@enrolment
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the six digits of the authenticator app."""

    def take(user: User, typed: str) -> tuple[Answer, str]:
        answer = actions.give_code(request, user, typed)
        return answer, words.code(answer.code)

    return _second_step(request, forms.CodeForm, take, "office/sign_in/code.html")


@enrolment
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_code(request: HttpRequest) -> HttpResponse:
    """Ask for a recovery code instead of the app."""

    def take(user: User, typed: str) -> tuple[Answer, str]:
        answer = actions.give_recovery_code(request, user, typed)
        if answer.is_right:
            mail.tell(user, AccountLetter.RECOVERY_CODE)
        return answer, words.recovery_code()

    return _second_step(request, forms.RecoveryCodeForm, take, "office/sign_in/recovery_code.html")


def _second_step(
    request: HttpRequest,
    form_class: type[forms.CodeForm | forms.RecoveryCodeForm],
    take: Callable[[User, str], tuple[Answer, str]],
    template: str,
) -> HttpResponse:
    user = ways.on_the_way(request)
    is_here = sign_in_of(request).stage is Stage.PASSWORD and second_factor.has_second_step(user)
    if not is_here:
        return ways.go_on(request)
    form = form_class(request.POST or None)
    answer = Answer()
    if form.is_valid():
        answer, wrong = take(user, form.cleaned_data["code"])
        if answer.is_right:
            may_trust = form_class is forms.CodeForm  # who lost the phone may not be where they say
            return (ways.let_in if may_trust else ways.after_both_steps)(request, user)
        form.add_error("code", words.wait(answer.wait) if answer.wait else wrong)
    status = ways.UNUSABLE if form.is_bound else 200
    context = {
        "form": form,
        "has_app": second_factor.has_app(user),
        "has_passkeys": bool(passkeys.of(user)),
        "trust_days": ways.trust_days(request, user),
    }
    return ways.slowed(render(request, template, context, status=status), answer.wait)


@enrolment
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Ask which organisation to work in: a session is in exactly one."""
    if sign_in_of(request).stage is not Stage.FACTORS:
        return ways.go_on(request)
    user = ways.on_the_way(request)
    if second_factor.unkept_codes(user):
        return redirect("sign_in:codes")
    choices = queries.organisations_of(user)
    chosen = [one for one in choices if str(one.id) == request.POST.get("organisation")]
    if chosen:
        return ways.enter(request, user, chosen[0].id)
    status = ways.UNUSABLE if request.method == "POST" else 200
    context = {"choices": choices, "missing": request.method == "POST"}
    return render(request, "office/sign_in/organisation.html", context, status=status)


@open_to_all("signing out needs no permission")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and let the browser forget what it kept of our pages."""
    actions.sign_out(request)
    address = f"{resolve_url('sign_in:password')}?because={Ending.SIGNED_OUT}"
    response = HttpResponseRedirect(address)
    leaving.forget_pages(response)  # also when the session was over already
    return response
