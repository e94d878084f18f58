"""`keepwell keys`: how keys stand, and replacing them while everything stays in use."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from keepwell.cli import installation, key_status, organisations, search_keys
from keepwell.cli.account import unix_account
from keepwell.cli.organisations import Named
from keepwell.cli.refusal import FAILED, MISUSED, Refusal
from keepwell.cli.terminal import say, warn
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.erasure.certificates import certificate_of_organisation
from keepwell.safeguards.persons import erasures
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import organisation_keys, rewrap, root, root_rotation
from keepwell.safeguards.vault.events import KeysEvent
from keepwell.safeguards.vault.installation import INSTALLATION

PROGRESS_SECONDS = 2.0

_ESCROW = """
Whoever has these lines and the data can read everything. Print them, keep two copies apart from
this machine and its backups, then clear this screen and its scrollback.
"""
_NEXT_ROOT = """
This is the next root key. Print these lines before you go on; without them and without its file
nothing can ever be read again. Keep the printed key of before, too: backups of the keystore from
before today need it.

{text}
On other machines that share this keystore, first copy {path} there."""


def run(chosen: argparse.Namespace) -> int:
    """Do the one act that was asked for."""
    if chosen.act == "status":
        return key_status.run(chosen)
    installation.check_to_write()
    acts: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "certificate": _certificate,
        "escrow": _escrow,
        "reindex": _reindex,
        "rewrap": _rewrap,
        "rotate": _rotate_root if getattr(chosen, "root", False) else _rotate,
    }
    try:
        return acts[chosen.act](chosen)
    finally:
        writer.stop()


def _meant(chosen: argparse.Namespace) -> list[Named]:
    asked = chosen.organisation
    return [organisations.meant(asked)] if asked else organisations.all_of_them()


def _keepers(chosen: argparse.Namespace) -> list[Named]:
    """Return whose keys are meant: organisations, and the installation if all are."""
    return [*_meant(chosen), *([] if chosen.organisation else key_status.installation())]


def _viewer(organisation: UUID) -> Viewer:
    return viewers.console(organisation, account=unix_account())


def _record(organisation: UUID, kind: KeysEvent, why: str, **detail: str) -> None:
    """Leave an entry on an organisation's trail; what is of the installation is on every one's."""
    if organisation == INSTALLATION:
        _record_everywhere(kind, organisations.all_of_them(), why, key="installation", **detail)
        return
    said = {name: value for name, value in detail.items() if value}
    record_now(_viewer(organisation), kind, reason=why, detail=said)


def _record_everywhere(kind: KeysEvent, named: Iterable[Named], why: str, **detail: str) -> None:
    """Leave an entry on every organisation's trail: the root key is of all."""
    for each in named:
        _record(each.id, kind, why, **detail)


def _rotate(chosen: argparse.Namespace) -> int:
    """Give organisations a new key version, and say how to bring the other keys under it."""
    named = _keepers(chosen)
    for each in named:
        before = str(organisation_keys.organisation_key(each.id).newest.version)
        _record(each.id, KeysEvent.ORGANISATION_ROTATE, chosen.reason, before=before)
        version = organisation_keys.add_version(each.id)
        say(f"{each.name}: version {version} of its key wraps from now on; older ones still open.")
    say("Bring every other key under it with: keepwell keys rewrap" if named else _NOBODY)
    return 0


_NOBODY = "There is no organisation yet, so there are no keys."


def _reindex(chosen: argparse.Namespace) -> int:
    named = _meant(chosen)
    for each in named:
        search_keys.begin_or_tell(each, _viewer(each.id), why=chosen.reason)
    if not named:
        say(_NOBODY)
    return 0


def _rewrap(chosen: argparse.Namespace) -> int:
    named = _keepers(chosen)
    if not named:
        say(_NOBODY)
    are_whole = [_rewrap_one(each, chosen.reason) for each in named]
    return 0 if all(are_whole) else FAILED


