"""Serve a replaced certificate without a restart: changed files ask for new workers."""

import logging
import os
import signal

from keepwell.cli import tls
from keepwell.cli.refusal import Refusal
from keepwell.jobs import timer

LOOK_SECONDS = 2
RENEW_SECONDS = 3600
_log = logging.getLogger("keepwell.server")


class Watch:
    """What was on disk when this worker began, and what was last refused."""

    def __init__(self, files: tls.Served) -> None:
        self._files = files
        self._seen = files.fingerprint()

    def look(self) -> None:
        """Ask for new workers when the files have changed and can be used; keep serving otherwise.

        Files half replaced do not fit each other: they are looked at again when they change next.
        """
        try:
            present = self._files.fingerprint()
            if present == self._seen:
                return
            self._seen = present
            tls.check(self._files)
        except (OSError, Refusal) as error:
            _log.warning(
                "the certificate changed and cannot be used, so the old one stays: %s", error
            )
        else:
            os.kill(os.getppid(), signal.SIGHUP)


def begin() -> None:
    """Watch the files this worker serves, and renew our own in time."""
    timer.registered.every(LOOK_SECONDS, "certificate watch", Watch(tls.served()).look)
    timer.registered.every(RENEW_SECONDS, "certificate renewal", tls.renew)
