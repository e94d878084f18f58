"""Keys are made ahead, given out once, shared by name, shredded, and swept when unused."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from keepwell.safeguards.vault import blind, data_keys, keys, pool, sealing, signing
from keepwell.safeguards.vault.errors import OrganisationKeysMissing
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import DataKey, OrganisationKey
from keepwell.safeguards.vault.sealing import KeyGone, SealBroken
from keepwell.toolkit import clock
from tests.safeguards.vault.keepers import NAME, binding, stored_keys


def _remember() -> None:
    """Leave the keys in memory."""


def test_an_organisations_keys_are_made_once(ada: UUID) -> None:
    before = signing.verify_key(ada).public_bytes_raw()
    token = blind.token(ada, "a", b"b")
    keys.make_organisation_keys(ada)
    keys.forget()
    with access.reading(ada):
        assert OrganisationKey.objects.count() == 1
    assert signing.verify_key(ada).public_bytes_raw() == before
    assert blind.token(ada, "a", b"b") == token


@pytest.mark.usefixtures("stores")
def test_an_organisation_without_keys_is_told_so() -> None:
    for act in (keys.new_data_key, signing.signing_key):
        with pytest.raises(OrganisationKeysMissing):
            act(uuid4())


def test_a_wrapped_data_key_has_65_bytes_and_only_its_own_place(ada: UUID) -> None:
    one, other = keys.new_data_key(ada), keys.new_data_key(ada)
    place = binding(ada)
    sealed = sealing.seal(one, place, NAME)
    keys.forget()
    with access.writing(ada):
        stolen = bytes(DataKey.objects.get(key_id=one).wrapped)
        DataKey.objects.filter(key_id=other).update(wrapped=stolen)
    assert len(stolen) == 65
    assert sealing.open_sealed(one, place, sealed) == NAME
    with pytest.raises(SealBroken):
        sealing.open_sealed(other, place, sealed)


def test_a_new_key_comes_from_memory(ada: UUID) -> None:
    keys.new_data_key(ada)
    pool.settle()
    with CaptureQueriesContext(connections["keys"]) as seen:
        given = {keys.new_data_key(ada) for _ in range(pool.BATCH - pool.LOW - 1)}
        for key in given:
            sealing.seal(key, binding(ada), NAME)
    assert len(seen) == 0
    assert len(given) == pool.BATCH - pool.LOW - 1
    assert given <= stored_keys(ada)


def test_the_pool_is_refilled_before_it_is_empty(ada: UUID) -> None:
    for _ in range(pool.BATCH - pool.LOW + 1):
        keys.new_data_key(ada)
    pool.settle()
    with CaptureQueriesContext(connections["keys"]) as seen:
        for _ in range(pool.LOW + 1):
            keys.new_data_key(ada)
    assert len(seen) == 0


def test_of_many_threads_each_gets_its_own_key_and_commits_are_few(ada: UUID) -> None:
    threads, each = 32, 20
    start = Barrier(threads)

    def take() -> list[UUID]:
        start.wait()
        try:
            return [keys.new_data_key(ada) for _ in range(each)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as executor:
        futures = [executor.submit(take) for _ in range(threads)]
        given = [key for future in futures for key in future.result()]
    pool.settle()
    stored = stored_keys(ada)
    assert len(set(given)) == threads * each
    assert set(given) <= stored
    commits = len(stored) // pool.BATCH
    assert pool.BATCH == 64
    assert threads * each // pool.BATCH <= commits <= threads * each // pool.BATCH + 2


def test_a_key_given_out_is_never_lost_in_a_rollback(ada: UUID) -> None:
    with (
        pytest.raises(RuntimeError, match="durable"),
        transaction.atomic(using="keys"),
    ):
        keys.new_data_key(ada)


def test_a_spare_key_that_grew_old_is_not_given_out(ada: UUID) -> None:
    keys.new_data_key(ada)
    pool.settle()
    spares = {spare.key_id for spare in pool.of(ada).spares}
    with clock.moved(12 * 3600 + 1):
        assert keys.new_data_key(ada) not in spares
    pool.settle()


def test_a_spare_key_from_a_clock_that_stepped_back_is_not_given_out(ada: UUID) -> None:
    keys.new_data_key(ada)
    pool.settle()
    spares = {spare.key_id for spare in pool.of(ada).spares}
    with clock.moved(-86_400):
        assert keys.new_data_key(ada) not in spares
    pool.settle()


def test_a_shared_key_is_one_for_all(ada: UUID, cy: UUID) -> None:
    key = keys.shared_key(ada, "trail/202611")
    keys.forget()
    assert keys.shared_key(ada, "trail/202611") == key
    assert keys.shared_key(ada, "trail/202612") != key
    assert keys.shared_key(cy, "trail/202611") != key


def test_threads_that_name_a_key_at_once_get_the_same_one(ada: UUID) -> None:
    start = Barrier(8)

    def name() -> UUID:
        start.wait()
        try:
            return keys.shared_key(ada, "trail/202611")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as executor:
        futures = [executor.submit(name) for _ in range(8)]
        assert len({future.result() for future in futures}) == 1


def test_a_shredded_key_opens_and_seals_nothing(ada: UUID) -> None:
    kept, gone, place = keys.new_data_key(ada), keys.new_data_key(ada), binding(ada)
    sealed = {key: sealing.seal(key, place, NAME) for key in (kept, gone)}
    assert keys.shred(ada, [gone, uuid4()]) == 1
    for forget in (_remember, keys.forget):
        forget()
        with pytest.raises(KeyGone):
            sealing.open_sealed(gone, place, sealed[gone])
        with pytest.raises(KeyGone):
            sealing.seal(gone, place, NAME)
    assert sealing.open_sealed(kept, place, sealed[kept]) == NAME


def test_shredding_reaches_every_version(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    keys.add_version(ada, key)
    assert keys.shred(ada, [key]) == 1
    with pytest.raises(KeyGone):
        sealing.open_sealed(key, place, sealed)


def test_a_stranger_cannot_shred(ada: UUID, cy: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    assert keys.shred(cy, [key]) == 0
    assert sealing.open_sealed(key, place, sealed) == NAME


def test_a_shredded_shared_key_is_made_anew(ada: UUID) -> None:
    key = keys.shared_key(ada, "trail/202611")
    keys.shred(ada, [key])
    assert keys.shared_key(ada, "trail/202611") != key


def test_a_shredded_organisation_opens_seals_signs_and_finds_nothing(ada: UUID, cy: UUID) -> None:
    key, place, theirs = keys.new_data_key(ada), binding(ada), keys.new_data_key(cy)
    sealed = sealing.seal(key, place, NAME)
    keys.shared_key(ada, "trail/202611")
    pool.settle()
    made = len(stored_keys(ada))
    assert keys.shred_organisation(ada) == made
    assert stored_keys(ada) == set()
    for forget in (_remember, keys.forget):
        forget()
        with pytest.raises(KeyGone):
            sealing.open_sealed(key, place, sealed)
        for act in (keys.new_data_key, signing.signing_key):
            with pytest.raises(OrganisationKeysMissing):
                act(ada)
    assert theirs in stored_keys(cy)


def test_many_keys_are_shredded_at_once(ada: UUID) -> None:
    gone = [key for key, _held in data_keys.make(ada, 1100)]
    assert keys.shred(ada, gone) == 1100
    assert not stored_keys(ada) & set(gone)


@pytest.mark.embedded
def test_the_bytes_of_a_shredded_key_leave_the_file(ada: UUID) -> None:
    key = keys.new_data_key(ada)
    pool.settle()
    with access.reading(ada):
        wrapped = bytes(DataKey.objects.get(key_id=key).wrapped)
    file = Path(str(connections["keys"].settings_dict["NAME"]))

    def on_disk() -> bytes:
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    assert wrapped in on_disk()
    keys.shred(ada, [key])
    assert wrapped not in on_disk()


@pytest.mark.embedded
def test_an_old_copy_of_the_keystore_opens_what_was_shredded_since(
    ada: UUID, tmp_path: Path
) -> None:
    """Why backups of the keystore expire sooner: docs/formats/envelope.md, what is not promised."""
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    file = Path(str(connections["keys"].settings_dict["NAME"]))
    with (
        closing(sqlite3.connect(file)) as live,
        closing(sqlite3.connect(tmp_path / "old")) as old,
    ):
        live.backup(old)
    keys.shred(ada, [key])
    with pytest.raises(KeyGone):
        sealing.open_sealed(key, place, sealed)
    with (
        closing(sqlite3.connect(tmp_path / "old")) as old,
        closing(sqlite3.connect(file, timeout=20)) as live,
    ):
        old.backup(live)
    keys.forget()
    assert sealing.open_sealed(key, place, sealed) == NAME


def test_only_unused_keys_that_are_a_day_old_are_swept(ada: UUID) -> None:
    used, unused = keys.new_data_key(ada), keys.new_data_key(ada)
    shared = keys.shared_key(ada, "trail/202611")
    pool.settle()
    spares = {spare.key_id for spare in pool.of(ada).spares}
    assert keys.sweep_unused(ada, [used]) == 0
    with clock.moved(86_401):
        later = keys.new_data_key(ada)
        pool.settle()
        assert keys.sweep_unused(ada, [used]) == 1 + len(spares)
    left = stored_keys(ada)
    assert {used, shared, later} <= left
    assert not left & (spares | {unused})


def test_a_sweep_never_meets_a_key_that_a_pool_may_still_give_out(ada: UUID) -> None:
    keys.new_data_key(ada)
    pool.settle()
    with clock.moved(12 * 3600 - 1):
        given = keys.new_data_key(ada)  # the last moment at which it can be given out
        pool.settle()
    with clock.moved(86_400 - 1):
        keys.sweep_unused(ada, [])
    assert given in stored_keys(ada)


def test_a_sweep_leaves_a_stranger_alone(ada: UUID, cy: UUID) -> None:
    key = keys.new_data_key(cy)
    with clock.moved(86_401):
        keys.sweep_unused(ada, [])
    assert key in stored_keys(cy)


def test_keys_held_too_long_are_forgotten_by_the_timer(ada: UUID) -> None:
    key = keys.new_data_key(ada)
    held = data_keys.data_key(ada, key)
    entry = data_keys.held._entries[key.int]
    data_keys.held._entries[key.int] = (entry[0], 0.0, 0.0)
    keys.forget_expired()
    assert key.int not in data_keys.held._entries
    assert bytes(held.newest._material) == bytes(32)
