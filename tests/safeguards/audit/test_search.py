"""Entries are found along an index, whatever is asked and however long the log is."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from keepwell.safeguards.audit import activity, queries, search, tables, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Mention, Part, SealedEntry, Subject, period_of
from keepwell.safeguards.audit.search import Openings, Search, find
from keepwell.safeguards.audit.sequencer import Sequencer
from keepwell.safeguards.audit.trail import store
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.tampering import Hands
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

OPEN = "records:fields:open"
MANY = 100_000
KINDS = (OPEN, "audit:trail:open", "forms:submission:arrive", "access:request:refuse")
PEOPLE = [uuid7() for _ in range(50)]
PAT, ADA, BEN = uuid7(), uuid7(), uuid7()
START_US = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1_000_000)
MINUTE_US = 60 * 1_000_000


def an_entry(organisation: UUID, number: int) -> SealedEntry:
    """Return one of many: Pat is in every thousandth, Ada acted in every second."""
    person = PAT if number % 1000 == 0 else PEOPLE[number % len(PEOPLE)]
    actor = ADA if number % 2 else BEN
    time_us = START_US + number * MINUTE_US
    return SealedEntry(
        organisation=organisation,
        id=uuid7(),
        time_us=time_us,
        period=period_of(time_us),
        kind="access:request:refuse" if number % 10_000 == 9_999 else KINDS[number % 3],
        key_id=organisation,
        payload=b"sealed",
        mentions=(Mention(Part.PERSON, person), Mention(Part.ACTOR, actor)),
    )


@pytest.fixture
def long_log(ada: Viewer, stores: Stores) -> UUID:
    """Fill Ada's log with a hundred thousand entries."""
    sequencer = Sequencer()
    for start in range(0, MANY, 1000):
        batch = [an_entry(ada.organisation, number) for number in range(start, start + 1000)]
        sequencer.append(ada.organisation, batch, may_be_there=False)
    if isinstance(stores, ScaleStores):  # what autovacuum does by itself some minutes later
        with stores.superuser(f"trail_{stores.worker}") as superuser:
            superuser.execute("ANALYZE")
    return ada.organisation


def whole(organisation: UUID, asked: Search, limit: int = 50) -> Iterator[int]:
    """Go through all pages."""
    before: int | None = None
    while True:
        with store.reading(organisation):
            rows, before = find(organisation, asked, before, limit)
        yield from (row.index for row in rows)
        if before is None:
            return


def plans(organisation: UUID, asked: Search, before: int | None) -> list[str]:
    """Return how the database answers each statement of one page."""
    connection: Any = connections[store.ALIAS]
    with store.reading(organisation):
        with CaptureQueriesContext(connection) as captured:
            find(organisation, asked, before, 50)
        how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        said = []
        for query in captured.captured_queries:
            if query["sql"].startswith("SELECT") and "trail_" in query["sql"]:
                with connection.cursor() as cursor:
                    cursor.execute(f"{how} {query['sql']}".replace("%", "%%"))
                    said.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return said


WAYS = {
    "everything": Search(),
    "a person": Search(about=(PAT,)),
    "a busy person": Search(about=(PEOPLE[3],)),
    "two persons": Search(about=(PAT, PEOPLE[3])),
    "a colleague": Search(actor=ADA),
    "a kind": Search(kinds=frozenset([OPEN])),
    "a rare kind": Search(kinds=frozenset(["access:request:refuse"])),
    "openings of one app": Search(
        kinds=frozenset(["access:request:refuse"]), openings=Openings(OPEN, "forms")
    ),
    "a colleague's refusals": Search(actor=ADA, kinds=frozenset(["access:request:refuse"])),
    "a day": Search(since=datetime(2026, 2, 1, tzinfo=UTC), until=datetime(2026, 2, 2, tzinfo=UTC)),
}


