"""Whatever is done to the trail in its store, the check names the first position that is wrong."""

from collections.abc import Callable
from uuid import UUID

import pytest

from keepwell.safeguards.audit import (
    checked,
    contents,
    erasures,
    heads,
    logs,
    queries,
    waiting,
    writer,
)
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.entries import Entry, Subject, about_number, period_of
from keepwell.safeguards.audit.erasures import erase_period
from keepwell.safeguards.audit.errors import PeriodRuns, TrailBroken
from keepwell.safeguards.audit.models import Outbox
from keepwell.safeguards.audit.reports import Problem, Report
from keepwell.safeguards.audit.sealing import key_name
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.keys import make_organisation_keys
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.conftest import viewer_in
from tests.safeguards.audit.tampering import Hands
from tests.stores.embedded import EmbeddedStores
from tests.stores.session import Stores

OPEN = "records:fields:open"
AT = 'WHERE organisation_id = :org AND "index" = ?'
EDIT_KIND = f"UPDATE trail_entry SET kind = 'x' {AT}"


@pytest.fixture
def log(ada: Viewer) -> Viewer:
    """Fill Ada's log: 300 entries signed together, which make a tile, then 12 one by one."""
    with wall.writing(ada.organisation):
        for _ in range(300):
            record(ada, "forms:submission:arrive")
    writer.stop()
    for _ in range(12):
        record_now(ada, OPEN)
        writer.settle(ada.organisation)
    writer.stop()
    checked.forget()  # this process has seen nothing: the store alone must tell
    return ada


def found(viewer: Viewer) -> tuple[Problem | None, int | None]:
    report = verify(viewer.organisation)
    return (report.finding.problem, report.finding.position) if report.finding else (None, None)


def test_a_log_that_nobody_touched_is_whole(log: Viewer) -> None:
    report = verify(log.organisation)
    assert report.is_whole
    assert report.sentence.startswith(f"whole: 312 entries, root {report.root.hex()}, signed 20")


def test_an_empty_log_is_whole(ada: Viewer) -> None:
    assert verify(ada.organisation).sentence.startswith("whole: 0 entries, root e3b0c44298fc1c14")


EDITS = {
    "kind": "'records:fields:read'",
    "time_us": "time_us - 1",
    "period": "202001",
    "digest": "leaf",
    "payload": "digest",
    "leaf": "digest",
    "entry_id": "organisation_id",
}


@pytest.mark.parametrize("index", [0, 255, 256, 311])
def test_an_edited_entry_is_named(log: Viewer, hands: Hands, index: int) -> None:
    for column, value in EDITS.items():
        ((before,),) = hands.rows(f"SELECT {column} FROM trail_entry {AT}", index)
        assert hands.change(f"UPDATE trail_entry SET {column} = {value} {AT}", index) == 1
        assert found(log) == (Problem.EDITED, index), column
        hands.change(f"UPDATE trail_entry SET {column} = ? {AT}", before, index)
    assert verify(log.organisation).is_whole


@pytest.mark.parametrize("index", [0, 100, 256, 300, 310])
def test_a_deleted_entry_is_named(log: Viewer, hands: Hands, index: int) -> None:
    hands.delete_entry(index)
    assert found(log) == (Problem.DELETED, index)


def test_several_deleted_entries_are_named(log: Viewer, hands: Hands) -> None:
    for index in (40, 41, 42):
        hands.delete_entry(index)
    report = verify(log.organisation)
    assert report.sentence == "Entries 40 to 42 were deleted."


def test_a_deleted_entry_is_named_though_the_others_moved_up(log: Viewer, hands: Hands) -> None:
    hands.delete_entry(100)
    hands.move(101, -1)
    assert found(log) == (Problem.DELETED, 100)


@pytest.mark.parametrize("index", [0, 100, 255])
def test_an_inserted_entry_is_named(log: Viewer, hands: Hands, index: int) -> None:
    hands.move(index, 1)
    hands.copy_entry(311, index, uuid7())
    hands.change(  # make it as right as it can be: the leaf of what stands there
        'UPDATE trail_entry SET entry_id = ? WHERE organisation_id = :org AND "index" = ?',
        *(uuid7().hex, index),
    )
    assert found(log) == (Problem.EDITED, index)  # its leaf does not fit its id


