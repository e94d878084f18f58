"""A signed head kept elsewhere gives away a log that was put back to an older state or replaced."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from keepwell.safeguards.audit import absences, checked, elsewhere, queries, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from tests.safeguards.audit.tampering import Hands
from tests.stores.embedded import EmbeddedStores
from tests.stores.session import Stores

OPEN = "records:fields:open"
DAY = 86400
TABLES = ("trail_entry", "trail_tile", "trail_checkpoint", "trail_mention")

Restore = Callable[[], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that stands for one on another machine."""
    return tmp_path


def recorded(viewer: Viewer, count: int) -> None:
    for _ in range(count):
        record_now(viewer, OPEN)
    writer.stop()


@contextmanager
def older_copy(stores: Stores, hands: Hands) -> Iterator[Restore]:
    """Copy the trail as it is now; what is yielded puts that copy back."""
    writer.stop()
    connections.close_all()
    if isinstance(stores, EmbeddedStores):
        path, copy = stores.home / "trail.sqlite3", stores.home / "trail.copy"
        with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)

        def put_back() -> None:
            with closing(sqlite3.connect(copy)) as old, closing(sqlite3.connect(path)) as here:
                old.backup(here)

        yield put_back
        copy.unlink()
    else:
        rows = {table: dump(hands, table) for table in TABLES}
        yield lambda: load(hands, rows)


def dump(hands: Hands, table: str) -> list[tuple[Any, ...]]:
    return hands.rows(f"SELECT * FROM {table} WHERE organisation_id = :org")


