"""The last step before the first page: terms and rules of use, once for each version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from keepwell.office.rules.forms import AcceptForm
from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import enrolment
from keepwell.safeguards.access.viewers import entering, sign_in_of
from keepwell.safeguards.consent.notices.layout import blocks
from keepwell.safeguards.consent.terms import actions, queries
from keepwell.safeguards.consent.terms.queries import Text
from keepwell.safeguards.consent.terms.texts import TITLES
from keepwell.safeguards.identity.models import Stage
from keepwell.shell.queries import organisation


@enrolment
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Show what is yet to be accepted in the organisation being entered; then let in."""
    user = ways.on_the_way(request)
    chosen = ways.chosen_organisation(request)
    is_here = sign_in_of(request).stage is Stage.FACTORS and chosen is not None
    viewer = entering(request, user, chosen) if is_here and chosen else None
    if viewer is None:
        return ways.go_on(request)
    owed = queries.owed(viewer)
    if not owed:
        return ways.enter(request, user, viewer.organisation)
    form = AcceptForm(request.POST or None, owed=owed)
    if form.is_valid():
        actions.accept(viewer, shown=owed)
        return ways.enter(request, user, viewer.organisation)
    texts = [_shown(one, form) for one in queries.texts(viewer, owed)]
    context = {"form": form, "texts": texts, "organisation": organisation(viewer.organisation)}
    status = ways.UNUSABLE if form.is_bound else 200
    return render(request, "office/sign_in/accept.html", context, status=status)


def _shown(text: Text, form: AcceptForm) -> dict[str, Any]:
    return {
        "title": TITLES[text.version.kind],
        "version": text.version.words,
        "own": blocks(text.own),
        "added": blocks(text.added),
        "tick": form[text.version.code],
        "id": text.version.code,
    }
