"""Neighbours on the trail that are one deed of one hand are one line; none is hidden."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.queries import Content, TrailEntry
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.shell import trail_lines
from keepwell.shell.trail_folds import Fold, days_of, folded
from keepwell.shell.trail_lines import Line
from keepwell.toolkit.identifiers import uuid7
from tests.shell.test_trail_lines import payload

pytestmark = pytest.mark.usefixtures("stores")

ADA = Viewer(kind=ViewerKind.MEMBER, organisation=uuid7(), actor=uuid7(), role="owner")
OPEN, READ, KEPT = "records:fields:open", "audit:trail:open", "forms:draft:keep"
NEWEST = datetime(2026, 11, 24, 12, tzinfo=UTC)
_places = count()


def said(kind: str = OPEN, *, minutes: int = 0, **parts: Any) -> TrailEntry:
    given = {"actor": uuid7()} | parts
    return TrailEntry(
        index=next(_places),
        id=uuid7(),
        moment=NEWEST - timedelta(minutes=minutes),
        kind=kind,
        content=Content.READABLE,
        payload=payload(**given),
    )


def submission(*ids: UUID) -> tuple[Subject, ...]:
    return (Subject("forms.submission", ids, ("answers",)),)


def draft(id_: UUID) -> tuple[Subject, ...]:
    return (Subject("forms.draft", (id_,), ("answers",)),)


def fold(*entries: TrailEntry) -> list[Line | Fold]:
    return list(folded(trail_lines.lines_of(ADA, entries)))


def test_equal_neighbours_are_one_line_with_a_count_and_every_entry_below_it() -> None:
    ben, row = uuid7(), uuid7()
    entries = [said(actor=ben, subjects=submission(row), minutes=ago) for ago in (0, 1, 5)]
    (line,) = fold(*entries)
    assert isinstance(line, Fold)
    assert line.did == "opened answers of 1 submission, 3 times"
    assert [one.index for one in line.lines] == [entry.index for entry in entries]
    assert (line.moment, line.since) == (NEWEST, NEWEST - timedelta(minutes=5))
    assert not line.is_instant


def test_openings_of_different_rows_stay_apart_however_equal_they_sound() -> None:
    ben = uuid7()
    lines = fold(*(said(actor=ben, subjects=submission(uuid7())) for _ in range(3)))
    assert [type(line) for line in lines] == [Line] * 3


def test_what_colleagues_do_stays_apart() -> None:
    row = uuid7()
    assert len(fold(*(said(subjects=submission(row)) for _ in range(2)))) == 2


def test_one_page_that_opens_and_reads_is_one_line() -> None:
    ben, request = uuid7(), uuid7()
    opened = said(actor=ben, request=request, subjects=submission(uuid7()), purpose="care")
    read = said(READ, actor=ben, request=request, detail={"count": "4"})
    (line,) = fold(read, opened)
    assert isinstance(line, Fold)
    assert line.did == "opened answers of 1 submission; read the trail"
    assert (line.icon, line.tone) == ("lock-open", "sealed")
    assert line.lines[0].did == "read 4 entries of the trail"
    assert line.is_instant


def test_a_patients_way_through_a_form_is_one_line_until_it_is_sent() -> None:
    form = uuid7()
    patient: dict[str, Any] = {"viewer_kind": "respondent", "actor": form, "subjects": draft(form)}
    way = [said(kind, **patient, request=uuid7()) for kind in (OPEN, KEPT, OPEN, KEPT, OPEN)]
    sent = said("forms:submission:arrive", **(patient | {"subjects": submission(uuid7())}))
    newest, before = fold(sent, *way)
    assert isinstance(newest, Line)
    assert isinstance(before, Fold)
    assert len(before.lines) == 5
    assert "opened answers of 1 form not sent yet, 3 times" in before.did


def test_two_patients_are_never_one_line() -> None:
    forms = [uuid7(), uuid7()]
    lines = fold(
        *(said(viewer_kind="respondent", actor=form, subjects=draft(form)) for form in forms)
    )
    assert len(lines) == 2


@pytest.mark.parametrize("parts", [{"outcome": "refused"}, {"is_emergency": True}])
def test_what_warns_stands_alone(parts: dict[str, Any]) -> None:
    ben, row = uuid7(), uuid7()
    entries = [said(actor=ben, subjects=submission(row), **parts) for _ in range(2)]
    loud = [said("identity:password:fail", actor=ben, **parts) for _ in range(2)]
    assert [type(line) for line in fold(*loud)] == [Line] * 2
    assert len(fold(*entries)) == (1 if "outcome" in parts else 2)


def test_what_cannot_be_read_stands_alone() -> None:
    gone = [
        TrailEntry(
            index=index, id=uuid7(), moment=NEWEST, kind=OPEN, content=Content.ERASED, payload=None
        )
        for index in range(2)
    ]
    assert len(fold(*gone)) == 2


def test_midnight_parts_what_would_fold() -> None:
    ben, row = uuid7(), uuid7()
    entries = [said(actor=ben, subjects=submission(row), minutes=ago) for ago in (0, 13 * 60)]
    days = days_of(trail_lines.lines_of(ADA, entries), ZoneInfo("UTC"))
    assert [len(day.lines) for day in days] == [1, 1]


def test_a_fold_says_of_its_places_what_all_have_in_common() -> None:
    ben, request = uuid7(), uuid7()
    where: dict[str, Any] = {"actor": ben, "request": request, "address": "192.0.2.7"}
    (line,) = fold(said(READ, **where), said(**where, purpose="care"))
    assert line.why == "192.0.2.7"
