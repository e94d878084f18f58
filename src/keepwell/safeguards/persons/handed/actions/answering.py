"""The answer that a handed report asks for, from somebody who is not signed in: few tries.

Counted before it is compared, under the row's lock, so that a hundred tries at once are not "the
first" a hundred times. Five wrong ones an hour; after twenty the link is over for good, because a
birth date could be guessed. Networks have a door of their own (`identity.throttle`), which closes
for links that never were, too.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.handed.queries import MODEL, is_good
from keepwell.safeguards.persons.handed.tries import (
    HOUR,
    MINUTES_OPEN,
    MOST_IN_AN_HOUR,
    MOST_WRONG,
    hashed_code,
    succeed,
)
from keepwell.safeguards.persons.models import HandedReport, Person
from keepwell.safeguards.records.search import equal
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """What somebody answered: a birth date or a code, as the link asks."""

    born: date | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """Right: the handle for the browser. Too early: how long to wait. Neither: wrong, or over."""

    handle: str = ""
    wait: timedelta = timedelta(0)


@sensitive_variables()
def answer(viewer: Viewer, *, handed: UUID, said: Said) -> Verdict:
    """Compare an answer with what is on record; a wrong one is on the trail."""
    with wall.writing(viewer.organisation):
        row = HandedReport.objects.select_for_update(no_key=True).filter(pk=handed).first()
        if row is None or not is_good(row):
            return Verdict()
        moment = clock.now()
        wait = _wait(row, moment)
        if wait:
            return Verdict(wait=wait)
        verdict = _opened(row, moment) if _is_right(row, said) else _refused(viewer, row)
    if verdict.handle:
        succeed(viewer.address)
    return verdict


def close(viewer: Viewer, *, handed: UUID) -> None:
    """Let the browser that answered hold nothing any more: somebody may share it."""
    with wall.writing(viewer.organisation):
        HandedReport.objects.filter(pk=handed).update(handle_hash="", opened_until=None)


def _wait(row: HandedReport, moment: datetime) -> timedelta:
    """Return how long this link takes no answer; begin a new hour where one is over."""
    if row.hour_began is None or moment - row.hour_began >= HOUR:
        row.hour_began, row.hour_wrong = moment, 0
    is_full = row.hour_wrong >= MOST_IN_AN_HOUR
    return row.hour_began + HOUR - moment if is_full else timedelta(0)


@sensitive_variables()
def _is_right(row: HandedReport, said: Said) -> bool:
    """Compare by keyed hashes only: nothing on record is opened, and time tells nothing."""
    if row.code_hash:
        return constant_time_compare(row.code_hash, hashed_code(row.pk, said.code))
    if said.born is None:
        return False
    return equal(Person.objects.filter(pk__in=row.persons), "born", said.born).exists()


def _opened(row: HandedReport, moment: datetime) -> Verdict:
    handle = secrets.token_urlsafe(32)
    row.hour_began, row.hour_wrong = None, 0
    row.handle_hash = digest_of(handle)
    row.opened_until = min(moment + timedelta(minutes=MINUTES_OPEN), row.expires)
    row.save()
    return Verdict(handle=handle)


def _refused(viewer: Viewer, row: HandedReport) -> Verdict:
    row.wrong += 1
    row.hour_wrong += 1
    row.save()
    record(
        viewer,
        PersonsEvent.REPORT_ANSWER,
        subjects=(Subject(MODEL, (row.pk,), (), tuple(map(UUID, row.persons))),),
        outcome="refused",
        detail={"wrong": str(row.wrong)},
    )
    if row.wrong >= MOST_WRONG:
        row.end()
    return Verdict()
