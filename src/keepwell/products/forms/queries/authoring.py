"""What authors see: forms with their state, one form with its versions and links."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from keepwell.products.forms.actions.links import token_of
from keepwell.products.forms.models import Form, FormLink, FormVersion, Submission
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.reach import FORM, as_seen, forms_within, links_within
from keepwell.safeguards.access.locations.placing import Locations, placed
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form in the list of forms."""

    form: Form
    version: FormVersion | None
    recent: int  # submissions of the last seven days: a table of all would be read to count all
    last_received: datetime | None


@dataclass(frozen=True, slots=True)
class LinkLine:
    """One link of a form, with its token to show again."""

    link: FormLink
    token: str
    is_open: bool
    organisation: Organisation | None = None  # as its patients see it, where a page needs it


@dataclass(frozen=True, slots=True)
class FormWhole:
    """One form with all that its author needs to see."""

    form: Form
    versions: list[FormVersion]
    links: list[LinkLine]
    received: int

    @property
    def version(self) -> FormVersion | None:
        """The version patients see now."""
        return self.versions[0] if self.versions else None

    @property
    def has_unpublished(self) -> bool:
        """Whether the working copy differs from what patients see."""
        return self.version is None or self.version.definition != self.form.working


def forms_of(viewer: Viewer) -> list[FormLine]:
    """List the organisation's forms, newest first (an organisation has dozens, not thousands)."""
    allow(viewer, FormsPermission.FORM_READ)
    with wall.reading(viewer.organisation):
        forms = list(_with_arrivals(forms_within(viewer)).order_by("-pk"))
        newest = {v.form_id: v for v in FormVersion.objects.order_by("number")}
    return [FormLine(form, newest.get(form.pk), form.recent or 0, form.last) for form in forms]


def _with_arrivals(forms: QuerySet[Form]) -> Any:
    """Add what arrived through each form, read from the end of its own part of one index."""
    sent = Submission.objects.filter(form=OuterRef("pk"))
    week = sent.filter(arrived__gte=clock.now() - RECENT).order_by().values("form")
    # "*" and not ids: those stand outside the index, which then answers alone.
    recent = Subquery(week.annotate(count=Count("*")).values("count"))
    last = Subquery(sent.order_by("-arrived").values("arrived")[:1])
    return forms.annotate(recent=recent, last=last)


def has_form(viewer: Viewer, *, is_published: bool = False) -> bool:
    """Tell whether there is a form, or one that was published; no submission is counted."""
    allow(viewer, FormsPermission.FORM_READ)
    with wall.reading(viewer.organisation):
        forms = forms_within(viewer)
        return bool((forms.filter(versions__isnull=False) if is_published else forms).exists())


def form_with(viewer: Viewer, form_id: UUID) -> FormWhole:
    """Return one form with versions (newest first) and links; OutOfReach for any other id."""
    allow(viewer, FormsPermission.FORM_READ)
    with wall.reading(viewer.organisation):
        form = within_reach(forms_within(viewer), pk=form_id)
        return FormWhole(
            form=form,
            versions=list(FormVersion.objects.filter(form=form).order_by("-number")),
            links=[_line(link) for link in FormLink.objects.filter(form=form).order_by("-pk")],
            received=Submission.objects.filter(form=form).count(),
        )


def link_with(viewer: Viewer, link_id: UUID) -> LinkLine:
    """Return one link with its form and token; OutOfReach for any other id."""
    allow(viewer, FormsPermission.FORM_READ)
    with wall.reading(viewer.organisation):
        return _line(within_reach(links_within(viewer).select_related("form"), pk=link_id))


def locations_of(viewer: Viewer, form: Form) -> Locations:
    """Return the locations that a form within reach belongs to; None: all."""
    with wall.reading(viewer.organisation):
        return None if form.is_everywhere else placed(FORM, form.pk)


def poster_of(viewer: Viewer, link_id: UUID) -> LinkLine:
    """Return one link with whom its poster names and whom it says to call."""
    line = link_with(viewer, link_id)
    with wall.reading(viewer.organisation):
        own = Organisation.objects.get(pk=viewer.organisation)
        return replace(line, organisation=as_seen(own, line.link.form))


def is_open(link: FormLink) -> bool:
    """Say whether patients may come in by this link now."""
    return link.revoked is None and (link.expires is None or link.expires > clock.now())


def _line(link: FormLink) -> LinkLine:
    return LinkLine(link, token_of(link), is_open(link))
