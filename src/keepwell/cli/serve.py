"""`keepwell serve`: check everything, then serve until interrupted."""

import argparse
import importlib
from collections.abc import Callable
from contextlib import closing

from django.conf import settings
from django.core import checks
from django.db import connections

from keepwell.cli import folder, installation, statics, supervisor, tls
from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import say


def run(chosen: argparse.Namespace) -> int:
    """Make the installation if there is none, and serve it."""
    if not folder.is_installed():
        printed = installation.make(owner_url=None)
        if printed:
            say(printed)
    serve(_welcome)
    return 0


def serve(ready: Callable[[], None]) -> None:
    """Serve the installation of this folder; call `ready` when connections are taken."""
    installation.check()
    _refuse_faults()
    with folder.held(), closing(supervisor.listen(settings.KEEPWELL_HOST, settings.KEEPWELL_PORT)) as on:
        if folder.is_demo() and not supervisor.is_loopback(on):
            raise Refusal(
                f"{folder.home()} is a demonstration, with passwords anybody can read: it is served "
                "on this machine only. Unset KEEPWELL_HOST."
            )
        tls.renew()
        tls.check(tls.served())
        statics.collect()
        _load_root()
        supervisor.serve(settings.KEEPWELL_SERVER_ROOT, on, ready)


def _refuse_faults() -> None:
    """Run Django's checks and ours: a view that declares no permission stops the start."""
    faults = [fault for fault in checks.run_checks() if fault.is_serious()]
    if faults:
        listed = "; ".join(f"{fault.msg} ({fault.id})" for fault in faults[:5])
        raise Refusal(f"{len(faults)} faults in this copy of Keepwell: {listed}")


def _load_root() -> None:
    """Import the server before the fork, so that a worker is ready at once and shares its memory."""
    importlib.import_module(settings.KEEPWELL_SERVER_ROOT.partition(":")[0])
    connections.close_all()


def _welcome() -> None:
    say(f"Keepwell serves {settings.KEEPWELL_STAFF_URL} from {folder.home()}")
