"""`keepwell serve`: check everything, then serve until interrupted."""

import argparse
import importlib
from collections.abc import Callable
from contextlib import ExitStack, closing

from django.conf import settings
from django.core import checks
from django.db import connections

from keepwell.cli import folder, installation, listener, setup_link, statics, supervisor, tls
from keepwell.cli.listener import Place
from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import say, warn
from keepwell.cli.two_doors import Door
from keepwell.safeguards.identity import setup

_NOT_SET_UP = """
Nobody has an account yet. For the link by which the owner sets everything up, run: keepwell init"""
_OWN_AUTHORITY = """
The certificate is signed by this installation itself. Browsers believe it once they trust
{authority}, and until then they warn. For patients, set KEEPWELL_TLS_CERT and KEEPWELL_TLS_KEY."""

_WIDE = """
keepwell: The staff listener is not on a private address: whoever reaches this machine may reach the
sign-in page. Set KEEPWELL_STAFF_HOST to this machine's address in the private network, or let a
firewall stand before it."""


def run(chosen: argparse.Namespace) -> int:
    """Make the installation if there is none, and serve it; a service makes none.

    The root key and the set-up link are printed. Everybody who reads the log of a service would
    hold them.
    """
    if chosen.as_service:
        _refuse_nothing()
        serve(_welcome)
        return 0
    if not folder.is_installed():
        printed = installation.make(owner_url=None)
        if printed:
            say(printed)
    serve(_welcome_owner)
    return 0


def _refuse_nothing() -> None:
    if not folder.is_installed():
        raise Refusal(
            f"There is no installation in {folder.home()}. Make one in a terminal, as the user of "
            "this service and with its settings: keepwell init. It prints the root key, which must "
            "not stand in a log."
        )


def serve(ready: Callable[[], None]) -> None:
    """Serve the installation of this folder; call `ready` when connections are taken."""
    installation.check_to_write()
    installation.warn_of_absences()
    _refuse_faults()
    with folder.held(), ExitStack() as held:
        doors = [_opened(root, place, held) for root, place in _places()]
        folder.make()
        installation.free_secret()
        tls.renew()
        tls.check(tls.served())
        statics.collect()
        _load_root()
        supervisor.serve(settings.KEEPWELL_SERVER_ROOT, doors, lambda: _announce(ready))


def _places() -> list[tuple[str, Place]]:
    """Return where to listen and what answers there: one place for all pages, or one per set."""
    patients, staff = listener.patients_place(), listener.staff_place()
    if staff is None:
        return [(settings.KEEPWELL_SERVER_ROOT, patients)]
    return [(settings.KEEPWELL_PATIENT_ROOT, patients), (settings.KEEPWELL_STAFF_ROOT, staff)]


def _opened(root: str, place: Place, held: ExitStack) -> Door:
    on = held.enter_context(closing(listener.listen(place)))
    if folder.is_demo() and not listener.is_loopback(on):
        raise Refusal(
            f"{folder.home()} is a demonstration, whose passwords lie in a file: it is served "
            f"on this machine only. Unset {place.host_setting}."
        )
    return Door(root, on)


def _refuse_faults() -> None:
    """Run Django's checks and ours: a view that declares no permission stops the start."""
    faults = [fault for fault in checks.run_checks() if fault.is_serious()]
    if faults:
        listed = "; ".join(f"{fault.msg} ({fault.id})" for fault in faults[:5])
        raise Refusal(f"{len(faults)} faults in this copy of Keepwell: {listed}")


def _load_root() -> None:
    """Import the server before the fork: a worker is then ready at once and shares its memory."""
    importlib.import_module(settings.KEEPWELL_SERVER_ROOT.partition(":")[0])
    connections.close_all()


def _announce(ready: Callable[[], None]) -> None:
    """Speak to the operator, then leave no database connection to the workers that fork now."""
    ready()
    connections.close_all()


def _welcome_owner() -> None:
    _say_where()
    setup_link.say_if_needed()


def _welcome() -> None:
    _say_where()
    if setup.is_needed():
        say(_NOT_SET_UP)


def _say_where() -> None:
    say(f"Keepwell serves {settings.KEEPWELL_STAFF_URL} from {folder.home()}")
    if settings.KEEPWELL_PUBLIC_URL != settings.KEEPWELL_STAFF_URL:
        say(f"Patients use {settings.KEEPWELL_PUBLIC_URL}")
    _say_doors()
    if tls.is_ours():
        say(_OWN_AUTHORITY.format(authority=tls.folder() / "ca.pem"))


def _say_doors() -> None:
    """Say who can come in where, once there are two listeners."""
    patients, staff = listener.patients_place(), listener.staff_place()
    if staff is not None:
        say(f"Patients' pages listen on {listener.described(patients)}")
        say(f"Staff pages listen on {listener.described(staff)}")
        if listener.is_wide(staff):
            warn(_WIDE.strip().replace("\n", " "))
