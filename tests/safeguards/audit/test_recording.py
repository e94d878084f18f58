"""What happened is on the trail exactly once, and what did not happen is not."""

import asyncio
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from uuid import UUID

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from keepwell.safeguards.audit import outbox, payloads, places, queries, verifier, writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.entries import SealedEntry, Subject
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.audit.models import Outbox
from keepwell.safeguards.audit.sealing import sealed_entry
from keepwell.safeguards.audit.sequencer import Sequencer
from keepwell.safeguards.audit.trail import inbox, models, statements, store
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.tampering import Hands


class Withdrawn(Exception):  # noqa: N818  names the fact
    """The change is taken back."""


def size_of(viewer: Viewer) -> int:
    return queries.state(viewer).size


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 4
    while not is_so():
        assert time.monotonic() < deadline
        os.sched_yield()


def subject() -> Subject:
    return Subject("forms.submission", (uuid7(), uuid7()), ("answers",), (uuid7(),))


def test_an_entry_says_who_what_to_whom_why_and_from_where(ada: Viewer) -> None:
    about = subject()
    entry_id = record_now(
        ada,
        "records:fields:open",
        subjects=[about],
        reason="Pat called",
        detail={"code": "telephone"},
    )
    entry = queries.entry(ada, 0)
    assert (entry.id, entry.kind) == (entry_id, "records:fields:open")
    assert entry.payload == payloads.Payload(
        viewer_kind="member",
        actor=ada.actor,
        role="owner",
        on_behalf_of=None,
        subjects=(about,),
        purpose="care",
        reason="Pat called",
        request=ada.request,
        session=ada.session,
        address="192.0.2.7",
        device="Firefox on Linux",
        account="",
        outcome="success",
        is_emergency=False,
        detail={"code": "telephone"},
    )


def test_a_change_and_its_entry_are_committed_together(ada: Viewer) -> None:
    with wall.writing(ada.organisation):
        entry_id = record(ada, "forms:form:publish", subjects=[subject()])
    writer.stop()
    assert places.missing(ada.organisation, [entry_id]) == set()
    assert outbox._oldest(ada.organisation) == []


def test_a_change_that_is_taken_back_leaves_no_entry(ada: Viewer) -> None:
    with pytest.raises(Withdrawn), wall.writing(ada.organisation):
        record(ada, "forms:form:publish")
        raise Withdrawn
    writer.start()
    writer.stop()
    assert size_of(ada) == 0


def test_what_was_opened_stays_on_the_trail_when_the_change_is_taken_back(ada: Viewer) -> None:
    with pytest.raises(Withdrawn), wall.writing(ada.organisation):
        entry_id = record_now(ada, "records:fields:open")
        raise Withdrawn
    assert places.missing(ada.organisation, [entry_id]) == set()


@pytest.mark.scale  # where reading is a transaction; SQLite's would shut every other writer out
def test_what_whoever_opens_does_with_the_trail_meanwhile_does_not_take_it_back(
    ada: Viewer,
) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        wall.reading(ada.organisation),
        transaction.atomic(using=store.ALIAS),
    ):
        entry_id = record_now(ada, "records:fields:open")
        raise ZeroDivisionError
    writer.settle(ada.organisation)
    assert places.missing(ada.organisation, [entry_id]) == set()


def test_an_opening_in_an_event_loop_is_recorded(ada: Viewer) -> None:
    async def opening() -> UUID:
        return record_now(ada, "records:fields:open")

    record_now(ada, "records:fields:open")  # keys are at hand from now on
    entry_id = asyncio.run(opening())
    writer.settle(ada.organisation)
    assert places.missing(ada.organisation, [entry_id]) == set()


