"""What forms puts on pages of the office: first page, first steps, a timeline; and in a letter."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries import authoring, inbox, reach
from keepwell.safeguards.access.manifest import FirstStep, HomeLine, PersonLine, SummaryLine
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

MOST_NAMED = 4  # on the first page


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Say how many forms arrived since this time yesterday."""
    if not may(viewer, FormsPermission.SUBMISSION_LIST):
        return
    arrived = inbox.arrived_since(viewer, clock.now() - timedelta(days=1))
    if arrived:
        count = sum(arrived.values())
        words = ngettext(
            "%(count)s form arrived in the last 24 hours",
            "%(count)s forms arrived in the last 24 hours",
            count,
        )
        yield HomeLine(
            title=words % {"count": count},
            words=_by_form(arrived),
            url=reverse("forms:inbox"),
            act=_("Go to the inbox"),
            icon="inbox",
        )


def _by_form(arrived: dict[str, int]) -> str:
    """Say which forms arrived, the most frequent ones by name."""
    named = [f"{title} {count}" for title, count in list(arrived.items())[:MOST_NAMED]]
    others = sum(list(arrived.values())[MOST_NAMED:])
    if others:
        named.append(_("others %(count)s") % {"count": others})
    return " · ".join(named)


def summary(viewer: Viewer) -> Iterator[SummaryLine]:
    """Count what nobody has opened, for whoever can."""
    if not all(
        may(viewer, needed)
        for needed in (FormsPermission.SUBMISSION_LIST, FormsPermission.SUBMISSION_OPEN)
    ):
        return
    count = inbox.count_unopened(viewer)
    if count >= inbox.MOST_COUNTED:
        counted = ngettext_lazy(
            "%(count)s submission or more that nobody has opened",
            "%(count)s submissions or more that nobody has opened",
            "count",
        )
    else:
        counted = ngettext_lazy(
            "%(count)s submission that nobody has opened",
            "%(count)s submissions that nobody has opened",
            "count",
        )
    yield SummaryLine(counted=counted, count=count, route="forms:inbox", order=10)


def first_steps(viewer: Viewer) -> Iterator[FirstStep]:
    """Ask for a first published form."""
    if not may(viewer, FormsPermission.FORM_PUBLISH):
        return
    yield FirstStep(
        title=gettext_lazy("Publish a form"),
        words=gettext_lazy("Upload a FHIR R4 Questionnaire, look at it as patients will, publish."),
        is_done=authoring.has_form(viewer, is_published=True),
        url=reverse("forms:forms" if authoring.has_form(viewer) else "forms:upload"),
        act=gettext_lazy("Begin"),
        icon="form",
    )


def person_reach(viewer: Viewer) -> Q:
    """Say which persons a member of some locations reaches: who sent something there."""
    return reach.persons_reached(viewer)


def person_lines(viewer: Viewer, persons: tuple[UUID, ...]) -> Iterator[PersonLine]:
    """List what these persons sent."""
    if not may(viewer, FormsPermission.SUBMISSION_LIST):
        return
    may_open = may(viewer, FormsPermission.SUBMISSION_OPEN)
    for row in inbox.submissions_about(viewer, persons):
        yield PersonLine(
            title=row.form.title,
            moment=row.arrived,
            url=reverse("forms:submission", args=[row.pk]) if may_open else "",
            icon="inbox",
            words=row.reference,
        )
