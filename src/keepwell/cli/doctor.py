"""`keepwell doctor`: look at everything an installation stands on, and say what is wrong."""

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core import checks
from django.db import connections

from keepwell.cli import chores, folder, listener, organisations, rootkey, serving, stores, tls
from keepwell.cli.refusal import FAILED, Refusal
from keepwell.cli.terminal import say
from keepwell.office.persons import pdf
from keepwell.safeguards.audit import absences, alongside, elsewhere, heads, logs, waiting
from keepwell.safeguards.erasure.organisations import is_unfinished
from keepwell.safeguards.vault import erased
from keepwell.toolkit import certificates, clock
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.errors import KeepwellError
from keepwell.toolkit.notes import NoteBroken

WORRYING_DAYS = 30
STUCK_SECONDS = 60
EARLIEST_YEAR = 2025
Looks = tuple[tuple[str, Callable[[], str]], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and what was seen."""

    what: str
    is_well: bool
    seen: str


def run(chosen: argparse.Namespace) -> int:
    """Print one line per finding; the status says whether all is well."""
    looks = (*_LOOKS, ("server", serving.look)) if chosen.serving else _LOOKS
    findings = list(_examine(looks))
    for finding in findings:
        say(f"{'ok' if finding.is_well else 'WRONG':6} {finding.what:13} {finding.seen}")
    return 0 if all(finding.is_well for finding in findings) else FAILED


def _examine(looks: Looks) -> Iterator[Finding]:
    for what, look in looks:
        try:
            yield Finding(what, is_well=True, seen=look())
        except Exception as error:
            yield Finding(what, is_well=False, seen=str(error).partition("\n")[0])


def _folder() -> str:
    folder.check()
    loose = [
        path.name
        for path in folder.home().iterdir()
        if path.is_file() and path.stat().st_mode & 0o077
    ]
    if loose:
        raise Refusal(f"other users may read {', '.join(loose)} in {folder.home()}")
    free = os.statvfs(folder.home())
    return f"{folder.home()}, {free.f_bavail * free.f_frsize // 2**20} MiB free"


def _stores() -> str:
    stores.check()
    return ", ".join(
        f"{stores.NAMES[alias]} on {connections[alias].vendor}" for alias in stores.NAMES
    )


def _walls() -> str:
    stores.check_walls()
    on_server = [alias for alias in stores.NAMES if connections[alias].vendor == "postgresql"]
    return "row-level security holds" if on_server else "files of one owner: none are needed"


def _root_key() -> str:
    rootkey.check()
    return "fits the keystore"


def _secret() -> str:
    folder.check_secret()
    return f"{folder.SECRET_FILE} is there"


def _certificate() -> str:
    files = tls.served()
    tls.check(files)
    days = certificates.days_left(certificates.read_certificate(files.certificate), clock.now())
    if days < WORRYING_DAYS:
        raise Refusal(f"{files.certificate} ends in {days} days")
    return f"{days} days left, {'own authority' if tls.is_ours() else 'yours'}: {files.certificate}"


def _listeners() -> str:
    patients, staff = listener.patients_place(), listener.staff_place()
    where = listener.described(patients)
    if staff is None:
        return f"patients and staff on {where}"
    return f"patients on {where}, staff on {listener.described(staff)}"


def _organisations() -> str:
    """Refuse one without keys or a log: its store is another one's, or came from an older copy."""
    named = organisations.all_of_them()
    for each in named:
        try:
            heads.check_head(heads.newest_head(each.id), heads.verify_key_of(each.id))
        except (KeepwellError, NoteBroken, SealBroken) as error:
            raise Refusal(f"{each.name} ({each.id}) lacks its keys or its log: {error}") from error
    return f"{len(named)}, each with its keys and its log"


def _erasures() -> str:
    """Refuse an erasure that was cut short, or whose rows were put back from a copy."""
    gone = [each for each in logs.all_logs() if erased.find(each)]
    left = [str(each) for each in gone if is_unfinished(each)]
    if left:
        raise Refusal(
            f"something is left of {', '.join(left)}: run keepwell organisation erase again"
        )
    return (
        f"organisations erased, nothing left of them: {len(gone)}"
        if gone
        else "no organisation was"
    )


def _trail() -> str:
    age = waiting.oldest_age_seconds()
    if age > STUCK_SECONDS:
        raise Refusal(f"an entry has waited {age:.0f} s to be written; is Keepwell serving?")
    return "nothing waits too long"


def _together() -> str:
    if found := alongside.all_apart():
        raise Refusal(" ".join(f"{one.organisation}: {one.sentence}" for one in found))
    return "data and trail remember the same"


def _checkpoints() -> str:
    place = settings.KEEPWELL_CHECKPOINTS
    if place is None:
        return "none is kept elsewhere: set KEEPWELL_CHECKPOINTS to a folder on another machine"
    found = [f"{one.organisation}: {one.sentence}" for one in elsewhere.all_restored(place)]
    found += [*absences.vanished(place), *absences.unkept(place)]
    if found:
        raise Refusal(" ".join(found))
    return f"every trail agrees with what is kept in {place}"


def _clock() -> str:
    if clock.now().year < EARLIEST_YEAR:
        raise Refusal("the clock of this machine is years behind: one-time codes will not fit")
    return f"{clock.now():%Y-%m-%d %H:%M:%S} UTC; this machine's zone is {time.tzname[0]}"


def _pdf() -> str:
    """Not a fault: everything else works without."""
    return "can be drawn" if pdf.is_available() else f"cannot be drawn until you run: {pdf.NEEDED}"


def _settings() -> str:
    faults = [fault for fault in checks.run_checks() if fault.is_serious()]
    if faults:
        raise Refusal(f"{len(faults)} faults, the first: {faults[0].msg}")
    public, staff = settings.KEEPWELL_PUBLIC_URL, settings.KEEPWELL_STAFF_URL
    return f"no faults; staff at {staff}" + (f", patients at {public}" if public != staff else "")


_LOOKS: Looks = (
    ("data folder", _folder),
    ("databases", _stores),
    ("walls", _walls),
    ("root key", _root_key),
    ("secret", _secret),
    ("certificate", _certificate),
    ("listeners", _listeners),
    ("organisations", _organisations),
    ("erasures", _erasures),
    ("trail", _trail),
    ("stores", _together),
    ("checkpoints", _checkpoints),
    ("jobs", chores.jobs),
    ("mail", chores.mail),
    ("clock", _clock),
    ("PDF", _pdf),
    ("settings", _settings),
)
