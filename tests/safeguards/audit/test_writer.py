"""The trail survives what happens to processes, connections and disks."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from keepwell.safeguards.audit import logs, outbox, places, queries, writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.audit.sequencer import Sequencer
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import signing
from keepwell.safeguards.vault.keys import make_organisation_keys
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.conftest import viewer_in
from tests.safeguards.audit.test_recording import wait_until
from tests.stores.embedded import EmbeddedStores
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

OPEN = "records:fields:open"
ROOT = Path(__file__).parents[3]
RECORDER = "tests.safeguards.audit.recorder"
MEBIBYTE = 1 << 20


def recorder(
    organisation: UUID, task: str, count: int, **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", RECORDER, str(organisation), task, str(count)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ids_of(process: subprocess.Popen[str], count: int) -> list[UUID]:
    assert process.stdout is not None
    return [UUID(process.stdout.readline().strip()) for _ in range(count)]


def ended(process: subprocess.Popen[str]) -> list[str]:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output.split()


def settle(viewer: Viewer) -> None:
    """Do what the next start of Keepwell does: sweep the outbox."""
    writer.start()
    writer.stop()
    assert outbox._oldest(viewer.organisation) == []


def test_nothing_acknowledged_is_lost_by_kill_9(ada: Viewer) -> None:
    acknowledged: list[UUID] = []
    for survived in (1, 2, 9, 30):
        with recorder(ada.organisation, "alternately", 10_000) as process:
            acknowledged += ids_of(process, survived)
            process.kill()
            # Not `communicate`: it reads beside the lines that were read ahead.
            output = process.stdout.read() if process.stdout else ""
            process.wait()
        acknowledged += [UUID(line) for line in output.split("\n")[:-1]]
    settle(ada)
    report = verify(ada.organisation)
    assert report.is_whole, report.sentence
    assert places.missing(ada.organisation, acknowledged) == set()
    assert len(set(acknowledged)) == len(acknowledged)
    # At most one more each: durable, but killed before it could be said. None is doubled.
    assert len(acknowledged) <= report.size <= len(acknowledged) + 4


def test_two_processes_write_one_log_together(ada: Viewer) -> None:
    with (
        recorder(ada.organisation, "alternately", 60) as one,
        recorder(ada.organisation, "alternately", 60) as other,
    ):
        mine = [record_now(ada, OPEN) for _ in range(30)]
        ids = [*mine, *map(UUID, ended(one)), *map(UUID, ended(other))]
    settle(ada)
    report = verify(ada.organisation)
    assert report.is_whole, report.sentence
    assert report.size == len(set(ids)) == 150
    assert places.missing(ada.organisation, ids) == set()


def test_a_forked_child_writes_with_a_thread_of_its_own(ada: Viewer) -> None:
    ids = [UUID(line) for line in ended(recorder(ada.organisation, "fork", 6))]
    settle(ada)
    report = verify(ada.organisation)
    assert report.is_whole, report.sentence
    assert report.size == len(set(ids)) == 2 + 60 + 12 + 2
    assert places.missing(ada.organisation, ids) == set()


def test_what_an_earlier_process_left_is_moved_at_the_start(ada: Viewer) -> None:
    with wall.writing(ada.organisation):
        entry_id = record(ada, "forms:submission:arrive")
        writer_woken = connections["default"].run_on_commit
        writer_woken.clear()  # as if it had died between commit and waking
    assert outbox._oldest(ada.organisation) != []
    settle(ada)
    assert places.missing(ada.organisation, [entry_id]) == set()


@contextmanager
def trail_away(stores: Stores) -> Iterator[None]:
    """Take the trail store away: rename its file, or let nobody connect to its database."""
    if isinstance(stores, EmbeddedStores):
        path = stores.home / "trail.sqlite3"
        aside = path.rename(stores.home / "aside")
        try:
            yield
        finally:
            aside.rename(path)
        return
    assert isinstance(stores, ScaleStores)
    name = f"trail_{stores.worker}"
    with stores.superuser("postgres") as server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        _end_connections(stores, name)
        try:
            yield
        finally:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def _end_connections(stores: ScaleStores, name: str) -> None:
    with stores.superuser("postgres") as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND usename = 'keepwell_app'",
            [name],
        )


def test_without_the_trail_nothing_is_recorded_until_it_is_back(
    ada: Viewer, stores: Stores
) -> None:
    first = record_now(ada, OPEN)
    with trail_away(stores):
        for _ in range(2):
            with pytest.raises(TrailUnavailable):
                record_now(ada, OPEN)
        with pytest.raises(TrailUnavailable):
            queries.page_of_entries(ada)
        with pytest.raises(TrailUnavailable):
            verify(ada.organisation)
        with wall.writing(ada.organisation):  # a change waits in the outbox
            waiting = record(ada, "forms:submission:arrive")
    second = record_now(ada, OPEN)
    settle(ada)
    ids = [first, waiting, second]
    assert places.missing(ada.organisation, ids) == set()
    report = verify(ada.organisation)
    assert report.is_whole, report.sentence
    assert report.size == 3


@pytest.mark.scale
def test_a_connection_that_was_cut_is_made_anew_unnoticed(ada: Viewer, stores: Stores) -> None:
    assert isinstance(stores, ScaleStores)
    record_now(ada, OPEN)
    _end_connections(stores, f"trail_{stores.worker}")
    record_now(ada, OPEN)
    connections["trail"].close()  # this thread's own was cut too
    assert queries.state(ada).size == 2


@pytest.mark.embedded
def test_a_file_put_back_from_a_copy_is_the_one_that_is_written(
    ada: Viewer, stores: Stores
) -> None:
    """An open connection would go on writing into the file that was replaced."""
    record_now(ada, OPEN)
    writer.stop()
    connections["trail"].close()
    path = stores.home / "trail.sqlite3"
    copy = stores.home / "copy"
    shutil.copy(path, copy)
    record_now(ada, OPEN)
    connections["trail"].close()
    copy.replace(path)
    for suffix in ("-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
    entry_id = record_now(ada, OPEN)
    assert places.missing(ada.organisation, [entry_id]) == set()
    assert queries.state(ada).size == 2


@contextmanager
def nobody_may_record(stores: Stores, organisation: UUID) -> Iterator[None]:
    """Hold what an entry is written into: SQLite's file, PostgreSQL's inbox."""
    if isinstance(stores, ScaleStores):
        with stores.superuser(f"trail_{stores.worker}") as superuser, superuser.transaction():
            superuser.execute("LOCK TABLE trail_inbox")
            yield
    else:
        with wall.writing(organisation, using="trail"):
            yield


def test_a_writer_that_is_stuck_refuses_in_time(
    ada: Viewer, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", 0.05)
    with nobody_may_record(stores, ada.organisation), pytest.raises(TrailUnavailable):
        record_now(ada, OPEN)
    monkeypatch.undo()
    record_now(ada, OPEN)
    writer.stop()
    assert verify(ada.organisation).is_whole


def test_an_organisation_without_a_log_is_refused_and_others_are_not(ada: Viewer) -> None:
    stranger = viewer_in(uuid7())
    make_organisation_keys(stranger.organisation)
    with pytest.raises(TrailUnavailable):
        record_now(stranger, OPEN)
    record_now(ada, OPEN)
    logs.create_log(stranger.organisation)
    record_now(stranger, OPEN)
    assert stranger.organisation in logs.all_logs()


def test_a_log_is_begun_once(ada: Viewer) -> None:
    record_now(ada, OPEN)
    logs.create_log(ada.organisation)
    assert queries.state(ada).size == 1


def test_a_broken_row_in_the_outbox_of_one_does_not_stop_another(
    ada: Viewer, cy: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = signing.signing_key

    def gone(organisation: UUID) -> object:
        if organisation == ada.organisation:
            raise OSError
        return real(organisation)

    monkeypatch.setattr(signing, "signing_key", gone)
    for viewer in (ada, cy):
        with wall.writing(viewer.organisation):
            record(viewer, "forms:submission:arrive")
    writer.stop()
    assert outbox._oldest(cy.organisation) == []
    assert outbox._oldest(ada.organisation) != []
    monkeypatch.undo()
    settle(ada)


@pytest.mark.embedded
def test_a_lock_that_somebody_holds_is_waited_for_and_is_no_failure(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    writer.stop()
    with monkeypatch.context() as patched, wall.writing(ada.organisation):
        patched.setattr(writer, "wake", lambda _organisation: None)
        entry = record(ada, OPEN)
    with wall.writing(ada.organisation):  # SQLite's one write lock
        assert _drained_elsewhere(ada.organisation) == [outbox.OutboxBusy]
    shown = queries.page_of_entries(ada, kinds=[OPEN]).entries
    assert entry in {one.id for one in shown}, "it is on the trail all the same"
    drain, turns = outbox.drain, iter([outbox.OutboxBusy()])

    def busy_once(organisation: UUID, sequencer: Sequencer) -> bool:
        for error in turns:
            raise error
        return drain(organisation, sequencer)

    monkeypatch.setattr(outbox, "drain", busy_once)
    writer.wake(ada.organisation)
    wait_until(lambda: ada.organisation in writer._writer._failed)
    settle(ada)
    assert not [one for one in caplog.records if "failed" in one.getMessage()]


def test_who_waits_for_the_log_waits_for_changes_and_for_readings(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the turn at hand was for changes alone: readings are due later."""
    writer.stop()
    monkeypatch.setattr(writer.Writer, "wake", lambda *_given: None)
    waits = threading.Event()
    shown = record_now(ada, OPEN)
    own = writer.Writer()
    own._settling[ada.organisation] = [waits]
    own._drain(ada.organisation, frozenset({writer._Source.OUTBOX}))
    assert waits.is_set()
    assert shown in places.of_entries(ada.organisation, [shown])