def test_an_inserted_entry_with_a_right_leaf_is_named(log: Viewer, hands: Hands) -> None:
    hands.move(100, 1)
    hands.copy_entry(90, 100, uuid7())
    _make_leaf_right(hands, 100)
    assert found(log) == (Problem.INSERTED, 100)


def test_an_entry_edited_together_with_its_leaf_is_named(log: Viewer, hands: Hands) -> None:
    for index in (310, 257, 100):
        hands.change(
            "UPDATE trail_entry SET kind = 'x' WHERE organisation_id = :org AND \"index\" = ?",
            index,
        )
        _make_leaf_right(hands, index)
    assert found(log) == (Problem.EDITED, 100)


def test_an_entry_of_the_unfinished_tile_that_was_edited_is_named(
    log: Viewer, hands: Hands
) -> None:
    hands.change(EDIT_KIND, 305)
    _make_leaf_right(hands, 305)
    assert found(log) == (Problem.EDITED, 305)


def test_an_entry_signed_with_others_is_named_with_them(log: Viewer, hands: Hands) -> None:
    hands.change(EDIT_KIND, 280)
    _make_leaf_right(hands, 280)
    report = verify(log.organisation)
    assert report.finding is not None
    assert report.finding.position == 0
    assert report.sentence.startswith("One of the entries 0 to 299, signed together")


def _make_leaf_right(hands: Hands, index: int) -> None:
    columns = "entry_id, time_us, period, kind, digest"
    ((id_, time_us, period, kind, digest),) = hands.rows(
        f'SELECT {columns} FROM trail_entry WHERE organisation_id = :org AND "index" = ?', index
    )
    leaf = Entry(UUID(str(id_)), time_us, period, kind, bytes(digest)).leaf()
    where = 'WHERE organisation_id = :org AND "index" = ?'
    hands.change(f"UPDATE trail_entry SET leaf = ? {where}", leaf, index)


@pytest.mark.parametrize(("one", "other"), [(10, 20), (10, 11), (305, 306), (302, 310)])
def test_swapped_entries_are_named(log: Viewer, hands: Hands, one: int, other: int) -> None:
    move = 'UPDATE trail_entry SET "index" = ? WHERE organisation_id = :org AND "index" = ?'
    hands.change_all([(move, (-1, one)), (move, (one, other)), (move, (other, -1))])
    assert found(log) == (Problem.MISPLACED, one)
    assert f"is now entry {other}" in verify(log.organisation).sentence


@pytest.mark.parametrize("size", [0, 100, 256, 311])
def test_a_truncated_log_is_named(log: Viewer, hands: Hands, size: int) -> None:
    hands.change('DELETE FROM trail_entry WHERE organisation_id = :org AND "index" >= ?', size)
    assert found(log) == (Problem.TRUNCATED, size)


def test_a_log_truncated_with_its_heads_leaves_traces(log: Viewer, hands: Hands) -> None:
    hands.change('DELETE FROM trail_entry WHERE organisation_id = :org AND "index" >= 305')
    hands.change("DELETE FROM trail_checkpoint WHERE organisation_id = :org AND size > 305")
    assert found(log) == (Problem.TRUNCATED, 305)
    hands.change('DELETE FROM trail_mention WHERE organisation_id = :org AND "index" >= 305')
    assert found(log) == (None, None)  # an older state of itself: only a head kept elsewhere tells


def test_a_tile_left_behind_is_a_trace(log: Viewer, hands: Hands) -> None:
    hands.change("DELETE FROM trail_entry WHERE organisation_id = :org")
    hands.change("DELETE FROM trail_mention WHERE organisation_id = :org")
    hands.change("DELETE FROM trail_checkpoint WHERE organisation_id = :org AND size > 0")
    assert found(log) == (Problem.TRUNCATED, 0)


def test_a_process_that_has_seen_more_notices_a_rollback(log: Viewer, hands: Hands) -> None:
    record_now(log, OPEN)
    writer.stop()
    for table, column in (("entry", '"index"'), ("mention", '"index"'), ("checkpoint", "size - 1")):
        hands.change(f"DELETE FROM trail_{table} WHERE organisation_id = :org AND {column} >= 305")
    assert found(log) == (Problem.ROLLED_BACK, 305)


