"""Organisation keys and the root key are replaced while everything stays open."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connections

from keepwell.safeguards.vault import (
    blind,
    data_keys,
    escrow,
    keys,
    organisation_keys,
    pool,
    rewrap,
    root,
    root_rotation,
    sealing,
    signing,
)
from keepwell.safeguards.vault.errors import RootKeyMissing, RootKeyWrong, RootRotationRuns
from keepwell.safeguards.vault.held import Unwrapped
from keepwell.safeguards.vault.keystore import access, notices, wrappings
from keepwell.safeguards.vault.keystore.models import DataKey, NoticeKind, OrganisationKey
from keepwell.safeguards.vault.keystore.wrappings import Swap, Wrapped
from keepwell.safeguards.vault.root import FileRoot
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.vault.keepers import NAME, binding, organisation_with_keys

SMALL = 10


def versions(organisation: UUID) -> list[int]:
    with access.reading(organisation):
        return sorted(OrganisationKey.objects.values_list("version", flat=True))


def counts(organisation: UUID) -> dict[int, int]:
    with access.reading(organisation):
        return wrappings.counts(organisation)


class Sealed:
    """Values sealed under keys of their own, that must open whatever happens to wraps."""

    def __init__(self, organisation: UUID, count: int) -> None:
        self.organisation = organisation
        self.keys = [keys.new_data_key(organisation) for _ in range(count)]
        pool.settle()
        self.values = []
        for key in self.keys:
            place = binding(organisation)
            self.values.append((key, place, sealing.seal(key, place, NAME)))

    def all_open(self) -> bool:
        keys.forget()
        opened = {sealing.open_sealed(key, place, value) for key, place, value in self.values}
        return opened == {NAME}


def test_a_rotated_key_wraps_from_now_on_and_both_versions_open(ada: UUID) -> None:
    sealed = Sealed(ada, 3)
    token, verify_key = blind.token(ada, "a", b"b"), signing.verify_key(ada)
    assert organisation_keys.add_version(ada) == 2
    assert sealed.all_open()
    before = counts(ada)[1]
    newer = Sealed(ada, 3)
    assert counts(ada) == {1: before, 2: pool.BATCH}
    assert newer.all_open()
    assert (blind.token(ada, "a", b"b"), signing.verify_key(ada)) == (token, verify_key)
    assert notices.after(0)[-1].kind is NoticeKind.ORGANISATION


def test_rewrapping_moves_every_key_and_retires_the_old_version(ada: UUID, cy: UUID) -> None:
    sealed, theirs = Sealed(ada, 3), Sealed(cy, 3)
    token, verify_key = blind.token(ada, "a", b"b"), signing.verify_key(ada)
    organisation_keys.add_version(ada)
    told: list[tuple[int, int]] = []
    done = rewrap.rewrap(ada, lambda count, whole: told.append((count, whole)))
    whole = pool.BATCH
    assert (done.version, done.count, done.broken, done.retired) == (2, whole, set(), (1,))
    assert told == [(whole, whole)]
    assert counts(ada) == {2: whole}
    assert versions(ada) == [2]
    assert sealed.all_open()
    assert theirs.all_open()
    assert counts(cy) == {1: whole}
    assert (blind.token(ada, "a", b"b"), signing.verify_key(ada)) == (token, verify_key)
    assert rewrap.rewrap(ada).count == 0


def test_a_process_that_still_holds_the_old_version_wraps_under_the_new_one(ada: UUID) -> None:
    Sealed(ada, 1)
    stale = organisation_keys.organisation_key(ada)
    organisation_keys.add_version(ada)
    organisation_keys.held.put(("organisation", ada.int), stale)  # as in another process
    made = data_keys.make(ada, 1)[0][0]
    with access.reading(ada):
        wrapped = bytes(DataKey.objects.get(key_id=made).wrapped)
    assert int.from_bytes(wrapped[1:5], "big") == 2


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrap, "BATCH", SMALL)


@pytest.mark.usefixtures("small_batches")
def test_keys_that_come_and_go_while_rewrapping_are_right_afterwards(ada: UUID) -> None:
    sealed = Sealed(ada, 30)
    gone = sealed.values.pop()[0]
    organisation_keys.add_version(ada)
    later: list[Sealed] = []

    def meanwhile(count: int, _whole: int) -> None:
        if count == SMALL:
            keys.shred(ada, [gone])
            keys.add_version(ada, sealed.keys[0])
            later.append(Sealed(ada, 1))
            assert sealed.all_open()

    done = rewrap.rewrap(ada, meanwhile)
    assert set(counts(ada)) == {2}
    assert done.retired == (1,)
    assert sealed.all_open()
    assert later[0].all_open()
    with pytest.raises(sealing.KeyGone):
        data_keys.data_key(ada, gone)


@pytest.mark.usefixtures("small_batches")
def test_a_rotation_in_the_middle_of_a_rewrap_is_followed(ada: UUID) -> None:
    sealed = Sealed(ada, 30)
    organisation_keys.add_version(ada)

    def meanwhile(count: int, _whole: int) -> None:
        if count == SMALL:
            organisation_keys.add_version(ada)

    done = rewrap.rewrap(ada, meanwhile)
    assert done.version == 3
    assert set(counts(ada)) == {3}
    assert versions(ada) == [3]
    assert sealed.all_open()


def test_nothing_is_wrapped_under_a_version_that_was_retired_meanwhile(
    ada: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = Sealed(ada, 5)
    organisation_keys.add_version(ada)
    fresh, calls = rewrap._fresh, list[UUID]()

    def slow(organisation: UUID, row: Wrapped, newest: Unwrapped) -> Swap:
        """Before the first wrap is put in place, version 3 comes and version 2, empty, goes."""
        made = fresh(organisation, row, newest)
        calls.append(row.row)
        if len(calls) == 1:
            assert organisation_keys.add_version(ada) == 3
            assert organisation_keys.retire(ada) == (2,)
        return made

    monkeypatch.setattr(rewrap, "_fresh", slow)
    assert rewrap.rewrap(ada).version == 3
    assert set(counts(ada)) == {3}
    assert sealed.all_open()


def test_a_wrap_is_put_only_where_the_one_it_was_made_from_stands(ada: UUID) -> None:
    sealed = Sealed(ada, 1)
    with access.writing(ada):
        row = DataKey.objects.get(key_id=sealed.keys[0])
        stored = bytes(row.wrapped)
        assert wrappings.swap(ada, [Swap(row.pk, stored[::-1], b"fresh")]) == 0
        assert bytes(DataKey.objects.get(pk=row.pk).wrapped) == stored
    assert sealed.all_open()


def test_a_wrap_that_was_changed_is_left_and_its_version_kept(ada: UUID) -> None:
    sealed = Sealed(ada, 5)
    damaged = sealed.values.pop()[0]
    with access.writing(ada):
        row = DataKey.objects.get(key_id=damaged)
        wrapped = bytes(row.wrapped)
        row.wrapped = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
        row.save()
    organisation_keys.add_version(ada)
    done = rewrap.rewrap(ada)
    assert done.broken == {row.pk}
    assert done.retired == ()
    assert counts(ada)[1] == 1
    assert sealed.all_open()


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    start = Barrier(count)

    def one() -> object:
        start.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as executor:
        futures = [executor.submit(one) for _ in range(count)]
        return [future.result() for future in futures]


def test_rotations_at_once_make_a_version_each(ada: UUID) -> None:
    sealed = Sealed(ada, 3)
    made = at_once(4, lambda: organisation_keys.add_version(ada))
    assert sorted(made, key=str) == [2, 3, 4, 5]
    assert sealed.all_open()


@pytest.mark.usefixtures("small_batches")
def test_rewraps_at_once_lose_nothing(ada: UUID) -> None:
    sealed = Sealed(ada, 40)
    organisation_keys.add_version(ada)
    at_once(3, lambda: rewrap.rewrap(ada))
    assert set(counts(ada)) == {2}
    assert versions(ada) == [2]
    assert sealed.all_open()


@pytest.mark.usefixtures("small_batches")
def test_a_rewrap_that_is_killed_is_ended_by_the_next(ada: UUID) -> None:
    sealed = Sealed(ada, 30)
    organisation_keys.add_version(ada)
    command = [sys.executable, "-m", "tests.safeguards.vault.rewrapper", str(ada), str(SMALL)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True
    ) as rewrapper:
        assert rewrapper.stdout is not None
        assert rewrapper.stdout.readline().strip() == str(SMALL)
        rewrapper.send_signal(signal.SIGKILL)
    assert counts(ada) == {1: pool.BATCH - SMALL, 2: SMALL}
    later = Sealed(ada, 1)
    assert sealed.all_open()
    assert rewrap.rewrap(ada).retired == (1,)
    assert set(counts(ada)) == {2}
    assert sealed.all_open()
    assert later.all_open()


# The root key.


@pytest.fixture
def root_file(ada: UUID) -> Iterator[FileRoot]:
    """Lend the installation's root key, and put the first one back."""
    files = root.file_root()
    text = files.path.read_text()
    yield files
    for path in (files.path, files.next_path, files.old_path):
        path.unlink(missing_ok=True)
    FileRoot.create(files.path, root.key_from_escrow(text))
    root.mark_anew()  # PostgreSQL's tests keep the row that `keepwell init` leaves