def test_whoever_is_interrupted_while_writing_for_all_leaves_nobody_waiting(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:

        def interrupted(*_given: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(inbox, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            record_now(ada, "records:fields:open")
    record_now(ada, "records:fields:open")
    assert size_of(ada) == 1


def test_a_change_cannot_be_recorded_outside_its_transaction(ada: Viewer) -> None:
    with pytest.raises(wall.NoWall):
        record(ada, "forms:form:publish")
    writer.stop()
    assert size_of(ada) == 0


def test_a_change_cannot_be_recorded_for_another_organisation(ada: Viewer, cy: Viewer) -> None:
    with pytest.raises(wall.WallCrossed), wall.writing(ada.organisation):
        record(cy, "forms:form:publish")


def test_an_entry_names_at_most_a_thousand_rows(ada: Viewer) -> None:
    most = Subject("persons.person", tuple(uuid7() for _ in range(1000)))
    record_now(ada, "records:fields:open", subjects=[most])
    with pytest.raises(ValueError, match="1000"):
        record_now(ada, "records:fields:open", subjects=[most, subject()])


@pytest.mark.parametrize("kind", ["", "k" * 201])
def test_a_kind_is_neither_empty_nor_endless(ada: Viewer, kind: str) -> None:
    with pytest.raises(ValueError, match="kind"):
        record_now(ada, kind)


def test_a_hundred_at_once_make_a_hundred_entries(ada: Viewer, cy: Viewer) -> None:
    def open_something(number: int) -> UUID:
        try:
            return record_now(cy if number % 4 == 0 else ada, "records:fields:open")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(25) as pool:
        ids = list(pool.map(open_something, range(100)))
    assert (size_of(ada), size_of(cy)) == (75, 25)
    assert places.missing(ada.organisation, ids) | places.missing(cy.organisation, ids) == set(ids)
    assert verifier.verify(ada.organisation).is_whole
    assert verifier.verify(cy.organisation).is_whole


@pytest.mark.embedded
def test_those_who_wait_together_share_a_commit(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_something(_number: int) -> None:
        try:
            record_now(ada, "records:fields:open")
        finally:
            connections.close_all()

    queue, put = writer._writer._queue, inbox.put
    commits: list[int] = []

    def counted(organisation: UUID, entries: Sequence[SealedEntry]) -> None:
        commits.append(len(entries))
        put(organisation, entries)

    monkeypatch.setattr(inbox, "put", counted)
    with ThreadPoolExecutor(21) as pool:
        with store.writing(ada.organisation):  # whoever comes first has to wait for us
            first = pool.submit(open_something, 0)
            wait_until(lambda: commits == [1])
            others = [pool.submit(open_something, number) for number in range(20)]
            wait_until(lambda: len(queue) == 20)
        for one in (first, *others):
            one.result()
    assert commits == [1, 20]
    assert size_of(ada) == 21


@pytest.mark.parametrize("seconds", [-86_400, 86_400])
def test_a_clock_that_is_set_back_or_forward_is_visible_and_harmless(
    ada: Viewer, seconds: int
) -> None:
    record_now(ada, "records:fields:open")
    writer.settle(ada.organisation)
    with clock.moved(seconds):
        record_now(ada, "records:fields:open")
        writer.settle(ada.organisation)
        with wall.writing(ada.organisation):
            record(ada, "forms:form:publish")
        writer.stop()
    record_now(ada, "records:fields:open")
    page = queries.page_of_entries(ada)
    assert [entry.index for entry in page.entries] == [3, 2, 1, 0]
    assert (page.entries[2].moment < page.entries[3].moment) == (seconds < 0)
    assert (page.entries[0].moment < page.entries[1].moment) == (seconds > 0)
    assert verifier.verify(ada.organisation).is_whole


def test_a_disk_that_fills_between_tile_and_head_leaves_neither(
    ada: Viewer, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OperationalError("database or disk is full")

    batch = [
        sealed_entry(ada, "tests:x:y", subjects=(), reason="", outcome="success", detail=None)
        for _ in range(300)
    ]
    sequencer = Sequencer()
    with monkeypatch.context() as patched, pytest.raises(TrailUnavailable):
        patched.setattr(statements, "add_checkpoint", full)
        sequencer.append(ada.organisation, batch, may_be_there=False)
    for table in ("entry", "tile", "mention"):
        count = f"SELECT count(*) FROM trail_{table} WHERE organisation_id = :org"
        assert hands.rows(count) == [(0,)], table
    sequencer.append(ada.organisation, batch, may_be_there=True)
    report = verifier.verify(ada.organisation)
    assert (report.is_whole, report.size) == (True, 300)


def test_entries_fill_tiles_and_stay_provable(ada: Viewer) -> None:
    for _ in range(7):
        with wall.writing(ada.organisation):
            for _ in range(100):
                record(ada, "forms:submission:arrive", subjects=[subject()])
        writer.stop()
    report = verifier.verify(ada.organisation)
    assert report.is_whole, report.sentence
    assert report.size == 700
    with store.reading(ada.organisation):
        tiles = models.Tile.objects.filter(organisation_id=ada.organisation)
        assert sorted(tiles.values_list("level", "number")) == [(0, 0), (0, 1)]


def test_more_than_one_batch_is_moved_in_one_go(ada: Viewer) -> None:
    with wall.writing(ada.organisation):
        for _ in range(outbox.BATCH + 5):
            record(ada, "forms:submission:arrive")
    writer.stop()
    assert size_of(ada) == outbox.BATCH + 5
    assert outbox._oldest(ada.organisation) == []


def test_an_entry_that_was_moved_but_not_taken_out_is_not_doubled(ada: Viewer) -> None:
    with wall.writing(ada.organisation):
        first = record(ada, "forms:submission:arrive")
        record(ada, "forms:submission:arrive")
    with wall.reading(ada.organisation):
        rows = list(Outbox.objects.all())
    writer.stop()
    assert size_of(ada) == 2
    with wall.writing(ada.organisation):  # as if the process had died before the deletion
        for row in rows:
            row.save(force_insert=True)
        record(ada, "forms:submission:arrive")
    writer.stop()
    assert size_of(ada) == 3
    assert outbox._oldest(ada.organisation) == []
    assert places.missing(ada.organisation, [first]) == set()


def test_nothing_an_entry_says_is_in_clear_in_the_stores(ada: Viewer, hands: Hands) -> None:
    canary = "canary-7f31"
    with wall.writing(ada.organisation):
        record(ada, "forms:submission:arrive", reason=canary, outcome=canary)
        with wall.reading(ada.organisation):
            waiting = b"".join(bytes(row.payload) for row in Outbox.objects.all())
    record_now(ada, "records:fields:open", reason=canary, detail={"canary": canary})
    writer.stop()
    stored = hands.rows("SELECT payload FROM trail_entry WHERE organisation_id = :org")
    assert len(stored) == 2
    assert canary.encode() not in waiting + b"".join(bytes(payload) for (payload,) in stored)


@pytest.mark.embedded
def test_the_files_hold_nothing_in_clear(ada: Viewer, hands: Hands) -> None:
    record_now(ada, "records:fields:open", reason="canary-7f31")
    # Another process reads: one that opens and closes the file itself would lose SQLite's locks.
    paths = sorted(map(str, hands.stores.home.glob("*.sqlite3*")))
    assert any(path.endswith("trail.sqlite3-wal") for path in paths)
    stored = subprocess.run(["/bin/cat", *paths], capture_output=True, check=True).stdout
    assert b"records:fields:open" in stored
    assert b"canary-7f31" not in stored


@pytest.mark.scale
@pytest.mark.parametrize("table", ["log", "entry", "tile", "checkpoint", "mention"])
@pytest.mark.parametrize("verb", ["UPDATE trail_{0} SET {1} = {1}", "DELETE FROM trail_{0}"])
def test_the_application_may_not_change_the_trail(ada: Viewer, table: str, verb: str) -> None:
    record_now(ada, "records:fields:open")
    column = "id" if table == "log" else "organisation_id"
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        wall.writing(ada.organisation, using="trail"),
        connections["trail"].cursor() as cursor,
    ):
        cursor.execute(verb.format(table, column))


@pytest.mark.embedded
def test_an_entry_is_synced_to_the_disk(ada: Viewer, hands: Hands) -> None:
    record_now(ada, "records:fields:open")
    with store.reading(ada.organisation) as connection, connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL
    with closing(sqlite3.connect(hands.stores.home / "trail.sqlite3")) as other:
        count = "SELECT (SELECT count(*) FROM trail_entry) + (SELECT count(*) FROM trail_inbox)"
        assert other.execute(count).fetchone() == (1,)