def test_an_entry_put_behind_the_head_is_named(log: Viewer, hands: Hands) -> None:
    hands.copy_entry(311, 312, uuid7())
    assert found(log) == (Problem.INSERTED, 312)


def test_an_entry_put_before_the_first_is_named(log: Viewer, hands: Hands) -> None:
    hands.copy_entry(311, -1, uuid7())
    assert found(log) == (Problem.INSERTED, -1)


@pytest.mark.parametrize("size", [0, 305, 312])
@pytest.mark.parametrize("change", ["root = ?", "signed_us = signed_us + 1"])
def test_an_edited_head_is_named(log: Viewer, hands: Hands, size: int, change: str) -> None:
    where = "WHERE organisation_id = :org AND size = ?"
    values = (b"\x01" * 32, size) if "?" in change else (size,)
    assert hands.change(f"UPDATE trail_checkpoint SET {change} {where}", *values) == 1
    assert found(log) == (Problem.HEAD, size)


def test_a_head_for_more_entries_is_named(log: Viewer, hands: Hands) -> None:
    hands.change(
        "UPDATE trail_checkpoint SET size = 400 WHERE size = 312 AND organisation_id = :org"
    )
    assert found(log) == (Problem.HEAD, 400)


@pytest.mark.parametrize("size", [0, 305, 312])
def test_a_head_with_a_wrong_signature_is_named(log: Viewer, hands: Hands, size: int) -> None:
    where = "WHERE organisation_id = :org AND size = ?"
    ((note,),) = hands.rows(f"SELECT note FROM trail_checkpoint {where}", size)
    forged = f"{note[:-10]}{'A' if note[-10] != 'A' else 'B'}{note[-9:]}"
    hands.change(f"UPDATE trail_checkpoint SET note = ? {where}", forged, size)
    assert found(log) == (Problem.SIGNATURE, size)


def test_a_head_signed_by_another_organisation_is_named(
    log: Viewer, cy: Viewer, hands: Hands
) -> None:
    record_now(cy, OPEN)
    note = heads.newest_head(cy.organisation).note
    hands.change(
        "UPDATE trail_checkpoint SET note = ? WHERE organisation_id = :org AND size = 312", note
    )
    assert found(log) == (Problem.SIGNATURE, 312)


@pytest.mark.parametrize(
    "change", ["UPDATE trail_tile SET hashes = root", "DELETE FROM trail_tile"]
)
def test_an_edited_or_missing_tile_is_named(log: Viewer, hands: Hands, change: str) -> None:
    assert hands.change(f"{change} WHERE organisation_id = :org") == 1
    assert found(log) == (Problem.TILE, 0)


def test_a_log_that_is_gone_is_named(log: Viewer, hands: Hands) -> None:
    for table in ("entry", "tile", "mention", "checkpoint"):
        hands.change(f"DELETE FROM trail_{table} WHERE organisation_id = :org")
    assert found(log) == (Problem.HEAD, None)


def test_a_log_taken_out_of_the_list_is_named_and_still_looked_at(
    log: Viewer, hands: Hands
) -> None:
    assert hands.change("DELETE FROM trail_log WHERE id = :org") == 1
    assert log.organisation in logs.all_logs()
    report = verify(log.organisation)
    assert report.finding is not None
    assert "list of logs" in report.sentence
    hands.delete_entry(7)
    assert found(log) == (Problem.DELETED, 7)


def test_a_log_of_which_only_entries_are_left_is_found(stores: Stores, ada: Viewer) -> None:
    if not isinstance(stores, EmbeddedStores):
        return  # the wall hides it: see logs.with_traces
    stranger = viewer_in(uuid7())
    make_organisation_keys(stranger.organisation)
    logs.create_log(stranger.organisation)
    record_now(stranger, OPEN)
    writer.stop()
    hands = Hands(stores, stranger.organisation)
    hands.change("DELETE FROM trail_log WHERE id = :org")
    assert logs.with_traces() == sorted([ada.organisation, stranger.organisation])
    hands.change("DELETE FROM trail_checkpoint WHERE organisation_id = :org")
    assert logs.with_traces() == sorted([ada.organisation, stranger.organisation])


