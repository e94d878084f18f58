"""`keepwell trail export`: the trail with its verifier, for somebody who believes nobody."""

import argparse
from pathlib import Path

from keepwell.cli import installation, organisations
from keepwell.cli.account import unix_account
from keepwell.cli.terminal import say
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import export, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.events import AuditEvent


def run(chosen: argparse.Namespace) -> int:
    """Write one organisation's trail into a folder."""
    installation.check()
    named = organisations.meant(chosen.organisation)
    out = Path(chosen.out).absolute()
    viewer = viewers.console(named.id, account=unix_account())
    record_now(viewer, AuditEvent.TRAIL_EXPORT)  # first, so that the export holds its own entry
    head = export.export(named.id, out)
    say(f"{named.name}: {head.size} entries in {out}")
    writer.stop()
    say(f"Check them with: python3 {out}/verify.py {out}")
    return 0