def test_a_hundred_thousand_entries_are_searched_along_an_index(long_log: UUID) -> None:
    for name, asked in WAYS.items():
        for before in (None, MANY // 2):
            said = plans(long_log, asked, before)
            assert said, name
            for plan in said:
                # A portion of at most REACH is sorted in memory; a table is never gone through.
                assert "Seq Scan" not in plan, (name, plan)
                assert "SCAN trail_" not in plan, (name, plan)

    def numbers(asked: Search) -> list[int]:
        return list(whole(long_log, asked))

    assert numbers(WAYS["a person"]) == list(range(MANY - 1000, -1, -1000))
    assert numbers(WAYS["a rare kind"]) == list(range(MANY - 1, 0, -10_000))
    assert numbers(WAYS["a colleague's refusals"]) == list(range(MANY - 1, 0, -10_000))
    assert len(numbers(WAYS["a day"])) == 24 * 60
    with store.reading(long_log):
        rows, _onward = find(long_log, WAYS["a day"], None, 50)
    assert len(rows) == 50  # on the first page, however far back the day is
    two = numbers(WAYS["two persons"])
    assert two == sorted(set(two), reverse=True)
    assert len(two) == MANY // 1000 + MANY // len(PEOPLE)  # no person's turn falls on Pat's


def test_a_page_looks_at_so_many_entries_and_says_from_where_to_go_on(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "REACH", 10)
    for number in range(60):
        record_now(ada, "identity:session:begin" if number in (2, 41) else OPEN)
    writer.settle(ada.organisation)
    asked = Search(actor=ada.actor, kinds=frozenset(["identity:session:begin"]))
    with store.reading(ada.organisation):
        rows, onward = find(ada.organisation, asked, None, 50)
    assert (rows, onward) == ([], 50)
    assert list(whole(ada.organisation, asked)) == [41, 2]


def test_a_moment_is_found_in_a_few_questions_also_where_entries_are_gone(
    ada: Viewer, hands: Hands
) -> None:
    many = [an_entry(ada.organisation, number) for number in range(3000)]
    waited = [number * 37 % 59 for number in range(3000)]  # minutes in an outbox
    late = [
        replace(one, time_us=one.time_us - minutes * MINUTE_US)
        for one, minutes in zip(many, waited, strict=True)
    ]
    Sequencer().append(ada.organisation, late, may_be_there=False)
    gone = range(1000, 1900)
    hands.change('DELETE FROM trail_entry WHERE "index" >= ? AND "index" < ?', 1000, 1900)
    kept = [(n, one.time_us) for n, one in enumerate(late) if n not in gone]
    for number in (0, 1, 59, 700, 999, 1000, 1444, 1899, 1900, 2500, 2999, 4000):
        since = START_US + number * MINUTE_US
        with store.reading(ada.organisation), CaptureQueriesContext(connections[store.ALIAS]) as c:
            first = search.first_since(ada.organisation, since)
        assert all(at < since for n, at in kept if n < first)
        enough = since - search.DISORDER_US - 60 * MINUTE_US
        assert all(at > enough for n, at in kept if n >= first)
        assert len(c) <= (8 if number not in range(990, 1991) else 30)


def test_days_are_found_and_a_clock_set_back_hides_nothing_later(ada: Viewer) -> None:
    for days in (-3, -2, -1, 0):
        with clock.moved(days * 86400):
            record_now(ada, OPEN)
            writer.settle(ada.organisation)
    now = clock.now()
    asked = Search(since=now - timedelta(days=2, hours=1), until=now - timedelta(hours=1))
    assert list(whole(ada.organisation, asked)) == [2, 1]


def test_what_waited_in_an_outbox_hides_no_younger_entry_from_a_day(ada: Viewer) -> None:
    minutes = [-300, -50, -40, -30, -20, *range(-119, -61), 0]  # the sixty were moved late
    for minute in minutes:
        with clock.moved(minute * 60):
            record_now(ada, OPEN)
            writer.settle(ada.organisation)
    asked = Search(since=clock.now() - timedelta(minutes=60))
    assert list(whole(ada.organisation, asked)) == [len(minutes) - 1, 4, 3, 2, 1]
    counted = activity.by_hour(ada, clock.now() - timedelta(minutes=60))
    assert sum(one.count for one in counted) == 5


def test_no_clock_that_was_wrong_hides_anything_from_whoever_asks_for_everything(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PROBES", 2)
    many = [an_entry(ada.organisation, number) for number in range(4000)]
    ahead = 3 * 24 * 60 * MINUTE_US
    wrong = [
        replace(one, time_us=one.time_us + ahead) if 1950 <= n < 2010 else one
        for n, one in enumerate(many)
    ]
    Sequencer().append(ada.organisation, wrong, may_be_there=False)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    since, until = (start + timedelta(minutes=minutes) for minutes in (1000, 2100))
    asked = Search(actor=ADA, since=since, until=until)
    found = queries.everything(ada, asked, before=None, most=5000)
    meant = [
        n
        for n, one in enumerate(wrong)
        if n % 2 and 1000 <= (one.time_us - START_US) / MINUTE_US < 2100
    ]
    assert [one.index for one in found] == meant[::-1]


def test_a_page_about_many_looks_at_no_more_entries_than_one_about_few(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "REACH", 10)
    people = [uuid7() for _ in range(4)]
    for number in range(36):
        subject = Subject("tests.row", (people[number % 4],))
        record_now(ada, OPEN, subjects=[subject])
    writer.settle(ada.organisation)
    asked = Search(about=tuple(people))
    with store.reading(ada.organisation):
        rows, onward = find(ada.organisation, asked, None, 50)
    assert (len(rows), onward) == (10, 26)
    assert list(whole(ada.organisation, asked)) == list(range(35, -1, -1))


def test_exports_say_what_entries_say_and_are_on_the_trail_first(ada: Viewer) -> None:
    subject = Subject("persons.person", (PAT,), ("name",), (PAT,))
    record_now(ada, OPEN, subjects=[subject], reason='=HYPERLINK("x")')
    for _ in range(3):
        record_now(ada, OPEN)
    asked = Search(about=(PAT,))
    (line,) = tables.json_lines(queries.exported(ada, asked, "jsonl", most=None))
    said = json.loads(line)
    assert said["records"] == [f"persons.person {PAT}"]
    assert said["reason"] == '=HYPERLINK("x")'
    text = "".join(tables.csv_lines(queries.exported(ada, asked, "csv", most=None)))
    heading, row = csv.reader(io.StringIO(text, newline=""))
    cells = dict(zip(heading, row, strict=True))
    assert cells["reason"] == '\'=HYPERLINK("x")'
    assert cells["actor"] == str(ada.actor)
    exports = queries.page_of_entries(ada, kinds=["audit:trail:export"]).entries
    details = [dict(entry.payload.detail) for entry in exports if entry.payload]
    assert [detail["form"] for detail in details] == ["csv", "jsonl"]
    assert details[0]["about"] == str(PAT)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert tables._cell(f"{start}1+1") == f"'{start}1+1"
    assert tables._cell(f"1{start}") == f"1{start}"


@pytest.mark.parametrize("between", [";", "\t", "\r\n", "\n"])
def test_no_part_of_a_cell_is_a_formula_where_cells_end_otherwise(between: str) -> None:
    cell = tables._cell(f'why{between}=HYPERLINK("x")')
    assert between + "=" not in cell
    assert cell.endswith('\'=HYPERLINK("x")')
    assert tables._cell({"role": "owner", "because": "asked"}) == "role=owner; because=asked"


def test_an_export_ends_where_it_was_told_to(ada: Viewer) -> None:
    for _ in range(12):
        record_now(ada, OPEN)
    assert len(list(queries.exported(ada, Search(), "csv", most=5))) == 5
    assert len(list(queries.exported(ada, Search(), "csv", most=None))) == 14
