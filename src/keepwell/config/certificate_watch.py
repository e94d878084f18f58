"""Serve a replaced certificate without a restart: changed files ask for new workers."""

import os
import signal

import structlog

from keepwell.cli import tls
from keepwell.cli.refusal import Refusal
from keepwell.jobs import timer

LOOK_SECONDS = 2
RENEW_SECONDS = 3600
_log = structlog.get_logger("keepwell.server")


class Watch:
    """What was on disk when this worker began, and what was last refused."""

    def __init__(self, files: tls.Served) -> None:
        self._files = files
        self._seen = files.fingerprint()

    def look(self) -> None:
        """Ask for new workers when the files have changed and can be used."""
        try:
            present = self._files.fingerprint()
            if present == self._seen:
                return
            self._seen = present
            tls.check(self._files)
        except (OSError, Refusal) as error:
            # The old one stays. Half-replaced files do not fit; they change again.
            _log.warning("certificate_refused", reason=type(error).__name__, sentence=str(error))
        else:
            os.kill(os.getppid(), signal.SIGHUP)


def begin() -> None:
    """Watch the files this worker serves, and renew our own in time."""
    timer.registered.every(LOOK_SECONDS, "certificate watch", Watch(tls.served()).look)
    timer.registered.every(RENEW_SECONDS, "certificate renewal", tls.renew)
