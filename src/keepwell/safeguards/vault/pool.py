"""Data keys made ahead of need: 64 in one keystore commit, handed out from memory.

A commit per key would more than double the price of creating a record. A pool belongs to one
process: after a fork the child starts empty, or two processes would give one key to two records.
"""

import contextlib
import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

from keepwell.safeguards.vault import data_keys
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.safeguards.vault.held import HeldKey
from keepwell.safeguards.vault.keystore import access
from keepwell.toolkit import clock
from keepwell.toolkit.errors import KeepwellError

BATCH = 64
LOW = 32

# A key in a pool is used within 12 hours of being made or never: `sweep` deletes keys older than a
# day that no record uses, so between the last moment at which a pool hands a key out and the first
# at which a sweep could delete it lie 12 hours, in which the record's own transaction commits. Both
# ages are read from the same clock as the row's `made`; a clock that stepped back makes the age
# negative, and the entry is thrown away too.
FRESH_US = 12 * 3600 * 1_000_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spare:
    """A durable key that no record uses yet."""

    key_id: UUID
    held: HeldKey
    made_us: int

    def is_fresh(self) -> bool:
        """Say whether it may still be handed out."""
        return 0 <= clock.now_us() - self.made_us < FRESH_US


@dataclass(slots=True)
class Pool:
    """One organisation's spare keys."""

    organisation: UUID
    spares: deque[Spare] = field(default_factory=deque)
    making: threading.Lock = field(default_factory=threading.Lock)
    failures: int = 0
    refill: threading.Thread | None = None

    def take(self) -> Spare:
        """Return a spare key, from memory if there is one; else make a batch and wait for it."""
        spare = self._pop() or self._make_and_pop()
        if len(self.spares) < LOW and not access.in_transaction():
            # Inside a keystore transaction (tests) the refill would wait for us on SQLite.
            self._refill_ahead()
        return spare

    def _pop(self) -> Spare | None:
        while True:
            try:
                spare = self.spares.popleft()  # atomic: no lock, nobody waits
            except IndexError:
                return None
            if spare.is_fresh():
                return spare
            spare.held.wipe()

    def _make_and_pop(self) -> Spare:
        """Make a batch here and now; of many threads that find the pool empty, one makes it.

        Those that waited for an attempt that failed fail with it: with the keystore away, 16
        threads must not wait for 16 time-outs one after another.
        """
        failures = self.failures
        while True:
            with self.making:
                spare = self._pop()
                if spare is not None:
                    return spare
                if self.failures != failures:
                    raise KeystoreUnavailable
                self._make()

    def _make(self) -> None:
        made_us = clock.now_us()  # before the rows' own time: an entry looks older, never younger
        try:
            made = data_keys.make(self.organisation, BATCH)
        except KeystoreUnavailable:
            self.failures += 1
            raise
        self.spares.extend(Spare(key_id, held, made_us) for key_id, held in made)

    def _refill_ahead(self) -> None:
        if self.refill is not None and self.refill.is_alive():
            return
        self.refill = threading.Thread(
            target=self._refill_once, name="keepwell-key-pool", daemon=True
        )
        self.refill.start()

    def _refill_once(self) -> None:
        try:
            with self.making:
                if len(self.spares) < LOW:
                    self._make()
        except KeepwellError as error:  # the next request that needs a key will say so
            logger.warning("key pool not refilled: %s", error.code)
        finally:
            access.close()

    def settle(self) -> None:
        """Wait until a refill under way has ended (shutting down, tests)."""
        if self.refill is not None:
            self.refill.join()


_pools: dict[UUID, Pool] = {}


def of(organisation: UUID) -> Pool:
    """Return this process's pool of an organisation."""
    pool = _pools.get(organisation)
    if pool is None:
        pool = _pools.setdefault(organisation, Pool(organisation))
    return pool


def settle() -> None:
    """Wait until no refill is under way."""
    for pool in list(_pools.values()):
        pool.settle()


def clear() -> None:
    """Forget and wipe all spare keys; their rows are swept after a day."""
    settle()
    for pool in list(_pools.values()):
        while pool.spares:
            pool.spares.pop().held.wipe()


def discard(organisation: UUID | None = None) -> None:
    """Wipe spare keys of one organisation or all, without waiting for a refill under way."""
    for pool in list(_pools.values()):
        while organisation in (None, pool.organisation) and pool.spares:
            with contextlib.suppress(IndexError):  # somebody took the last one
                pool.spares.pop().held.wipe()


def clear_after_fork() -> None:
    """Forget all spare keys in a child: they are the parent's."""
    _pools.clear()