def test_a_stuck_outbox_is_named(log: Viewer) -> None:
    with wall.writing(log.organisation):
        Outbox(
            organisation_id=log.organisation,
            kind=OPEN,
            time_us=clock.now_us() - 3_600_000_000,
            period=202611,
            key_id=uuid7(),
            payload=b"",
            mentions=b"",
        ).save(force_insert=True)
    assert found(log) == (Problem.OUTBOX, None)


NEXT_MONTH = 40 * 24 * 3600


@pytest.fixture
def about(ada: Viewer) -> UUID:
    """Fill Ada's log with openings; every third one is of the row whose id is returned."""
    one = uuid7()
    with wall.writing(ada.organisation):
        for number in range(9):
            row = one if number % 3 == 1 else uuid7()
            subject = Subject("tests.row", (row,), ("text",), (uuid7(),))
            record(ada, OPEN, subjects=[subject])
    writer.stop()
    return one


def test_a_mention_that_was_taken_away_is_named(ada: Viewer, hands: Hands, about: UUID) -> None:
    assert verify(ada.organisation).is_whole
    gone = "DELETE FROM trail_mention WHERE organisation_id = :org AND about = ?"
    assert hands.change(gone, about_number(about)) == 3
    assert found(ada) == (Problem.MENTION, 1)


@pytest.mark.parametrize("change", ["part = 2", "about = about + 1", '"index" = 5'])
def test_a_mention_that_was_changed_is_named(
    ada: Viewer, hands: Hands, about: UUID, change: str
) -> None:
    where = 'WHERE organisation_id = :org AND about = ? AND "index" = 4'
    assert hands.change(f"UPDATE trail_mention SET {change} {where}", about_number(about)) == 1
    assert found(ada) == (Problem.MENTION, 4)


def test_a_mention_that_was_added_is_named(ada: Viewer, hands: Hands, about: UUID) -> None:
    hands.change(
        'INSERT INTO trail_mention (about, "index", part, organisation_id) VALUES (?, 6, 1, :org)',
        about_number(about),
    )
    assert found(ada) == (Problem.MENTION, 6)


def test_a_payload_taken_away_is_named_and_not_called_erased(log: Viewer, hands: Hands) -> None:
    hands.change(f"UPDATE trail_entry SET payload = NULL {AT}", 305)
    assert found(log) == (Problem.CONTENT, 305)
    assert queries.entry(log, 305).content is queries.Content.LOST


@pytest.mark.parametrize("key", ["organisation_id", "entry_id"])
def test_an_entry_that_names_another_key_is_named(log: Viewer, hands: Hands, key: str) -> None:
    hands.change(f"UPDATE trail_entry SET key_id = {key} {AT}", 7)
    assert found(log) == (Problem.CONTENT, 7)
    assert queries.entry(log, 7).content is queries.Content.LOST


def test_a_month_that_was_erased_stays_whole_and_says_so(log: Viewer, hands: Hands) -> None:
    period = period_of(clock.now_us())
    with pytest.raises(PeriodRuns):
        erase_period(log, period, reason="")
    with clock.moved(NEXT_MONTH):
        assert erase_period(log, period, reason="kept for six years") is not None
        assert erase_period(log, period, reason="once more") is None
        writer.stop()
        assert verify(log.organisation).is_whole
        assert queries.entry(log, 305).content is queries.Content.ERASED
        hands.change(f"UPDATE trail_entry SET payload = NULL {AT}", 305)
        assert verify(log.organisation).is_whole
        assert queries.entry(log, 305).content is queries.Content.ERASED
        assert queries.entry(log, 312).kind == "audit:period:erase"


def test_a_month_whose_key_is_gone_without_an_order_is_named_and_what_to_do(log: Viewer) -> None:
    period = period_of(clock.now_us())
    key_id = keys.existing_shared_key(log.organisation, key_name(period))
    assert key_id is not None
    keys.shred(log.organisation, [key_id])
    checked.forget()
    assert found(log) == (Problem.KEY, 0)
    sentence = verify(log.organisation).sentence
    assert f"entries of {period // 100}-{period % 100:02} (the first is entry 0)" in sentence
    assert "no entry orders that erasure" in sentence
    assert "Put the keystore back" in sentence


