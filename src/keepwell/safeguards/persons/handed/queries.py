"""Where a handed report's link leads, what is read by it, and to whom reports were handed."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity import links
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import HandedReport, Person
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import ids_of_whole
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock, spelled

MODEL = "persons.handedreport"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a link leads."""

    organisation: Organisation
    row: HandedReport
    token: str


def entrance_of(text: str) -> Entrance | None:
    """Follow a link's token; None alike for one that never was, is past, taken back or used up."""
    token = spelled.read_token(text)
    link = links.find(LinkPurpose.REPORT, token) if token else None
    if token is None or link is None or link.organisation is None:
        return None
    with wall.reading(link.organisation):
        row = HandedReport.objects.filter(pk=link.about).first()
        if row is None or not is_good(row):
            return None
        return Entrance(Organisation.objects.get(pk=link.organisation), row, token)


def is_good(row: HandedReport) -> bool:
    """Tell whether a handed report can be read. Inside the caller's wall.

    It ends with the person: when one whom it is about was erased, or is another human being after
    all, nobody may read it.
    """
    about = set(map(UUID, row.persons))
    return (
        row.is_open
        and Person.objects.filter(pk=row.person).exists()
        and ids_of_whole(row.person).issuperset(about)
    )


def report_in(viewer: Viewer, row: HandedReport, form: str) -> reports.Report:
    """Return a report to the person who holds it; that it is read is on the trail."""
    subject = Subject(MODEL, (row.pk,), (), tuple(map(UUID, row.persons)))
    with wall.writing(viewer.organisation):
        HandedReport.objects.filter(pk=row.pk).update(
            readings=F("readings") + 1, last_read=clock.now()
        )
        record(viewer, PersonsEvent.REPORT_READ, subjects=(subject,), detail={"as": form})
    return reports.report_behind(viewer, person=row.person, ordered=row.report)


def handed_of(viewer: Viewer, report: UUID) -> list[HandedReport]:
    """List how a report is in the person's hands: open, or ended by wrong answers; newest first."""
    allow(viewer, PersonPermission.REPORT)
    with wall.reading(viewer.organisation):
        rows = HandedReport.objects.filter(report=report).order_by("-made", "-id")
        return [one for one in rows if is_good(one)]


def ended_by_guesses(viewer: Viewer, report: UUID, most: int) -> list[HandedReport]:
    """List the links to a report that ended after so many wrong answers, newest first."""
    allow(viewer, PersonPermission.REPORT)
    with wall.reading(viewer.organisation):
        rows = HandedReport.objects.filter(report=report, wrong__gte=most)
        return list(rows.order_by("-made", "-id"))


def is_about_one(viewer: Viewer, person: UUID, persons: Collection[UUID]) -> bool:
    """Tell whether all whom a report is about are one with this person now."""
    with wall.reading(viewer.organisation):
        return ids_of_whole(person).issuperset(persons)


def is_kept(viewer: Viewer, person: UUID) -> bool:
    """Tell whether the person of a report in hand is still there: not once erased."""
    with wall.reading(viewer.organisation):
        return Person.objects.filter(pk=person).exists()
