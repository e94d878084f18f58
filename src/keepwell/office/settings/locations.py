"""Locations: the list, one added or changed, one closed with what belongs to it moved."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from keepwell.office import places
from keepwell.office.settings.forms import CloseLocationForm, LocationForm
from keepwell.office.sign_in import ways
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import (
    LastLocation,
    LocationInUse,
    LocationTwice,
    OutOfReach,
)
from keepwell.safeguards.access.locations import actions, queries
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.viewers import viewer_of

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.models import Location

AGAIN = "locations"
LIST = "office:locations"
UNUSABLE = 422


@require_safe
@requires(AccessPermission.LOCATION_CHANGE)
def page(request: HttpRequest) -> HttpResponse:
    """List the locations, and what belongs to each."""
    viewer = viewer_of(request)
    counts = queries.counts_at(viewer)
    rows = [(row, _belongs(counts.get(row.pk, {}))) for row in queries.every_location(viewer)]
    still_open = [row for row, _words in rows if row.closed is None]
    context = {"rows": rows, "may_close": len(still_open) > 1}
    return render(request, "office/settings/locations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.LOCATION_CHANGE)
def add(request: HttpRequest) -> HttpResponse:
    """Add a location."""
    form = LocationForm(places.posted(request))
    if form.is_valid():
        try:
            once = form.cleaned_data.pop("once")
            made = actions.add(viewer_of(request), values=form.cleaned_data, once=once)
        except LocationTwice as refused:
            form.add_error("name", _(refused.sentence))
        else:
            said = _("%(name)s is added. Move forms and colleagues to it where they belong to it.")
            messages.success(request, said % {"name": made.name})
            return redirect(LIST)
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.LOCATION_CHANGE)
def change(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Change what a location is called, where it is and when it is open."""
    viewer = viewer_of(request)
    row = queries.location_with(viewer, location_id)
    if row.closed is not None:
        raise OutOfReach
    initial = {name: getattr(row, name) for name in actions.FIELDS}
    form = LocationForm(places.posted(request), initial=initial)
    if form.is_valid():
        try:
            changed = actions.change(viewer, location=row.pk, values=form.cleaned_data)
        except LocationTwice as refused:
            form.add_error("name", _(refused.sentence))
        else:
            messages.success(request, _said(bool(changed)))
            return redirect(LIST)
    return _form(request, form, row)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(AccessPermission.LOCATION_CHANGE)
def close(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Close a location; what belongs to it moves to another in the same step."""
    viewer = viewer_of(request)
    row = queries.location_with(viewer, location_id)
    if row.closed is not None:  # pressed twice, or by two
        return redirect(LIST)
    if not ways.is_proven(request):  # it moves what belongs to it, and is not undone
        return ways.ask_again(request, AGAIN, request.path)
    others = [one for one in queries.open_locations(viewer) if one.pk != row.pk]
    held = queries.counts_at(viewer).get(row.pk, {})
    form = CloseLocationForm(places.posted(request), others=others, is_needed=bool(held))
    if form.is_valid():
        try:
            actions.close(viewer, location=row.pk, **form.given)
        except (LastLocation, LocationInUse) as refused:
            form.add_error(None, _(refused.sentence))
        else:
            messages.success(request, _("%(name)s is closed.") % {"name": row.name})
            return redirect(LIST)
    context = {"form": form, "row": row, "belongs": _belongs(held), "is_last": not others}
    status = UNUSABLE if form.is_bound else 200
    return render(request, "office/settings/close_location.html", context, status=status)


def _form(request: HttpRequest, form: LocationForm, row: "Location | None") -> HttpResponse:
    context: dict[str, Any] = {"form": form, "row": row}
    status = UNUSABLE if form.is_bound else 200
    return render(request, "office/settings/location.html", context, status=status)


def _said(is_changed: bool) -> str:  # noqa: FBT001  one word decides the sentence
    if not is_changed:
        return _("Nothing was different. Nothing was changed.")
    return _("Saved. Patients see it on the forms of this location from now on.")


def _belongs(counts: dict[str, int]) -> str:
    """Say what belongs to a location alone or beside others: "2 forms, 1 membership"."""
    known = ((registry.record_words(model), count) for model, count in sorted(counts.items()))
    return ", ".join(str(words.counted % {"count": count}) for words, count in known if words)