def test_an_order_that_still_waits_to_be_written_makes_an_erasure_lawful(
    log: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = period_of(clock.now_us())
    monkeypatch.setattr(contents, "PATIENCE_SECONDS", 0.2)
    with clock.moved(NEXT_MONTH), monkeypatch.context() as patched:
        patched.setattr(writer, "wake", lambda *_arguments: None)
        erase_period(log, period, reason="kept for six years")
        assert keys.existing_shared_key(log.organisation, key_name(period)) is None
        assert waiting.is_late(log.organisation, clock.now_us())
        assert verify(log.organisation).is_whole


def test_an_erasure_that_was_itself_erased_still_covers_the_months_before(log: Viewer) -> None:
    period = period_of(clock.now_us())
    with clock.moved(NEXT_MONTH):
        erase_period(log, period, reason="kept for six years")
        later = period_of(clock.now_us())
    with clock.moved(2 * NEXT_MONTH):
        erase_period(log, later, reason="kept for six years")
        writer.stop()
        assert erasures.of(log.organisation).covers(period)
        assert not erasures.of(log.organisation).covers(period_of(clock.now_us()))
        assert queries.entry(log, 305).content is queries.Content.ERASED
        assert verify(log.organisation).is_whole


def _no_time(hands: Hands) -> None:
    hands.change('UPDATE trail_entry SET time_us = -5 WHERE organisation_id = :org AND "index" = 7')


def _text_for_bytes(hands: Hands) -> None:
    hands.change(f"UPDATE trail_entry SET digest = 'x' {AT}", 7)


def _bytes_for_an_id(hands: Hands) -> None:
    hands.change(f"UPDATE trail_entry SET entry_id = 'x' {AT}", 7)


@pytest.mark.embedded
@pytest.mark.parametrize("nonsense", [_no_time, _text_for_bytes, _bytes_for_an_id])
def test_nonsense_in_a_row_is_named_as_an_edit(
    log: Viewer, hands: Hands, nonsense: Callable[[Hands], None]
) -> None:
    nonsense(hands)
    assert found(log) == (Problem.EDITED, 7)


@pytest.mark.embedded
@pytest.mark.parametrize("column", ["root", "signed_us"])
def test_nonsense_in_a_head_is_named(log: Viewer, hands: Hands, column: str) -> None:
    hands.change(f"UPDATE trail_checkpoint SET {column} = 'x' WHERE organisation_id = :org")
    assert found(log) == (Problem.HEAD, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE trail_checkpoint SET root = note WHERE size = 312 AND organisation_id = :org",
        "UPDATE trail_checkpoint SET note = 'forged' WHERE size = 312 AND organisation_id = :org",
        'DELETE FROM trail_entry WHERE "index" = 311 AND organisation_id = :org',
        "DELETE FROM trail_tile WHERE organisation_id = :org",
        "DELETE FROM trail_checkpoint WHERE organisation_id = :org",
    ],
)
def test_nothing_is_added_to_a_log_that_is_not_the_signed_one(
    log: Viewer, hands: Hands, change: str
) -> None:
    if "= note" in change:
        change = change.replace("note", "(SELECT leaf FROM trail_entry LIMIT 1)")
    hands.change(change)
    writer._writer._sequencer._trees.clear()
    record_now(log, OPEN)  # durable, and found out when it cannot be sequenced
    writer.settle(log.organisation)
    with pytest.raises(TrailBroken):
        record_now(log, OPEN)


def test_the_report_is_kept_for_the_pages(log: Viewer, hands: Hands) -> None:
    assert queries.state(log).whole is None
    assert verify(log.organisation).is_whole
    kept = queries.state(log)
    assert (kept.size, kept.whole) == (312, True)
    assert kept.checked is not None
    hands.delete_entry(5)
    report: Report = verify(log.organisation)
    assert not report.is_whole
    assert queries.state(log).whole is False


def test_one_organisation_does_not_suffer_from_the_trail_of_another(
    log: Viewer, cy: Viewer, hands: Hands
) -> None:
    hands.delete_entry(311)
    record_now(cy, OPEN)
    assert verify(cy.organisation).is_whole