def test_a_new_root_key_takes_over_and_the_old_one_opens_nothing(
    ada: UUID, cy: UUID, root_file: FileRoot, tmp_path: Path
) -> None:
    ours, theirs = Sealed(ada, 2), Sealed(cy, 2)
    organisation_keys.add_version(cy)
    before = root_file.fingerprint()
    kept = FileRoot.create(tmp_path / "root.key", root_file.key())
    next_one = root_rotation.prepare()
    assert root_rotation.is_under_way()
    assert next_one.fingerprint() != before
    between = Sealed(organisation_with_keys(), 1)
    assert all(sealed.all_open() for sealed in (ours, theirs, between))
    done = root_rotation.finish()
    assert (done.organisations, done.rewrapped) == (3, 3)
    assert done.fingerprint == root_file.fingerprint() != before
    assert not root_rotation.is_under_way()
    root.check()
    assert all(sealed.all_open() for sealed in (ours, theirs, between))
    with access.reading(ada):
        wrapped = bytes(OrganisationKey.objects.get().wrapped)
    with pytest.raises(SealBroken):
        kept.unwrap(organisation_keys._root_context(ada, 1), wrapped)


def _stop(*_arguments: object) -> list[UUID]:
    """End a rotation as a kill would."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["mark", "rewrap_under_root", "rename", "unlink"])
def test_a_root_rotation_that_is_killed_is_ended_by_the_next(
    ada: UUID, cy: UUID, root_file: FileRoot, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = Sealed(ada, 1), Sealed(cy, 1)
    root_rotation.prepare()
    new = root_file.fingerprint()
    with monkeypatch.context() as patched:
        _stop_at(step, patched)
        with pytest.raises(KeyboardInterrupt):
            root_rotation.finish()
    assert ours.all_open()
    assert theirs.all_open()
    root.check()
    assert root_rotation.prepare().fingerprint() == new
    assert root_rotation.finish().fingerprint == new
    assert not root_rotation.is_under_way()
    assert root_file.path.exists()
    assert ours.all_open()
    assert theirs.all_open()


def _stop_at(step: str, patched: pytest.MonkeyPatch) -> None:
    if step == "mark":
        patched.setattr(access, "organisations", _stop)
    elif step == "unlink":
        patched.setattr(Path, "unlink", _stop)
    else:
        owner = organisation_keys if step == "rewrap_under_root" else Path
        true, made = getattr(owner, step), Counter[str]()

        def once(*arguments: object) -> object:
            made.update((step,))
            return _stop() if made[step] > 1 else true(*arguments)

        patched.setattr(owner, step, once)


def test_a_root_key_file_that_changes_meanwhile_wraps_nothing(ada: UUID) -> None:
    sealed = Sealed(ada, 1)
    expected = escrow.fingerprint(os.urandom(32))  # what the file held when the rotation began
    with pytest.raises(RootKeyWrong):
        organisation_keys.rewrap_under_root(ada, expected)
    assert sealed.all_open()


def test_two_processes_do_not_move_the_files_at_once(root_file: FileRoot) -> None:
    with root_rotation._alone(root_file.path.parent):
        for act in (root_rotation.prepare, root_rotation.finish):
            with pytest.raises(RootRotationRuns):
                act()
    assert not root_rotation.is_under_way()


def test_prepared_twice_is_prepared_once(root_file: FileRoot) -> None:
    first = root_rotation.prepare().fingerprint()
    assert root_rotation.prepare().fingerprint() == first
    assert root_file.next_path.stat().st_mode & 0o777 == 0o600


def test_without_its_root_key_a_keystore_gets_no_new_one(root_file: FileRoot) -> None:
    root_file.path.rename(root_file.path.with_suffix(".kept"))
    with pytest.raises(RootKeyMissing):
        root_rotation.prepare()
    assert not root_file.next_path.exists()
    os.unlink(root_file.path.with_suffix(".kept"))  # noqa: PTH108  the fixture makes it anew


def test_the_keystore_names_all_that_have_keys(ada: UUID, cy: UUID) -> None:
    assert set(access.organisations()) >= {ada, cy}
    assert uuid7() not in access.organisations()
    assert Path(settings.KEEPWELL_ROOT_KEY).exists()