def _rewrap_one(named: Named, why: str) -> bool:
    """Rewrap one organisation's keys; tell whether every one could be."""
    _record(named.id, KeysEvent.REWRAP_BEGIN, why, waiting=str(rewrap.waiting(named.id)))
    done = rewrap.rewrap(named.id, _teller(named))
    _record(
        named.id,
        KeysEvent.REWRAP_END,
        why,
        version=str(done.version),
        keys=str(done.count),
        broken=str(len(done.broken) or ""),
        retired=" ".join(map(str, done.retired)),
    )
    say(f"{named.name}: {done.count} keys moved to version {done.version} of its key.")
    if done.retired:
        say(f"  Nothing needs version {', '.join(map(str, done.retired))} any more: it is deleted.")
    if done.broken:
        warn(
            f"keepwell: {len(done.broken)} wrapped keys do not open: they were changed outside "
            "Keepwell. They and the version that wraps them were left as they are."
        )
    return not done.broken


def _teller(named: Named) -> rewrap.Told:
    """Return what says now and then how far it has come."""
    last = [time.monotonic()]

    def told(count: int, whole: int) -> None:
        if time.monotonic() - last[0] >= PROGRESS_SECONDS:
            last[0] = time.monotonic()
            warn(f"{named.name}: {count} of {whole} keys, {100 * count // whole} %")

    return told


def _escrow(chosen: argparse.Namespace) -> int:
    """Print the root key again, once it is on the trail of everybody whom it concerns."""
    files = root.file_root()
    root.check()
    _ask(chosen, f"This prints the root key {files.fingerprint()} on this screen.", "print")
    named = organisations.all_of_them()
    _record_everywhere(KeysEvent.ROOT_PRINT, named, chosen.reason, root=files.fingerprint())
    say(_ESCROW)
    say(files.escrow())
    return 0


def _rotate_root(chosen: argparse.Namespace) -> int:
    """Let a new root key take over; a run that was interrupted is finished by the next."""
    before = root.marked()
    named = organisations.all_of_them()
    files = root_rotation.prepare()
    fingerprint = files.fingerprint()
    why = chosen.reason
    _record_everywhere(KeysEvent.ROOT_BEGIN, named, why, before=before, root=fingerprint)
    say(_NEXT_ROOT.format(text=files.escrow(), path=files.next_path))
    _ask(chosen, f"Is {fingerprint} printed, and on every machine?", "yes")
    done = root_rotation.finish()
    _record_everywhere(KeysEvent.ROOT_END, named, why, root=done.fingerprint)
    say(
        f"Root key {done.fingerprint} wraps the keys of {done.organisations} organisations; "
        f"{done.rewrapped} wraps were made anew. The old file is removed."
    )
    return 0


def _certificate(chosen: argparse.Namespace) -> int:
    """Print what proves an erasure; whoever reads it needs neither Keepwell nor any key."""
    if not chosen.person:
        return _certificate_of_organisation(chosen)
    person = organisations.id_of(chosen.person)
    for each in _meant(chosen):
        _record(each.id, KeysEvent.CERTIFICATE_PRINT, why="")
        found = erasures.certificate_of(_viewer(each.id), person)
        if found is not None:
            say(found.as_json() if chosen.json else found.as_text())
            return 0
    raise Refusal(
        f"No erasure of a person {person} is on the trail. If it was done just now, try again."
    )


def _certificate_of_organisation(chosen: argparse.Namespace) -> int:
    if not chosen.organisation:
        raise Refusal("Say whose: --person ID, or --organisation ID that was erased.", MISUSED)
    named = organisations.meant(chosen.organisation, among=organisations.with_trails())
    found = certificate_of_organisation(_viewer(named.id))
    if found is None:
        raise Refusal(f"No erasure of {named.name} was ordered: it is there, with its keys.")
    say(found.as_json() if chosen.json else found.as_text())
    return 0


def _ask(chosen: argparse.Namespace, question: str, word: str) -> None:
    """Go on when the word is typed, or was given as --yes; otherwise refuse."""
    if chosen.yes:
        return
    sys.stderr.write(f"{question} Type {word} to go on: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != word:
        raise Refusal("Not confirmed, so it stopped here. Run the command again to go on.")
