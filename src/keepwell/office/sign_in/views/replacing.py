"""A second step that was lost: a link from a colleague or the console, the password, a new app."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.sign_in import forms, mail, ways, words
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.office.sign_in.views.enrolling import qr_of, spaced
from keepwell.safeguards.access.declarations import enrolment, open_to_all
from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.identity import actions, links, replacements, replacing
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import LinkPurpose, OneTimeLink, Stage, User
from keepwell.safeguards.identity.second_factor import CodeAnswer
from keepwell.toolkit.clock import now

_LINK = "replacing"


@open_to_all("the one-time link is the permission, and the password is asked for")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the account's password; the link is used up only once the new app is in place."""
    link = links.find(LinkPurpose.REPLACE_FACTOR, token)
    if link is None or link.user is None:
        return _gone(request)
    if replacing.is_shut(link):
        return _not_yet(request, link)
    form, wait = forms.OwnPasswordForm(places.posted(request)), timedelta(0)
    status = ways.UNUSABLE if form.is_bound else 200
    if form.is_valid():
        given = form.cleaned_data["password"]
        answer = actions.give_password(request, email=link.user.email, password=given)
        if answer.is_right:
            request.session[_LINK] = str(link.pk)
            ways.prepare_secret(request)
            return redirect("sign_in:replacement")
        wait, status = answer.wait, ways.UNUSABLE
        form.add_error("password", words.wait(wait) if wait else words.password())
    context = {"form": form, "account": link.user, "is_colleagues": link.about is not None}
    response = render(request, "office/sign_in/lost.html", context, status=status)
    return ways.slowed(response, wait)


@enrolment
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Show the new secret; it takes the old one's place once the app shows the right code."""
    user, secret = ways.on_the_way(request), ways.prepared_secret(request)
    link = _link_of(request, user)
    if sign_in_of(request).stage is not Stage.PASSWORD or link is None or not secret:
        return ways.go_on(request)
    form = forms.CodeForm(places.posted(request))
    if form.is_valid():
        typed = form.cleaned_data["code"]
        try:
            answer = replacing.replace(request, user, link=link, secret=secret, typed=typed)
        except LinkUsed:
            return _gone(request)
        if answer is CodeAnswer.ACCEPTED:
            mail.tell(user, AccountLetter.FACTOR)
            return ways.after_both_steps(request, user)
        form.add_error("code", words.code(answer))
    context = {"form": form, "spaced": spaced(secret), "account": user}
    status = ways.UNUSABLE if form.is_bound else 200
    return render(request, "office/sign_in/replacement.html", context, status=status)


@enrolment
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """Send the QR code of the secret that waits in this session."""
    user = ways.on_the_way(request)
    if _link_of(request, user) is None:
        raise Http404
    return qr_of(user, ways.prepared_secret(request))


def _link_of(request: HttpRequest, user: User) -> OneTimeLink | None:
    followed = request.session.get(_LINK)
    if not followed:
        return None
    link = links.standing(LinkPurpose.REPLACE_FACTOR, UUID(followed), user)
    return None if link is None or replacing.is_shut(link) else link


def _not_yet(request: HttpRequest, link: OneTimeLink) -> HttpResponse:
    """Say when the link opens: whoever was told of it can stop it until then."""
    one = replacements.behind(link)
    if one is None:
        return _gone(request)
    context = {"span": words.span(one.opens - now())}
    status = 409 if request.method == "POST" else 200
    return render(request, "office/sign_in/link_not_yet.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "office/sign_in/link_gone.html", {"purpose": "factor"}, status=410)