def load(hands: Hands, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Do what pg_restore does: the old rows, and no others."""
    steps: list[tuple[str, Any]] = []
    for table, old in rows.items():
        steps.append((f"DELETE FROM {table} WHERE organisation_id = :org", ()))
        steps += [(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row) for row in old]
    hands.change_all(steps)


def begin_anew() -> None:
    """Remember nothing, as a process that has just started."""
    writer.stop()
    connections.close_all()
    checked.forget()


def test_the_log_that_was_kept_is_the_log(ada: Viewer, folder: Path) -> None:
    recorded(ada, 3)
    path = elsewhere.keep(ada.organisation, folder)
    assert path.read_text("utf-8") == elsewhere.checkpoint_text(ada.organisation)
    recorded(ada, 300)  # over the edge of a tile
    assert elsewhere.compare(ada.organisation, folder) is None
    with clock.moved(DAY):
        assert elsewhere.keep(ada.organisation, folder) != path
    assert [kept.size for kept in elsewhere.kept_of(ada.organisation, folder)] == [303, 3]


def test_a_log_put_back_to_an_older_state_is_noticed_and_goes_on_when_declared(
    ada: Viewer, folder: Path, stores: Stores, hands: Hands
) -> None:
    recorded(ada, 3)
    with older_copy(stores, hands) as put_back:
        recorded(ada, 5)
        elsewhere.keep(ada.organisation, folder)
        put_back()
    begin_anew()
    assert verify(ada.organisation).is_whole  # in itself nothing is wrong with it
    found = elsewhere.compare(ada.organisation, folder)
    assert found is not None
    assert (found.size, found.kept.size) == (3, 8)
    assert "put back to an older state: it holds 3 entries" in found.sentence

    elsewhere.declare(ada, found, "the disk died")
    assert elsewhere.compare(ada.organisation, folder) is None
    entry = queries.page_of_entries(ada).entries[0]
    assert entry.kind == "audit:trail:restore"
    assert entry.payload is not None
    assert entry.payload.reason == "the disk died"
    assert entry.payload.detail["kept"].startswith("8 ")


def test_what_is_put_back_again_after_that_is_noticed_again(
    ada: Viewer, folder: Path, stores: Stores, hands: Hands
) -> None:
    recorded(ada, 3)
    with older_copy(stores, hands) as put_back:
        recorded(ada, 5)
        elsewhere.keep(ada.organisation, folder)
        put_back()
        begin_anew()
        found = elsewhere.compare(ada.organisation, folder)
        assert found is not None
        elsewhere.declare(ada, found, "the disk died")
        with clock.moved(DAY):
            recorded(ada, 1)
            elsewhere.keep(ada.organisation, folder)
        put_back()
    begin_anew()
    again = elsewhere.compare(ada.organisation, folder)
    assert again is not None
    assert again.size == 3


def test_another_log_of_the_same_length_is_noticed(
    ada: Viewer, folder: Path, stores: Stores, hands: Hands
) -> None:
    recorded(ada, 3)
    with older_copy(stores, hands) as put_back:
        recorded(ada, 5)
        elsewhere.keep(ada.organisation, folder)
        put_back()
    begin_anew()
    recorded(ada, 9)
    found = elsewhere.compare(ada.organisation, folder)
    assert found is not None
    assert "is another one" in found.sentence


def test_another_log_goes_on_when_declared_and_is_still_compared(
    ada: Viewer, folder: Path, stores: Stores, hands: Hands
) -> None:
    recorded(ada, 3)
    elsewhere.keep(ada.organisation, folder)
    with older_copy(stores, hands) as put_back:
        for day in (1, 2):
            with clock.moved(day * DAY):
                recorded(ada, 4)
                elsewhere.keep(ada.organisation, folder)
        put_back()
        begin_anew()
        with clock.moved(3 * DAY):
            recorded(ada, 20)  # before anybody compared: longer than all that is kept
            found = elsewhere.compare(ada.organisation, folder)
            assert found is not None
            assert (found.size, found.kept.size, found.agreed) == (23, 11, 3)
            elsewhere.declare(ada, found, "the disk died")
            assert elsewhere.compare(ada.organisation, folder) is None
        with clock.moved(4 * DAY):
            elsewhere.keep(ada.organisation, folder)
        put_back()
    begin_anew()
    assert elsewhere.compare(ada.organisation, folder) is not None


def test_a_checkpoint_that_a_wrong_clock_signed_does_not_lock_anybody_out(
    ada: Viewer, folder: Path, stores: Stores, hands: Hands
) -> None:
    recorded(ada, 3)
    with older_copy(stores, hands) as put_back:
        with clock.moved(1000 * DAY):
            recorded(ada, 5)
            elsewhere.keep(ada.organisation, folder)
        put_back()
    begin_anew()
    found = elsewhere.compare(ada.organisation, folder)
    assert found is not None
    elsewhere.declare(ada, found, "the disk died")
    assert elsewhere.compare(ada.organisation, folder) is None


def test_a_place_that_cannot_be_read_is_not_an_empty_one(ada: Viewer, folder: Path) -> None:
    recorded(ada, 1)
    (folder / str(ada.organisation)).write_text("not a folder", "utf-8")
    with pytest.raises(OSError, match="directory"):
        elsewhere.compare(ada.organisation, folder)


def test_only_what_this_organisation_signed_counts(ada: Viewer, cy: Viewer, folder: Path) -> None:
    recorded(ada, 1)
    recorded(cy, 4)
    theirs = elsewhere.keep(cy.organisation, folder)
    ours = folder / str(ada.organisation)
    ours.mkdir()
    shutil.copy(theirs, ours / theirs.name)
    (ours / "2026-01-01.checkpoint").write_text("nonsense", "utf-8")
    (ours / "2026-01-02.checkpoint").write_bytes(b"\xff\xfe")
    assert elsewhere.kept_of(ada.organisation, folder) == []
    assert elsewhere.compare(ada.organisation, folder) is None
    assert elsewhere.all_restored(folder) == []
    assert elsewhere.all_restored(None) == []


def test_an_organisation_that_is_kept_elsewhere_and_gone_here_is_named(
    ada: Viewer, cy: Viewer, folder: Path
) -> None:
    for viewer in (ada, cy):
        recorded(viewer, 1)
        elsewhere.keep(viewer.organisation, folder)
    assert absences.vanished(folder) == absences.vanished(None) == []
    (folder / "lost+found").mkdir()
    with wall.writing(cy.organisation):
        Organisation.objects.filter(pk=cy.organisation).delete()
    (said,) = absences.vanished(folder)
    assert said.startswith(f"Organisation {cy.organisation} has checkpoints in {folder}")


def test_a_log_without_any_checkpoint_is_said_once_it_is_old_enough(
    ada: Viewer, cy: Viewer, folder: Path
) -> None:
    recorded(ada, 1)
    assert absences.unkept(folder) == []
    with clock.moved(DAY):
        (said,) = absences.unkept(folder)
        assert str(ada.organisation) in said
        assert str(cy.organisation) in said
        for viewer in (ada, cy):
            elsewhere.keep(viewer.organisation, folder)
        assert absences.unkept(folder) == absences.unkept(None) == []
