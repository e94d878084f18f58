"""One's own letters: which there are and why, the choice of the one that nobody has to get.

Stopping works by a link in the letter too, without signing in and without a CSRF token: mail
programs post to it by themselves (RFC 8058). The sealed token is the permission, no browser sends
it by itself, and it can do nothing else. Every token gets the same answer.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from keepwell.office import places
from keepwell.office.mail.letters import Need, letters
from keepwell.office.sign_in.forms import LettersForm
from keepwell.office.summaries import actions
from keepwell.office.summaries.letters import SUMMARY
from keepwell.safeguards.access.declarations import open_to_all, signed_in
from keepwell.safeguards.access.viewers import viewer_of, visitor
from keepwell.safeguards.consent.mailings import links, queries
from keepwell.safeguards.consent.models import Way
from keepwell.safeguards.mail.messages import ONE_CLICK
from keepwell.safeguards.tenancy.viewer import Viewer

NECESSARY = (Need.ACCOUNT, Need.DUTY, Need.ASKED)
UNUSABLE = 422


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """List the letters; take the choice of the optional one."""
    viewer = viewer_of(request)
    history = queries.own(viewer, SUMMARY.code)
    is_wanted = bool(history) and history[0].is_wanted
    initial = {"summary": "yes" if is_wanted else ""}
    form = LettersForm(places.posted(request), initial=initial)
    if form.is_valid():
        _choose(request, viewer, is_wanted=form.cleaned_data["summary"] == "yes")
        return redirect("sign_in:notifications")
    context = {
        "form": form,
        "history": history,
        "necessary": [
            (need.why, [one.subject for one in letters() if one.need is need]) for need in NECESSARY
        ],
    }
    status = UNUSABLE if form.is_bound else 200
    return render(request, "office/sign_in/notifications.html", context, status=status)


def _choose(request: HttpRequest, viewer: Viewer, *, is_wanted: bool) -> None:
    if is_wanted:
        actions.choose(viewer)
        messages.success(request, _("The letter comes on the next morning when something waits."))
    elif viewer.actor is not None:
        actions.stop(viewer, viewer.actor, Way.PAGE)
        messages.success(request, _("No daily summary is sent to you from this moment on."))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all("a sealed link in a letter stops that letter, and does nothing else")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; a POST of it, or of a mail program, stops the letter at once."""
    if request.method != "POST":
        return render(request, "office/sign_in/unsubscribe.html", {"one_click": ONE_CLICK})
    if list(request.POST.lists()) != [(ONE_CLICK[0], [ONE_CLICK[1]])]:
        context = {"one_click": ONE_CLICK}
        return render(request, "office/sign_in/unsubscribe.html", context, status=UNUSABLE)
    meant = links.meant_by(token)
    if meant is not None:
        actions.stop_by_link(visitor(request, meant.organisation), meant)
    return render(request, "office/sign_in/unsubscribed.html")
