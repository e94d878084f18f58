"""Keys in memory are few, short-lived, wiped when they go, and gone after a shredding."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from keepwell.safeguards.vault.cache import KeyCache
from keepwell.safeguards.vault.held import HeldKey, Unwrapped, Wiped


@dataclass
class Clock:
    """A clock that stands still until told."""

    seconds: float = 100.0

    def read(self) -> float:
        """Return the time it stands at."""
        return self.seconds


def key() -> HeldKey:
    return HeldKey(uuid4(), [Unwrapped(bytearray(b"k" * 32), 1)])


def is_wiped(held: HeldKey) -> bool:
    return bytes(held.newest._material) == bytes(32)


def cache(size: int = 3) -> tuple[KeyCache[int], Clock]:
    clock = Clock()
    return KeyCache(size=size, expiry_seconds=60, clock=clock.read), clock


def test_a_key_is_held_until_it_expires_and_wiped_then() -> None:
    keys, clock = cache()
    held = key()
    keys.put(1, held)
    clock.seconds += 59.9
    assert keys.get(1) is held
    clock.seconds += 0.1
    assert keys.get(1) is None
    keys.drop_expired()
    assert len(keys) == 0
    assert is_wiped(held)


def test_using_a_key_does_not_prolong_it() -> None:
    keys, clock = cache()
    keys.put(1, key())
    for _ in range(7):
        clock.seconds += 10
        keys.get(1)
    assert keys.get(1) is None


def test_the_size_is_never_exceeded_and_what_is_used_stays() -> None:
    keys, _clock = cache(size=3)
    busy = key()
    keys.put(0, busy)
    others = [key() for _ in range(20)]
    for number, held in enumerate(others, start=1):
        keys.put(number, held)
        keys.get(0)
        assert len(keys) <= 3
    assert keys.get(0) is busy
    assert sum(is_wiped(held) for held in others) == 18
    assert not is_wiped(busy)


def test_a_dropped_key_is_wiped() -> None:
    keys, _clock = cache()
    held = key()
    keys.put(1, held)
    keys.drop([1, 2])
    assert keys.get(1) is None
    assert is_wiped(held)


def test_a_key_read_before_a_shredding_is_not_held_after_it() -> None:
    keys, _clock = cache()
    epoch = keys.epoch  # a thread reads the key from the store …
    keys.drop([1])  # … another shreds it …
    keys.put(1, key(), epoch)  # … and the first is late
    assert keys.get(1) is None


class Contested:
    """A lock that another thread wins first, each time, and puts a key that it read earlier."""

    def __init__(self, keys: KeyCache[int], held: HeldKey) -> None:
        self._keys, self._held, self._epoch, self._lock = keys, held, keys.epoch, keys._lock

    def __enter__(self) -> None:
        self._keys._lock = self._lock
        self._keys.put(len(self._keys), self._held, self._epoch)
        self._keys._lock = self  # type: ignore[assignment]
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


@pytest.mark.parametrize("act", ["clear", "drop_of"])
def test_a_key_put_just_before_all_are_dropped_is_dropped_too(act: str) -> None:
    keys, _clock = cache()
    held = key()
    keys._lock = Contested(keys, held)  # type: ignore[assignment]
    if act == "clear":
        keys.clear()
    else:
        keys.drop_of(UUID(int=held.organisation))
    assert len(keys) == 0
    assert is_wiped(held)


def test_a_key_put_again_wipes_the_earlier_copy_only() -> None:
    keys, _clock = cache()
    earlier, later = key(), key()
    keys.put(1, earlier)
    keys.put(1, later)
    assert is_wiped(earlier)
    keys.put(1, later)
    assert not is_wiped(later)


def test_nothing_is_derived_from_a_wiped_key() -> None:
    held = key()
    assert held.newest.derive(bytes) == b"k" * 32
    held.wipe()
    with pytest.raises(Wiped):
        held.newest.derive(bytes)


def test_whoever_holds_the_cipher_of_a_wiped_key_still_seals_under_the_right_key() -> None:
    held, twin = key(), key()
    sealed = twin.newest.cipher.encrypt(bytes(12), b"hello", None)
    held.wipe()
    assert held.newest.cipher.decrypt(bytes(12), sealed, None) == b"hello"


def test_the_newest_version_seals_and_all_open() -> None:
    first, second = Unwrapped(bytearray(32), 1), Unwrapped(bytearray(32), 2)
    held = HeldKey(uuid4(), [second, first])
    assert held.newest is second
    assert set(held.versions) == {1, 2}
