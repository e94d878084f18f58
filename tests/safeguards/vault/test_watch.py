"""What one process shreds, every other forgets; one that cannot know forgets everything."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from keepwell.safeguards.vault import (
    blind,
    data_keys,
    keys,
    organisation_keys,
    pool,
    sealing,
    shared,
    watch,
)
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.safeguards.vault.keystore import access, notices
from keepwell.safeguards.vault.keystore.models import DataKey, Notice, NoticeKind
from keepwell.safeguards.vault.sealing import KeyGone
from keepwell.safeguards.vault.watch import Watch
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.vault.keepers import NAME, binding, stored_keys

# Far below the minute for which a key is held, far above what a busy machine needs.
PATIENCE_SECONDS = 30


def shred_elsewhere(organisation: UUID, *key_ids: UUID) -> None:
    """Do to the keystore what another process does: this process's memory stays as it is."""
    with access.writing(organisation):
        DataKey.objects.filter(key_id__in=key_ids).delete()
        notices.add(NoticeKind.SHRED, key_ids)


@pytest.fixture
def looked(ada: UUID) -> Iterator[Watch]:
    """Return a watch that has looked once."""
    one = Watch()
    one.look()
    yield one
    one.stop()


class Clocks:
    """The clock of both caches, moved at will."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        for cache in (data_keys.held, organisation_keys.held):
            true = cache._clock
            monkeypatch.setattr(cache, "_clock", lambda true=true: true() + self.ahead)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_what_another_process_shreds_is_dropped_and_nothing_else(ada: UUID, looked: Watch) -> None:
    kept, gone, place = keys.new_data_key(ada), keys.new_data_key(ada), binding(ada)
    sealed = {key: sealing.seal(key, place, NAME) for key in (kept, gone)}
    shred_elsewhere(ada, gone)
    assert sealing.open_sealed(gone, place, sealed[gone]) == NAME  # not noticed yet
    looked.look()
    assert kept.int in data_keys.held._entries
    assert gone.int not in data_keys.held._entries
    with pytest.raises(KeyGone):
        sealing.open_sealed(gone, place, sealed[gone])
    assert sealing.open_sealed(kept, place, sealed[kept]) == NAME


def test_a_key_that_was_being_fetched_meanwhile_is_not_held(
    ada: UUID, looked: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    keys.forget()
    unwrap = data_keys._unwrap

    def slowly(*arguments: UUID) -> object:
        shred_elsewhere(ada, key)
        looked.look()
        return unwrap(*arguments)  # type: ignore[arg-type]  # passed through

    with monkeypatch.context() as patched:
        patched.setattr(data_keys, "_unwrap", slowly)
        assert sealing.open_sealed(key, place, sealed) == NAME  # it had been read before
    with pytest.raises(KeyGone):
        sealing.open_sealed(key, place, sealed)


def test_without_a_watch_a_key_counts_for_four_seconds(ada: UUID, clocks: Clocks) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    shred_elsewhere(ada, key)
    clocks.ahead = watch.TRUST_SECONDS - 1
    assert sealing.open_sealed(key, place, sealed) == NAME
    clocks.ahead = watch.TRUST_SECONDS
    with pytest.raises(KeyGone):
        sealing.open_sealed(key, place, sealed)


def test_a_watch_that_hangs_vouches_for_nothing_after_four_seconds(
    ada: UUID, looked: Watch, clocks: Clocks
) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    clocks.ahead = 30
    for cache in (data_keys.held, organisation_keys.held):
        cache.confirm_until(cache._clock() + watch.TRUST_SECONDS)
    before = data_keys.data_key(ada, key)
    assert before is data_keys.data_key(ada, key)
    shred_elsewhere(ada, key)
    clocks.ahead += watch.TRUST_SECONDS
    with pytest.raises(KeyGone):
        sealing.open_sealed(key, place, sealed)


def test_a_confirmed_key_costs_no_query_until_it_expires(ada: UUID, clocks: Clocks) -> None:
    key = keys.new_data_key(ada)
    held = data_keys.data_key(ada, key)
    clocks.ahead = data_keys.EXPIRY_SECONDS - 1
    data_keys.held.confirm_until(data_keys.held._clock() + 1)
    assert data_keys.held.get(key.int) is held
    clocks.ahead = data_keys.EXPIRY_SECONDS
    data_keys.held.confirm_until(data_keys.held._clock() + 1)
    assert data_keys.held.get(key.int) is None


def test_when_the_keystore_does_not_answer_all_is_forgotten(ada: UUID, looked: Watch) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    pool.settle()
    sealed = sealing.seal(key, place, NAME)
    connection = connections["keys"]
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(NAME="/nowhere/keys", PORT="1")
    try:
        looked._look_or_forget()
        assert (len(data_keys.held), len(organisation_keys.held)) == (0, 0)
        assert not pool.of(ada).spares
        with pytest.raises(KeystoreUnavailable):
            sealing.open_sealed(key, place, sealed)
    finally:
        connection.settings_dict.update(before)
    looked.look()
    assert sealing.open_sealed(key, place, sealed) == NAME


def test_a_keystore_that_went_back_is_noticed_and_trusted_with_nothing(
    ada: UUID, looked: Watch
) -> None:
    shred_elsewhere(ada, keys.new_data_key(ada))
    looked.look()
    assert not looked.is_older_keystore
    keys.new_data_key(ada)
    Notice.objects.all().delete()  # as in a copy from before
    looked.look()
    assert looked.is_older_keystore
    assert len(data_keys.held) == 0


def test_a_name_for_a_shredded_key_is_forgotten_too(ada: UUID, looked: Watch) -> None:
    key = keys.shared_key(ada, "trail/202611")
    shred_elsewhere(ada, key)
    looked.look()
    assert shared.known(ada, "trail/202611") is None


def test_many_keys_go_in_notices_that_stay_small(ada: UUID, looked: Watch) -> None:
    many = [uuid7() for _ in range(5000)]
    data_keys.held.put(many[-1].int, data_keys.data_key(ada, keys.new_data_key(ada)))
    shred_elsewhere(ada, *many)
    assert [len(notice.ids) for notice in notices.after(0)] == [4096, 904]
    looked.look()
    assert many[-1].int not in data_keys.held._entries


def test_an_organisation_whose_keys_changed_is_fetched_anew(ada: UUID, looked: Watch) -> None:
    blind.token(ada, "a", b"b")
    keys.new_data_key(ada)
    with access.writing(ada):
        notices.add(NoticeKind.ORGANISATION, [ada])
    looked.look()
    assert len(organisation_keys.held) == 0
    assert not pool.of(ada).spares


def test_an_organisation_whose_keys_were_shredded_elsewhere_opens_nothing(
    ada: UUID, cy: UUID, looked: Watch
) -> None:
    ours, theirs = keys.new_data_key(ada), keys.new_data_key(cy)
    place, other = binding(ada), binding(cy)
    sealed, kept = sealing.seal(ours, place, NAME), sealing.seal(theirs, other, NAME)
    pool.settle()
    with access.writing(ada):  # as `keys.shred_organisation` does it in another process
        data_keys.delete_all(ada)
        organisation_keys.delete_all(ada, None)
    assert sealing.open_sealed(ours, place, sealed) == NAME
    looked.look()
    assert not pool.of(ada).spares
    with pytest.raises(KeyGone):
        sealing.open_sealed(ours, place, sealed)
    assert theirs.int in data_keys.held._entries
    assert sealing.open_sealed(theirs, other, kept) == NAME


def test_a_shredding_names_the_entry_that_ordered_it(ada: UUID) -> None:
    one, other, entry = keys.new_data_key(ada), keys.new_data_key(ada), uuid7()
    keys.shred(ada, [one, other, uuid7()], entry)
    (notice,) = notices.of_entry(entry)
    assert set(notice.ids) == {one, other}
    assert notice.sequence == notices.newest()
    keys.shred(ada, [one], entry)  # what is gone is not shredded twice
    assert notices.of_entry(entry) == [notice]


def test_a_process_that_serves_forgets_what_another_one_shreds(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    pool.settle()
    sealed = sealing.seal(key, place, NAME)
    command = [sys.executable, "-m", "tests.safeguards.vault.reader"]
    told = [str(ada), str(key), str(place.row), sealed.hex()]
    with subprocess.Popen(
        [*command, *told],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline().strip() == NAME.decode()
        keys.shred(ada, [key])
        said, _none = reader.communicate(timeout=PATIENCE_SECONDS)
    assert said.strip() == "gone"
    assert key not in stored_keys(ada)
