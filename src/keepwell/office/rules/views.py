"""Pages over the rules of use: what is added and who accepted; and a member's own look at them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import choosing, places
from keepwell.office.members.forms import FindForm
from keepwell.office.members.lists import List
from keepwell.office.rules.forms import AdditionForm
from keepwell.safeguards.access.declarations import requires, signed_in
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.consent.errors import NothingWritten
from keepwell.safeguards.consent.notices.layout import blocks
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.consent.terms import actions, queries
from keepwell.safeguards.tenancy.viewer import Viewer

UNUSABLE = 422
EVERYBODY, MISSING = "everybody", "missing"  # what ?list= shows of who accepted


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ConsentPermission.RULES_PUBLISH)
def page(request: HttpRequest) -> HttpResponse:
    """Show the rules and who accepted them; publish what the organisation adds, or find somebody.

    The list has pages (?list=, ?after=). Whom one looks for is posted.
    """
    viewer = viewer_of(request)
    posted = places.posted(request)
    is_finding = choosing.is_finding(request)
    rules = queries.rules_now(viewer)
    form = AdditionForm(None if is_finding else posted, initial={"text": rules.added})
    if form.is_valid():
        return _published(request, form.cleaned_data["text"])
    find = FindForm(posted if is_finding else None)
    context = {
        "form": form,
        "find": find,
        "rules": rules,
        "own": blocks(rules.own),
        "terms": queries.terms_accepted(viewer),
        **_who_accepted(request, viewer, find),
    }
    is_refused = form.is_bound or bool(find.errors)
    status = UNUSABLE if is_refused else 200
    return render(request, "office/rules/page.html", context, status=status)


def _published(request: HttpRequest, text: str) -> HttpResponse:
    try:
        actions.publish_addition(viewer_of(request), text=text)
    except NothingWritten:
        messages.info(request, _("Nothing was different. Nothing was changed."))
    else:
        messages.success(request, _("Published. Everybody is asked at the next sign-in."))
    return redirect("office:rules")


def _who_accepted(request: HttpRequest, viewer: Viewer, find: FindForm) -> dict[str, object]:
    like = find.cleaned_data["words"].strip() if find.is_valid() else ""
    only_missing = not like and request.GET.get("list") == MISSING
    after = None if like else places.id_in(request.GET.get("after", ""))
    part = queries.lines(viewer, only_missing=only_missing, like=like, after=after)
    name = MISSING if only_missing else EVERYBODY
    return {
        "list": List(name, part.rows, part.total, part.next, part.is_first),
        "like": like,
        "only_missing": only_missing,
        "missing": queries.count_missing(viewer),
    }


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """Show a member the rules that hold, and when they were accepted."""
    viewer = viewer_of(request)
    rules = queries.rules_now(viewer)
    context = {
        "rules": rules,
        "own": blocks(rules.own),
        "added": blocks(rules.added),
        "accepted": queries.accepted_by_me(viewer),
    }
    return render(request, "office/rules/mine.html", context)
