"""`keepwell organisation erase`: destroy an organisation's keys and delete all it has.

The order is on the organisation's trail, with the unix account, before anything goes. Whoever is
killed in the middle runs the same command again. Two members agree on it first (decision 0014).
"""

import argparse
import sys
from collections.abc import Mapping

from django.apps import apps

from keepwell.cli import agreement, installation, organisations
from keepwell.cli.account import unix_account
from keepwell.cli.organisations import Named
from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import say
from keepwell.office.two_persons.acts import ERASE_ORGANISATION
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.erasure import organisations as erasure
from keepwell.safeguards.erasure.certificates import certificate_of_organisation
from keepwell.safeguards.vault import erased


def run(chosen: argparse.Namespace) -> int:
    """Do what was asked."""
    installation.check()
    named = organisations.meant(chosen.organisation, among=organisations.with_trails())
    try:
        return _erase(named, chosen.reason)
    finally:
        writer.stop()


def _erase(named: Named, reason: str) -> int:
    viewer = viewers.console(named.id, account=unix_account())
    gone = erased.find(named.id)
    if gone is None:
        counts = erasure.losses(named.id)
        _ask(named, counts)
        agreement.use_up(viewer, ERASE_ORGANISATION, {})
        gone = erasure.order(viewer, reason=reason, counts=counts)
    else:
        say(f"Its erasure was ordered on {gone.ordered:%Y-%m-%d}: what is left of it goes now.")
    erasure.finish(named.id)
    certificate = certificate_of_organisation(viewer)
    if certificate is not None:
        say(certificate.as_text())
    say(f"\nPrint this again with: keepwell keys certificate --organisation {named.id}")
    return 0


def _ask(named: Named, counts: Mapping[str, int]) -> None:
    """Name what will be lost and go on when the organisation's name is typed; else refuse."""
    sys.stderr.write(f"This erases {named.name} ({named.id}) for ever:\n\n")
    for label, count in counts.items():
        sys.stderr.write(f"  {count:>8} {_words(label)}\n")
    sys.stderr.write(
        "\nIts keys are destroyed, so that no copy of its data opens any more, and what its trail "
        "says\ncannot be read again, only proven. Accounts that work nowhere else are deleted. "
        "Nothing of\nthis can be undone.\n\n"
        "Type the organisation's name to go on: "
    )
    sys.stderr.flush()
    if sys.stdin.readline().strip() != named.name:
        raise Refusal("That is not its name. Nothing was changed.")


def _words(label: str) -> str:
    return label if label == erasure.FILES else str(apps.get_model(label)._meta.verbose_name_plural)
