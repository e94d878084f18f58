"""Pages over the rules of use: what is added and who accepted; and a member's own look at them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.rules.forms import AdditionForm
from keepwell.safeguards.access.declarations import requires, signed_in
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.consent.errors import NothingWritten
from keepwell.safeguards.consent.notices.layout import blocks
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.consent.terms import actions, queries

UNUSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ConsentPermission.RULES_PUBLISH)
def page(request: HttpRequest) -> HttpResponse:
    """Show the rules and who accepted them; publish what the organisation adds."""
    viewer = viewer_of(request)
    rules = queries.rules_now(viewer)
    form = AdditionForm(places.posted(request), initial={"text": rules.added})
    if form.is_valid():
        try:
            actions.publish_addition(viewer, text=form.cleaned_data["text"])
        except NothingWritten:
            messages.info(request, _("Nothing was different. Nothing was changed."))
        else:
            messages.success(request, _("Published. Everybody is asked at the next sign-in."))
        return redirect("office:rules")
    context = {
        "form": form,
        "rules": rules,
        "own": blocks(rules.own),
        "lines": queries.lines(viewer),
        "terms": queries.terms_accepted(viewer),
    }
    return render(request, "office/rules/page.html", context, status=_status(form))


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


def _status(form: AdditionForm) -> int:
    return UNUSABLE if form.is_bound else 200
