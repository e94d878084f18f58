"""A bounded cache of keys in the clear that forgets by size, by age and on demand.

Reading takes no lock (one dictionary look-up under the interpreter's own lock); changing takes a
short one. Nothing here touches a store, so no thread ever waits for I/O while holding it.

A key that another process shreds must not stay usable here. So what is held counts for a few
seconds only, unless `vault.watch` has just confirmed that nothing was shredded: were the watch to
hang or to end, keys would be fetched from the store again, which is slow and right.
"""

import time
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

from keepwell.safeguards.vault.held import HeldKey

Name = TypeVar("Name", bound=Hashable)


class KeyCache(Generic[Name]):
    """Held keys by name, at most `size` of them, each for at most `expiry_seconds`.

    Without a confirmation a key counts for `alone_seconds` after it was put here.
    """

    def __init__(
        self,
        size: int,
        expiry_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        alone_seconds: float | None = None,
    ) -> None:
        self._size = size
        self._expiry_seconds = expiry_seconds
        self._alone_seconds = expiry_seconds if alone_seconds is None else alone_seconds
        self._clock = clock
        self._confirmed_until = 0.0
        self._entries: dict[Name, tuple[HeldKey, float, float]] = {}
        self._lock = Lock()
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: Name) -> HeldKey | None:
        """Return the key if it is held and not too old."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        moment = self._clock()
        if moment >= entry[1] or (moment >= entry[2] and moment >= self._confirmed_until):
            return None
        entry[0].used = True
        return entry[0]

    def confirm_until(self, moment: float) -> None:
        """Let what is held count until then, on this cache's clock: the store was just asked."""
        self._confirmed_until = moment

    def put(self, name: Name, held: HeldKey, epoch: int | None = None) -> None:
        """Hold a key.

        `epoch` is the cache's own number from before the key was read from the store: when keys
        were dropped in between, this may be one that has just been shredded, and is not held.
        """
        with self._lock:
            if epoch is not None and epoch != self.epoch:
                return
            previous = self._entries.pop(name, None)
            self._make_room()
            held.used = False
            moment = self._clock()
            until = moment + self._expiry_seconds
            self._entries[name] = (held, until, moment + self._alone_seconds)
        if previous is not None and previous[0] is not held:
            previous[0].wipe()

    def _make_room(self) -> None:
        """Drop the oldest that was not used since the last round (second chance)."""
        while len(self._entries) >= self._size:
            name = next(iter(self._entries))
            held, until, alone_until = self._entries.pop(name)
            if held.used and self._clock() < until:
                held.used = False
                self._entries[name] = (held, until, alone_until)
            else:
                held.wipe()

    def drop(self, names: Iterable[Name]) -> None:
        """Forget and wipe these keys, and refuse those that are being read just now."""
        self._drop(lambda: names)

    def drop_of(self, organisation: UUID) -> None:
        """Forget and wipe every key of an organisation."""
        number = organisation.int
        self._drop(
            lambda: [
                name for name, entry in self._entries.items() if entry[0].organisation == number
            ]
        )

    def _drop(self, chosen: Callable[[], Iterable[Name]]) -> None:
        """Drop what is chosen while nothing can be put: a key put in between would stay."""
        with self._lock:
            self.epoch += 1
            dropped = [self._entries.pop(name, None) for name in chosen()]
        for entry in dropped:
            if entry is not None:
                entry[0].wipe()

    def drop_expired(self) -> None:
        """Forget and wipe what is too old."""
        moment = self._clock()
        with self._lock:
            old = [name for name, entry in self._entries.items() if moment >= entry[1]]
            dropped = [self._entries.pop(name) for name in old]
        for held, _until, _alone_until in dropped:
            held.wipe()

    def clear(self) -> None:
        """Forget and wipe everything, and what was confirmed with it."""
        self._confirmed_until = 0.0
        self._drop(lambda: list(self._entries))

    def clear_after_fork(self) -> None:
        """Forget everything in a child, whose copy of the lock may be held by a thread it lacks."""
        self._lock = Lock()
        self._entries = {}
        self._confirmed_until = 0.0
        self.epoch += 1
