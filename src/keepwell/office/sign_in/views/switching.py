"""Taking turns at a shared desk: making room, choosing a name, giving the password to it.

A name to press stands for typing the address and for nothing else: password, second step and the
counting of tries are those of signing in.
"""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office.sign_in import desk, forms, ways, words
from keepwell.office.sign_in.views.arriving import to_second_step
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.access.viewers import member
from keepwell.safeguards.identity import actions, desks, leaving, passkeys
from keepwell.safeguards.identity.actions import Answer
from keepwell.safeguards.identity.models import Seat


@open_to_all("making room for a colleague ends a session and needs no permission")
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """End the session, keep the name at this desk, and ask who works here now."""
    left = urlsplit(request.POST.get("page", "")).path  # what was searched for is not kept
    handle = actions.switch(request, page=ways.safe_next(left))
    response = HttpResponseRedirect(resolve_url("sign_in:desk"))
    leaving.forget_pages(response)
    if handle:
        desks.hand_over(response, handle)
    return response


@open_to_all("the names at a shared desk, by the handle that its browser holds")
@require_http_methods(["GET", "HEAD", "POST"])
def names(request: HttpRequest) -> HttpResponse:
    """Ask who works here now; a pressed name leads to its password."""
    if member(request) is not None:
        return redirect(ways.home())
    wanted = ways.wanted_page(request.POST.get("next", request.GET.get("next", ""))).carried
    query = f"?{urlencode({ways.NEXT: wanted})}" if wanted else ""
    if request.method == "POST":
        is_here = desk.choose(request, request.POST.get("seat", ""))
        to = "sign_in:desk_password" if is_here else "sign_in:password"
        return HttpResponseRedirect(resolve_url(to) + query)
    seats = desk.seats(request)
    if not seats:
        return HttpResponseRedirect(resolve_url("sign_in:password") + query)
    context = {"seats": seats, "next": wanted, "has_passkeys": passkeys.are_possible()}
    return render(request, "office/sign_in/desk.html", context)


@open_to_all("the first step of signing in, by a name at a shared desk")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Ask for the password of the name that was pressed."""
    is_post = request.method == "POST"
    seat = desk.seat(request, request.POST.get("seat", "")) if is_post else desk.chosen(request)
    if seat is None:
        return redirect("sign_in:password")
    if is_post:
        return _take_password(request, seat)
    if member(request) is not None:
        return redirect(ways.home())
    wanted = ways.wanted_page(request.GET.get("next", ""))
    return _ask(request, seat, forms.DeskPasswordForm(), wanted)


def _take_password(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = forms.DeskPasswordForm(request.POST)
    wanted = ways.wanted_page(request.POST.get("next", ""))
    answer = Answer()
    if form.is_valid():
        answer = actions.give_password(request, email=seat.user.email, **form.cleaned_data)
        if answer.is_right and answer.user is not None:
            return to_second_step(request, answer.user, wanted)
        form.add_error("password", words.wait(answer.wait) if answer.wait else words.password())
    response = _ask(request, seat, form, wanted, status=ways.UNUSABLE)
    return ways.slowed(response, answer.wait)


def _ask(
    request: HttpRequest,
    seat: Seat,
    form: forms.DeskPasswordForm,
    wanted: ways.Wanted,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "seat": seat,
        "form": form,
        "next": wanted.carried,
        "has_passkeys": passkeys.are_possible(),
    }
    return render(request, "office/sign_in/desk_password.html", context, status=status)


@open_to_all("forgetting names opens nothing")
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Forget the names at this desk."""
    response = HttpResponseRedirect(f"{resolve_url('sign_in:password')}?because={words.FORGOTTEN}")
    desks.forget(request, response)
    return response
