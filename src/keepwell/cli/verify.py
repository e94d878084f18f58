"""`keepwell verify`: prove that the trail is whole, or name the first bad position.

Beside the log itself: whether the last change of every sealed row is in it.
"""

import argparse

from django.conf import settings

from keepwell.cli import installation, organisations
from keepwell.cli.refusal import FAILED
from keepwell.cli.terminal import say
from keepwell.safeguards.audit import absences, verifier
from keepwell.safeguards.audit.reports import Report
from keepwell.safeguards.erasure.organisations import is_unfinished
from keepwell.safeguards.records import reconciler
from keepwell.safeguards.vault import erased
from keepwell.safeguards.vault.erased import Erased
from keepwell.toolkit.errors import KeepwellError

MOST_SAID = 20


def run(chosen: argparse.Namespace) -> int:
    """Check one trail or all; the status says whether every one is whole."""
    installation.check()
    asked = chosen.organisation
    every = organisations.with_trails()
    named = [organisations.meant(asked, among=every)] if asked else every
    are_whole = [_say_report(each) for each in named]
    if not named:
        say("There is no organisation yet, so there is no trail.")
    restored = installation.put_back()
    for one in restored:
        say(f"Organisation {one.organisation}: {one.sentence}")
    vanished = absences.vanished(settings.KEEPWELL_CHECKPOINTS)
    for sentence in (*vanished, *absences.unkept(settings.KEEPWELL_CHECKPOINTS)):
        say(sentence)
    return 0 if all(are_whole) and not restored and not vanished else FAILED


def _say_report(named: organisations.Named) -> bool:
    try:
        report = verifier.verify(named.id)
    except KeepwellError as error:  # of this one: the others are looked at all the same
        say(f"{named.name}: cannot be checked: {error}")
        return False
    gone = erased.find(named.id)
    if gone is not None:
        return _say_erased(named, gone, report)
    say(f"{named.name}: {report.sentence}")
    return _say_rows(named) and report.is_whole


def _say_erased(named: organisations.Named, gone: Erased, report: Report) -> bool:
    """Say that an organisation was erased, and whether its log is what it was."""
    if gone.destroyed is None:
        said = f"its erasure was ordered on {gone.ordered:%Y-%m-%d} and is not finished"
    else:
        said = f"erased on {gone.destroyed:%Y-%m-%d}"
    whole = f"its log is {report.sentence}" if report.is_whole else report.sentence
    say(f"{named.name}: {said}; {whole}")
    is_left = is_unfinished(named.id)
    if is_left:
        say(
            f"{named.name}: something of it is left, or was put back from a copy. Finish with: "
            f"keepwell organisation erase --organisation {named.id} --reason 'why'"
        )
    return report.is_whole and not is_left


def _say_rows(named: organisations.Named) -> bool:
    found = reconciler.reconcile(named.id)
    if not found.lacking:
        say(f"{named.name}: {found.rows} sealed rows, each with its last change on the trail")
    for lacking in found.lacking[:MOST_SAID]:
        say(f"{named.name}: {lacking.sentence}")
    if len(found.lacking) > MOST_SAID:
        say(f"{named.name}: and {len(found.lacking) - MOST_SAID} more")
    return not found.lacking