@pytest.mark.embedded
def test_readings_reach_the_log_while_somebody_holds_the_datas_lock(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.stop()
    with monkeypatch.context() as patched, wall.writing(ada.organisation):
        patched.setattr(writer, "wake", lambda _organisation: None)
        record(ada, "forms:submission:arrive")
    with wall.writing(ada.organisation):  # SQLite's one write lock
        shown = record_now(ada, OPEN)
        writer.wake(ada.organisation)
        writer.settle(ada.organisation)
        assert shown in places.of_entries(ada.organisation, [shown])


def _drained_elsewhere(organisation: UUID) -> list[type[BaseException]]:
    """Drain in a thread of its own; return what it raised."""
    raised: list[type[BaseException]] = []

    def drain() -> None:
        try:
            outbox.drain(organisation, Sequencer())
        except outbox.OutboxBusy as error:
            raised.append(type(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=drain)
    thread.start()
    thread.join()
    return raised


@pytest.mark.embedded
def test_a_full_disk_refuses_and_loses_nothing(ada: Viewer, stores: Stores, tmp_path: Path) -> None:
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root can mount the small disk that this test fills")
    writer.stop()
    connections.close_all()
    size = sum(path.stat().st_size for path in stores.home.glob("*")) + 3 * MEBIBYTE
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    try:
        shutil.copytree(stores.home, tmp_path / "home")
        home = str(tmp_path / "home")
        said = ended(recorder(ada.organisation, "fill", 2000, KEEPWELL_HOME=home))
        assert said.pop() == "refused"
        shutil.copytree(home, stores.home, dirs_exist_ok=True)
    finally:
        subprocess.run([umount, str(tmp_path)], check=True)
    settle(ada)
    assert places.missing(ada.organisation, [UUID(line) for line in said]) == set()
    report = verify(ada.organisation)
    assert report.is_whole, report.sentence
