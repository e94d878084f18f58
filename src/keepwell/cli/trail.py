"""`keepwell trail export`: the trail with its verifier, for somebody who believes nobody."""

import argparse
from pathlib import Path

from keepwell.cli import installation, organisations
from keepwell.cli.terminal import say
from keepwell.safeguards.audit import export


def run(chosen: argparse.Namespace) -> int:
    """Write one organisation's trail into a folder."""
    installation.check()
    named = organisations.meant(chosen.organisation)
    out = Path(chosen.out).absolute()
    head = export.export(named.id, out)
    say(f"{named.name}: {head.size} entries in {out}")
    say(f"Check them with: python3 {out}/verify.py {out}")
    return 0
