"""PostgreSQL: an entry is durable in the inbox; the sequencer alone makes it part of the log."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError

from keepwell.safeguards.audit import queries, waiting, writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.audit.reports import Problem
from keepwell.safeguards.audit.sealing import sealed_entry
from keepwell.safeguards.audit.trail import inbox, models, store
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from tests.safeguards.audit.test_writer import ended, ids_of, recorder
from tests.stores.scale import ScaleStores

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.scale
OPEN = "records:fields:open"
ROLE = "KEEPWELL_SEQUENCER_DB"
VISIBLE_SECONDS = 5.0  # of a machine that is busy with other tests; the benchmark measures it


def without_role(organisation: UUID, count: int) -> "subprocess.Popen[str]":
    """Start a recorder that was not given the sequencer's role."""
    role = os.environ.pop(ROLE)
    try:
        return recorder(organisation, "alternately", count)
    finally:
        os.environ[ROLE] = role


def in_log(organisation: UUID) -> list[UUID]:
    with store.reading(organisation):
        found = models.Entry.objects.filter(organisation_id=organisation).order_by("index")
        return list(found.values_list("entry_id", flat=True))


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + VISIBLE_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_entry_appears_in_the_signed_log_by_itself(ada: Viewer) -> None:
    entry_id = record_now(ada, OPEN)
    wait_until(lambda: in_log(ada.organisation) == [entry_id])
    assert waiting.waiting() == []


def test_whoever_reads_the_trail_finds_what_was_just_recorded(ada: Viewer) -> None:
    for _ in range(5):
        entry_id = record_now(ada, OPEN)
        assert queries.page_of_entries(ada, limit=1).entries[0].id == entry_id


def test_a_process_without_the_role_leaves_entries_for_one_that_has_it(ada: Viewer) -> None:
    with without_role(ada.organisation, 20) as process:
        recorded = {UUID(line) for line in ended(process)}
    assert in_log(ada.organisation) == []
    (one,) = waiting.waiting()
    assert (one.organisation, one.entries) == (ada.organisation, 20)
    writer.start()  # what `keepwell serve` does
    wait_until(lambda: set(in_log(ada.organisation)) == recorded)
    assert len(in_log(ada.organisation)) == 20
    writer.stop()
    assert waiting.waiting() == []
    assert verify(ada.organisation).is_whole


def test_an_inbox_that_nobody_empties_is_named(ada: Viewer) -> None:
    with without_role(ada.organisation, 1) as process:  # an opening: nothing is in the outbox
        ended(process)
    assert verify(ada.organisation).is_whole  # it has waited for a moment only
    with clock.moved(61):
        finding = verify(ada.organisation).finding
    assert finding is not None
    assert finding.problem is Problem.OUTBOX


def test_what_a_killed_process_without_the_role_was_told_is_durable(ada: Viewer) -> None:
    with without_role(ada.organisation, 10_000) as process:
        told = ids_of(process, 30)
        process.kill()
    writer.start()
    writer.stop()
    assert set(told) <= set(in_log(ada.organisation))
    assert verify(ada.organisation).is_whole


def test_a_killed_sequencer_is_followed_by_another_and_nothing_is_doubled(ada: Viewer) -> None:
    told: list[UUID] = []
    with without_role(ada.organisation, 10_000) as process:
        for survived in (3, 20, 50):
            with recorder(ada.organisation, "alternately", 10_000) as sequencer:
                told += ids_of(sequencer, survived)
                sequencer.kill()
        told += ids_of(process, 30)
        process.kill()
    writer.start()
    writer.stop()
    log = in_log(ada.organisation)
    assert set(told) <= set(log)
    assert len(log) == len(set(log))
    assert verify(ada.organisation).is_whole


def test_two_sequencers_and_two_others_make_one_log(ada: Viewer) -> None:
    started = [recorder(ada.organisation, "alternately", 40) for _ in range(2)]
    started += [without_role(ada.organisation, 40) for _ in range(2)]
    told = [UUID(line) for process in started for line in ended(process)]
    writer.start()
    writer.stop()
    log = in_log(ada.organisation)
    assert sorted(log) == sorted(told)
    assert verify(ada.organisation).is_whole


def test_this_process_could_not_sequence_without_the_role(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(settings.DATABASES, store.SEQUENCER)
    record_now(ada, OPEN)
    with wall.writing(ada.organisation):
        record(ada, OPEN)
    with pytest.raises(TrailUnavailable), store.sequencing(ada.organisation):
        pytest.fail("sequenced")
    writer.stop()
    assert in_log(ada.organisation) == []
    (one,) = waiting.waiting()
    assert one.entries == 2
    assert waiting.oldest_age_seconds() >= 0


def test_the_inbox_may_be_put_into_and_not_looked_into(ada: Viewer, stores: ScaleStores) -> None:
    for verb in (
        "SELECT payload FROM trail_inbox",
        "DELETE FROM trail_inbox",
        "UPDATE trail_inbox SET kind = kind",
        "INSERT INTO trail_log VALUES (gen_random_uuid(), 0)",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            wall.writing(ada.organisation, using="trail"),
            connections["trail"].cursor() as cursor,
        ):
            cursor.execute(verb)


@pytest.mark.parametrize("table", ["log", "entry", "tile", "checkpoint", "mention"])
@pytest.mark.parametrize("verb", ["UPDATE trail_{0} SET {1} = {1}", "DELETE FROM trail_{0}"])
def test_the_sequencer_may_not_change_the_log_either(ada: Viewer, table: str, verb: str) -> None:
    column = {"log": "id", "entry": "payload", "tile": "hashes"}.get(table, "organisation_id")
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        wall.writing(ada.organisation, using=store.SEQUENCER),
        connections[store.SEQUENCER].cursor() as cursor,
    ):
        cursor.execute(verb.format(table, column))


def test_an_entry_of_another_organisation_cannot_be_left(ada: Viewer, cy: Viewer) -> None:
    theirs = sealed_entry(cy, OPEN, subjects=(), reason="", outcome="success", detail=None)
    with wall.reading(ada.organisation, using="trail"), pytest.raises(wall.WallCrossed):
        inbox.put(cy.organisation, [theirs])
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        wall.writing(ada.organisation, using="trail"),
    ):
        connection: Any = connections["trail"]
        columns = [[theirs.id], [OPEN], [1], [202611], [theirs.key_id], [b"x"], [b""]]
        connection.execute_binary(inbox.PUT, cy.organisation, columns)


def test_a_second_try_leaves_an_entry_once(ada: Viewer) -> None:
    one = sealed_entry(ada, OPEN, subjects=(), reason="", outcome="success", detail=None)
    for _ in range(2):
        inbox.put(ada.organisation, [one])
    writer.start()
    writer.stop()
    inbox.put(ada.organisation, [one])  # the connection died after the commit, and it was moved
    writer.start()
    writer.stop()
    assert in_log(ada.organisation) == [one.id]
    assert waiting.waiting() == []
