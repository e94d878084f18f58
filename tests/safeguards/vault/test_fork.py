"""A forked child shares no spare key, no held key and no nonce with its parent or its siblings."""

import json
import os
import signal
import warnings
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connections

from keepwell.safeguards.vault import data_keys, keys, pool, sealing
from keepwell.safeguards.vault.binding import Binding
from keepwell.toolkit import envelope
from tests.safeguards.vault.keepers import NAME, binding, stored_keys


def in_child(act: Callable[[], Any]) -> Any:
    """Run a function in a fork of this process and return what it returns."""
    pool.settle()
    connections.close_all()  # a connection belongs to the process that opened it
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of threads
        child = os.fork()
    if child == 0:
        signal.alarm(60)  # one that waits for a lock of nobody ends, and fails the test
        answer = {"failed": True}
        try:
            answer = {"answer": act()}
            pool.settle()
        finally:
            os.write(writing, json.dumps(answer).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        received = json.loads(pipe.read())
    os.waitpid(child, 0)
    return received["answer"]


def test_parent_and_children_get_different_keys(ada: UUID) -> None:
    keys.new_data_key(ada)

    def ten() -> list[str]:
        return [str(keys.new_data_key(ada)) for _ in range(10)]

    given = [*in_child(ten), *in_child(ten), *ten()]
    assert len(set(given)) == 30
    assert {UUID(key) for key in given} <= stored_keys(ada)


def test_a_child_begins_with_nothing_in_memory_and_opens_all_the_same(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)

    def look() -> list[Any]:
        held = [len(data_keys.held), len(pool._pools)]
        return [*held, sealing.open_sealed(key, place, sealed).decode()]

    assert len(data_keys.held) == 1
    assert in_child(look) == [0, 0, NAME.decode()]
    assert len(data_keys.held) == 1


def test_a_lock_that_another_thread_held_does_not_stop_the_child(ada: UUID) -> None:
    keys.new_data_key(ada)
    pool.settle()
    with data_keys.held._lock, pool.of(ada).making:
        assert in_child(lambda: str(keys.new_data_key(ada)))


def test_forked_nonces_differ(ada: UUID) -> None:
    key = bytes(32)
    place = Binding("a.b", ada, ada).associated()

    def nonces() -> list[str]:
        return [envelope.seal(key, 1, place, b"")[5:17].hex() for _ in range(100)]

    seen = [*in_child(nonces), *in_child(nonces), *nonces()]
    assert len(set(seen)) == 300
