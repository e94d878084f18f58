"""The second step for the first time: authenticator app, then recovery codes, shown until kept."""

import io

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office.sign_in import forms, ways, words
from keepwell.safeguards.access.declarations import enrolment
from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.identity import actions, second_factor
from keepwell.safeguards.identity.models import Stage, User
from keepwell.safeguards.identity.second_factor import CodeAnswer

ISSUER = "Keepwell"


@enrolment
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Show the secret and its QR code; turn the second step on once the app shows the right code.

    Whoever has a second step already is sent to it: a password alone must never replace it.
    """
    user = ways.on_the_way(request)
    secret = ways.prepared_secret(request)
    if sign_in_of(request).stage is not Stage.PASSWORD or second_factor.has_second_step(user):
        return ways.go_on(request)
    if not secret:
        return redirect("sign_in:password")
    form = forms.CodeForm(request.POST or None)
    if form.is_valid():
        answer = actions.enrol(request, user, secret=secret, typed=form.cleaned_data["code"])
        if answer is CodeAnswer.ACCEPTED:
            return ways.after_both_steps(request, user)
        form.add_error("code", words.code(answer))
    context = {"form": form, "spaced": spaced(secret), "account": user}
    status = 422 if form.is_bound else 200
    return render(request, "office/sign_in/enrol.html", context, status=status)


@enrolment
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Send the QR code of the secret that waits in this session."""
    user = ways.on_the_way(request)
    if second_factor.has_second_step(user):
        raise Http404
    return qr_of(user, ways.prepared_secret(request))


@enrolment
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes until the person says they are kept; then never again."""
    if sign_in_of(request).stage is not Stage.FACTORS:
        return ways.go_on(request)
    user = ways.on_the_way(request)
    if request.method == "POST":
        second_factor.keep_codes(user)
        return ways.go_on(request)
    shown = second_factor.unkept_codes(user)
    if not shown:
        return ways.go_on(request)
    context = {"codes": shown, "steps": "codes"}
    return render(request, "office/sign_in/recovery_codes.html", context)


def spaced(secret: str) -> str:
    """Return a secret in groups of four, to be typed by hand."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def qr_of(user: User, secret: str) -> HttpResponse:
    """Return the picture of a secret: dark on white in both themes, or no phone reads it."""
    if not secret:
        raise Http404
    address = second_factor.app_address(secret, account=user.email, issuer=ISSUER)
    picture_file = io.BytesIO()
    segno.make(address, error="m").save(
        picture_file,
        kind="svg",
        border=3,
        dark="#111111",
        light="#ffffff",
        omitsize=True,
        xmldecl=False,
    )
    return HttpResponse(picture_file.getvalue(), content_type="image/svg+xml")
