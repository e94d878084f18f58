"""Facts that colleagues write: somebody who sent nothing is added, what was mistyped put right."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from keepwell.office import places
from keepwell.office.persons.forms import AddForm, FactsForm
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.persons import actions, queries
from keepwell.safeguards.persons.errors import FactsChanged, KnownAlready
from keepwell.safeguards.persons.models import FACTS, Person
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.middleware import scope_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import requests
from keepwell.toolkit import clock

_OF_THE_KNOWN = ("name", "born", "telephone")  # that the page shows of who could be the same


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.ADD, purpose=Purpose.OPERATIONS)
@sensitive_variables()
@sensitive_post_parameters()
def add(request: HttpRequest) -> HttpResponse:
    """Add a person by hand; who is known by this name and birth date is shown first, opened."""
    viewer = viewer_of(request)
    form = AddForm(places.posted(request), today=_today(request))
    known: tuple[Person, ...] = ()
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.add_person(viewer, **given)
        except KnownAlready:
            known = queries.persons_alike(viewer, name=given["name"], born=given["born"])
            scope_of(request).open(known, *_OF_THE_KNOWN)
        else:
            messages.success(request, _("The person is added."))
            return redirect("office:person", made.pk)
    status = KnownAlready.status if known else 422 if form.is_bound else 200
    context = {"form": form, "known": known, "now": clock.now()}
    return render(request, "office/persons/add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(PersonPermission.CHANGE, purpose=Purpose.OPERATIONS)
@sensitive_variables()
@sensitive_post_parameters()
def correct(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show the facts of one source, opened and recorded; save what differs, and why."""
    viewer = viewer_of(request)
    this, refused = _near(viewer, person_id), None
    form = _form(request, this)
    if form.is_valid():
        try:
            is_changed = actions.correct_person(viewer, person=this.pk, **form.cleaned_data)
        except FactsChanged as fact:
            refused = fact
            form.add_error(None, _(fact.sentence))
        else:
            _tell(request, this, is_changed=is_changed)
            return redirect("office:person", this.pk)
    status = refused.status if refused else 422 if form.is_bound else 200
    context = {"form": form, "this": this, "is_too_late": refused is not None, "now": clock.now()}
    return render(request, "office/persons/correct.html", context, status=status)


def _near(viewer: Viewer, person: UUID) -> Person:
    """Return a person whom own locations reach: an emergency shows more, and changes nothing."""
    found = queries.person_with(viewer, person)
    if not queries.persons_reached(viewer, [person]):
        raise OutOfReach
    return found


@sensitive_variables()
def _form(request: HttpRequest, this: Person) -> FactsForm:
    """Return the form as it was sent; one that nobody has sent shows what is kept, opened."""
    today = _today(request)
    posted = places.posted(request)
    if posted is not None:
        return FactsForm(posted, today=today)
    scope_of(request).open([this], *FACTS)
    held = {name: getattr(this, name) for name in FACTS}
    facts = {name: None if value is None else value.open() for name, value in held.items()}
    return FactsForm(today=today, initial={**facts, "seen": this.entry_id})


def _today(request: HttpRequest) -> date:
    return clock.now().astimezone(requests.zone_of(request)).date()


def _tell(request: HttpRequest, this: Person, *, is_changed: bool) -> None:
    if not is_changed:
        messages.info(request, _("Nothing was different, so nothing was changed."))
    elif this.added_by:  # who may have sent nothing
        messages.success(request, _("The facts are corrected."))
    else:
        said = _("The facts are corrected. What this person sent stays as it was sent.")
        messages.success(request, said)
