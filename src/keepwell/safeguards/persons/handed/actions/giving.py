"""Handing a report to the person it is about, and taking it back."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity import links
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.persons import reports
from keepwell.safeguards.persons.errors import ReasonMissing, ReportOfOthers
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.handed.queries import MODEL
from keepwell.safeguards.persons.handed.tries import CODE_CHARACTERS, hashed_code
from keepwell.safeguards.persons.models import HandedReport, Person
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.persons.queries import ids_of_whole
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock, spelled

DAYS = 7
MOST_DAYS = 30


@dataclass(frozen=True, slots=True, repr=False)
class Handed:
    """What is shown once: the link's token, and the code where no birth date is on record."""

    row: HandedReport
    token: str
    code: str


def hand(viewer: Viewer, *, person: UUID, report: UUID, days: int, reason: str) -> Handed:
    """Hand a report to the person it is about for some days; an earlier link to it ends.

    Raises OutOfReach for another organisation's report and for a person who is not kept any more,
    ReportOfOthers, ReasonMissing.
    """
    allow(viewer, PersonPermission.REPORT)
    if not reason.strip():
        raise ReasonMissing
    order = reports.order_of(viewer, person=person, ordered=report)
    days = max(1, min(days, MOST_DAYS))
    with wall.writing(viewer.organisation):
        # One after another: of two clicks the second one's link works, and no other.
        take_turn(viewer)
        _need_one(person, order.persons)
        for earlier in HandedReport.objects.filter(report=report, ended__isnull=True):
            earlier.end()
        handed = _made(viewer, order, person, days)
        detail = {"report": str(report), "days": str(days), "asks": "code" if handed.code else ""}
        record(
            viewer,
            PersonsEvent.REPORT_HAND,
            subjects=(Subject(MODEL, (handed.row.pk,), (), order.persons),),
            reason=reason.strip(),
            detail={name: said for name, said in detail.items() if said},
        )
    return handed


def withdraw(viewer: Viewer, *, handed: UUID) -> HandedReport:
    """Take a handed report back at once; once it is over, nothing changes. Raises OutOfReach."""
    allow(viewer, PersonPermission.REPORT)
    with wall.writing(viewer.organisation):
        rows = HandedReport.objects.select_for_update(no_key=True)
        row: HandedReport = within_reach(rows, pk=handed)
        if row.is_open:
            row.end()
            record(viewer, PersonsEvent.REPORT_WITHDRAW, subjects=(Subject(MODEL, (row.pk,)),))
    return row


def _need_one(person: UUID, persons: tuple[UUID, ...]) -> None:
    """Refuse a report about anybody who is not one with this person now."""
    if not Person.objects.filter(pk=person).exists():
        raise OutOfReach
    if not ids_of_whole(person).issuperset(persons):
        raise ReportOfOthers


def _made(viewer: Viewer, order: reports.Order, person: UUID, days: int) -> Handed:
    is_born = Person.objects.filter(pk__in=order.persons, born__isnull=False).exists()
    code = "" if is_born else spelled.random(CODE_CHARACTERS)
    row = HandedReport(
        organisation_id=viewer.organisation,
        report=order.entry.id,
        person=person,
        persons=[str(one) for one in order.persons],
        by=viewer.actor,
        expires=clock.now() + timedelta(days=days),
    )
    row.code_hash = hashed_code(row.pk, code) if code else ""
    row.save(force_insert=True)
    token = links.make(
        LinkPurpose.REPORT,
        lasts=timedelta(days=days),
        organisation=viewer.organisation,
        about=row.pk,
        token=spelled.new_token(),
    )
    return Handed(row, token, code)
