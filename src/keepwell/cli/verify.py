"""`keepwell verify`: prove that the trail is whole, or name the first bad position."""

import argparse

from keepwell.cli import installation, organisations
from keepwell.cli.refusal import FAILED
from keepwell.cli.terminal import say
from keepwell.safeguards.audit import verifier
from keepwell.toolkit.errors import KeepwellError


def run(chosen: argparse.Namespace) -> int:
    """Check one trail or all; the status says whether every one is whole."""
    installation.check()
    asked = chosen.organisation
    named = [organisations.meant(asked)] if asked else organisations.with_trails()
    are_whole = [_say_report(each) for each in named]
    if not named:
        say("There is no organisation yet, so there is no trail.")
    return 0 if all(are_whole) else FAILED


def _say_report(named: organisations.Named) -> bool:
    try:
        report = verifier.verify(named.id)
    except KeepwellError as error:  # of this one: the others are looked at all the same
        say(f"{named.name}: cannot be checked: {error}")
        return False
    say(f"{named.name}: {report.sentence}")
    return report.is_whole
