"""The trail in sentences: people in the third person, fields and rows counted, nothing invented."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import Content, TrailEntry
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.shell import trail_lines
from keepwell.toolkit.identifiers import uuid7

ADA = Viewer(kind=ViewerKind.MEMBER, organisation=uuid7(), actor=uuid7(), role="owner")
OPEN = "records:fields:open"
NAMES: dict[UUID, str] = {ADA.actor: "Ada Moreno"} if ADA.actor else {}


def payload(**parts: Any) -> Payload:
    given: dict[str, Any] = {
        "viewer_kind": "member",
        "actor": ADA.actor,
        "role": "owner",
        "on_behalf_of": None,
        "subjects": (),
        "purpose": "",
        "reason": "",
        "request": None,
        "session": None,
        "address": "",
        "device": "",
        "account": "",
        "outcome": "success",
        "is_emergency": False,
    }
    return Payload(**(given | parts))


def persons(count: int, *fields: str) -> Subject:
    return Subject("persons.person", tuple(uuid7() for _ in range(count)), fields)


@pytest.mark.parametrize(
    ("parts", "who"),
    [
        ({}, "Ada Moreno (you)"),
        ({"actor": uuid7()}, "A former member"),
        ({"actor": None}, "A former member"),
        ({"viewer_kind": "respondent", "actor": uuid7()}, "A patient"),
        ({"viewer_kind": "visitor", "actor": None}, "Somebody who is not signed in"),
        ({"viewer_kind": "console", "account": "root"}, "root on the server"),
        ({"viewer_kind": "system", "actor": None}, "Keepwell"),
        (
            {"viewer_kind": "job", "actor": None, "on_behalf_of": ADA.actor},
            "Keepwell, for Ada Moreno (you)",
        ),
        (
            {"viewer_kind": "job", "actor": None, "on_behalf_of": uuid7()},
            "Keepwell, for a former member",
        ),
    ],
)
def test_who_acted_is_named_as_far_as_the_trail_may(parts: dict[str, Any], who: str) -> None:
    assert trail_lines.who_of(ADA, payload(**parts), NAMES) == who


def test_a_patient_who_answers_is_never_named_even_if_an_account_had_that_id() -> None:
    said = trail_lines.who_of(ADA, payload(viewer_kind="respondent"), NAMES)
    assert said == "A patient"


@pytest.mark.parametrize(("count", "rows"), [(1, "1 person"), (3, "3 persons")])
def test_an_opening_names_fields_and_counts_rows(count: int, rows: str) -> None:
    said = trail_lines.did_of(OPEN, payload(subjects=(persons(count, "name", "born"),)))
    assert said == f"opened name, birth date of {rows}"


def test_parts_of_one_model_are_told_together() -> None:
    said = trail_lines.did_of(
        OPEN, payload(subjects=(persons(1, "name", "email"), persons(2, "name")))
    )
    assert said == "opened name, e-mail of 3 persons"


def test_a_model_that_nobody_speaks_of_is_still_counted() -> None:
    gone = Subject("gone.thing", (uuid7(),), ("note",))
    assert trail_lines.what_of(gone) == "note of 1 gone.thing"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("1", "read 1 entry of the trail"),
        ("8", "read 8 entries of the trail"),
        ("", "read the trail"),
    ],
)
def test_reading_the_trail_is_counted(count: str, said: str) -> None:
    assert trail_lines.did_of("audit:trail:open", payload(detail={"count": count})) == said


def test_a_kind_without_words_is_shown_as_it_is() -> None:
    assert trail_lines.did_of("gone:thing:do", payload()) == "gone:thing:do"


def test_why_says_outcome_purpose_reason_device_and_address() -> None:
    said = trail_lines.why_of(
        payload(
            outcome="refused",
            purpose="care",
            reason="on call",
            device="Firefox, Linux",
            address="192.0.2.7",
        )
    )
    parts = ["Refused or failed", "Care", "“on call”", "Firefox, Linux", "192.0.2.7"]
    assert said.split(trail_lines.SEPARATOR) == parts


def entry(content: Content, said: Payload | None = None, kind: str = OPEN) -> TrailEntry:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    return TrailEntry(index=7, id=uuid7(), moment=moment, kind=kind, content=content, payload=said)


@pytest.mark.usefixtures("stores")
def test_lines_lead_to_their_entries_only_when_a_route_is_given() -> None:
    found = [entry(Content.READABLE, payload())]
    assert trail_lines.lines_of(ADA, found)[0].url == ""
    assert trail_lines.lines_of(ADA, found, entry_route="office:entry")[0].url == "/trail/7/"
    assert trail_lines.lines_of(ADA, found, entry_route="no:such")[0].url == ""


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize(
    ("content", "tone", "words"),
    [
        (Content.BROKEN, "danger", "was changed"),
        (Content.ERASED, "", "erased by law"),
        (Content.LOST, "danger", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_kind(content: Content, tone: str, words: str) -> None:
    (line,) = trail_lines.lines_of(ADA, [entry(content)])
    assert (line.who, line.tone) == ("Somebody", tone)
    assert words in line.why


@pytest.mark.usefixtures("stores")
def test_what_failed_and_what_broke_the_glass_stands_out() -> None:
    said = [
        payload(),
        payload(outcome="refused"),
        payload(is_emergency=True),
    ]
    entries = [entry(Content.READABLE, one, "access:member:add") for one in said]
    assert [line.tone for line in trail_lines.lines_of(ADA, entries)] == ["", "warning", "warning"]
