"""The watch: one thread of each process that learns what others shredded, within seconds.

It asks the keystore for its newest notice, and drops from this process's memory what the notices
since the last look name. Between two looks no request pays anything. If the keystore does not
answer, nothing is known any more and all is forgotten; if the thread itself hangs, what is held
stops counting by itself (`KeyCache.confirm_until`). Either way a key that was shredded anywhere
opens nothing here `TRUST_SECONDS` later.
"""

import logging
import threading
import time
from collections.abc import Iterable

from keepwell.safeguards.vault import data_keys, organisation_keys, pool, shared
from keepwell.safeguards.vault.cache import KeyCache
from keepwell.safeguards.vault.keystore import access, notices
from keepwell.safeguards.vault.keystore.models import NoticeKind
from keepwell.toolkit.errors import KeepwellError

LOOK_SECONDS = 1.0
TRUST_SECONDS = data_keys.ALONE_SECONDS

_log = logging.getLogger(__name__)


class Watch:
    """What this process has seen of the notices, and the thread that looks for more."""

    def __init__(self) -> None:
        self._seen = 0
        self._follows = False  # has the keystore answered every look since the first
        self._went_back = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_older_keystore(self) -> bool:
        """Tell whether the keystore was seen to be older than before: a copy was put back."""
        return self._went_back

    def look(self) -> None:
        """Look once: drop what was shredded, and confirm the rest for some seconds."""
        asked = time.monotonic()
        newest = notices.newest()
        if newest < self._seen:
            self._went_back = True
            _log.error("keystore_older seen=%s found=%s", self._seen, newest)
        if newest < self._seen or not self._follows:
            forget_held()  # what was fetched before may have been shredded meanwhile
        elif newest > self._seen:
            _drop(notices.after(self._seen))
        self._seen, self._follows = newest, True
        for cache in _caches():
            cache.confirm_until(asked + TRUST_SECONDS)

    def start(self) -> None:
        """Begin the thread if it does not run (a fork has none)."""
        if self._thread is None or not self._thread.is_alive():
            self._follows = False
            self._stopping.clear()
            self._thread = threading.Thread(
                target=self._run, name="keepwell-key-watch", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        try:
            while True:
                self._look_or_forget()
                if self._stopping.wait(LOOK_SECONDS):
                    return
        finally:
            access.close()

    def _look_or_forget(self) -> None:
        try:
            self.look()
        except Exception as error:  # the thread must outlive whatever happens to the store
            if self._follows:
                code = error.code if isinstance(error, KeepwellError) else type(error).__name__
                _log.warning("keystore_unwatched code=%s", code)
            self._follows = False
            forget_held()


def _drop(found: Iterable[notices.Notified]) -> None:
    for notice in found:
        if notice.kind is NoticeKind.ORGANISATION:
            for organisation in notice.ids:
                organisation_keys.forget(organisation)
                data_keys.held.drop_of(organisation)
                pool.discard(organisation)
        else:
            data_keys.held.drop([key_id.int for key_id in notice.ids])
        if notice.kind is not NoticeKind.SWEEP:
            shared.forget_all()


def forget_held() -> None:
    """Wipe every key this process holds, waiting for nobody."""
    for cache in _caches():
        cache.clear()
    pool.discard()
    shared.forget_all()


def _caches() -> tuple[KeyCache[int], KeyCache[tuple[str, int]]]:
    return data_keys.held, organisation_keys.held


present = Watch()
"""The watch of this process; `start` it where a process lives longer than one command."""
