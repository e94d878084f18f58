"""With the keystore away there is no plaintext and no new key; when it is back all goes on."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from keepwell.safeguards.vault import blind, keys, pool, root, sealing, signing
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.safeguards.vault.keystore import access
from tests.safeguards.vault.keepers import NAME, binding, stored_keys

Away = Callable[[], AbstractContextManager[None]]


def keystore_file() -> Path:
    return Path(str(connections["keys"].settings_dict["NAME"]))


@contextmanager
def file_away() -> Iterator[None]:
    """Rename the keystore's file, with its connection open on it."""
    path = keystore_file()
    kept = path.rename(path.with_suffix(".away"))
    try:
        yield
    finally:
        kept.rename(path)


@contextmanager
def server_away() -> Iterator[None]:
    """Break the connection and let new ones find nobody there."""
    connection = connections["keys"]
    port = connection.settings_dict["PORT"]
    if connection.connection is not None:
        connection.connection.close()  # as when the server goes; Django has not noticed yet
    connection.settings_dict["PORT"] = "1"
    try:
        yield
    finally:
        connection.settings_dict["PORT"] = port


@pytest.fixture
def away(ada: UUID) -> Away:
    return file_away if connections["keys"].vendor == "sqlite" else server_away


def test_nothing_opens_while_the_keystore_is_away(ada: UUID, away: Away) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    acts: list[Callable[[], object]] = [
        lambda: sealing.open_sealed(key, place, sealed),
        lambda: sealing.seal(key, place, NAME),
        lambda: keys.new_data_key(ada),
        lambda: keys.shared_key(ada, "trail/202611"),
        lambda: keys.shred(ada, [key]),
        lambda: keys.sweep_unused(ada, []),
        lambda: keys.load(ada, [key]),
        lambda: keys.make_organisation_keys(ada),
        lambda: signing.signing_key(ada),
        lambda: blind.token(ada, "a", b"b"),
        root.check,
    ]
    keys.forget()
    with away():
        for act in acts:
            with pytest.raises(KeystoreUnavailable) as caught:
                act()
            assert caught.value.status == 503
    assert sealing.open_sealed(key, place, sealed) == NAME
    assert keys.new_data_key(ada) in stored_keys(ada)


def test_what_is_held_goes_on_while_the_keystore_is_away(ada: UUID, away: Away) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    pool.settle()
    with away():
        spare = keys.new_data_key(ada)
        sealed = sealing.seal(key, place, NAME)
        assert sealing.open_sealed(key, place, sealed) == NAME
        sealed = sealing.seal(spare, place, NAME)
    keys.forget()
    assert sealing.open_sealed(spare, place, sealed) == NAME


def test_a_refill_that_fails_costs_no_request(ada: UUID, away: Away) -> None:
    keys.new_data_key(ada)
    pool.settle()
    with away():
        for _ in range(pool.BATCH - 1):
            keys.new_data_key(ada)
        pool.settle()
        with pytest.raises(KeystoreUnavailable):
            keys.new_data_key(ada)
    assert keys.new_data_key(ada) in stored_keys(ada)


def test_many_threads_fail_and_recover_together(ada: UUID, away: Away) -> None:
    def take() -> UUID:
        try:
            return keys.new_data_key(ada)
        finally:
            connections.close_all()

    keys.forget()
    with ThreadPoolExecutor(16) as executor:
        with away():
            futures = [executor.submit(take) for _ in range(16)]
            errors = [future.exception() for future in futures]
        assert all(isinstance(error, KeystoreUnavailable) for error in errors)
        futures = [executor.submit(take) for _ in range(16)]
        assert len({future.result() for future in futures}) == 16


@pytest.mark.embedded
def test_no_empty_keystore_is_made_in_the_place_of_one_that_is_away(ada: UUID) -> None:
    keys.forget()
    access.close()
    with file_away():
        with pytest.raises(KeystoreUnavailable):
            keys.new_data_key(ada)
        assert not keystore_file().exists()


@pytest.mark.embedded
def test_a_file_put_in_its_place_is_the_one_that_is_used(ada: UUID) -> None:
    """A restore puts another file there; the open connection would go on with the deleted one."""
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    pool.settle()
    access.forget_deleted()
    path = keystore_file()
    shutil.copy(path, path.with_suffix(".copy"))
    keys.shred(ada, [key])
    path.with_suffix(".copy").replace(path)
    keys.forget()
    assert sealing.open_sealed(key, place, sealed) == NAME
    made = keys.new_data_key(ada)
    pool.settle()
    access.close()
    assert made in stored_keys(ada)


@pytest.mark.embedded
def test_a_file_that_is_no_database_is_a_keystore_that_is_away(ada: UUID) -> None:
    keys.forget()
    access.close()
    with file_away():
        keystore_file().write_bytes(b"not a database" * 1000)
        with pytest.raises(KeystoreUnavailable):
            keys.new_data_key(ada)
        access.close()
        keystore_file().unlink()
    assert keys.new_data_key(ada) in stored_keys(ada)
