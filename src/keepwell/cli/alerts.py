"""`keepwell alerts`: what alerted, and a test that every rule does, and a normal day does not."""

import argparse
import logging

from keepwell.cli import installation, organisations, scratch
from keepwell.cli.account import unix_account
from keepwell.cli.alert_causes import CAUSES, Cause, quiet_day
from keepwell.cli.refusal import FAILED, MISUSED, Refusal
from keepwell.cli.scratch import Scratch
from keepwell.cli.terminal import say, warn
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.trail import store
from keepwell.safeguards.monitoring import queries, watch
from keepwell.safeguards.monitoring.models import Alert
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock


def run(chosen: argparse.Namespace) -> int:
    """Do what was asked."""
    try:
        return _test() if chosen.act == "test" else _list(chosen)
    finally:
        writer.stop()


def _list(chosen: argparse.Namespace) -> int:
    installation.check()
    every = organisations.all_of_them()
    meant = [organisations.meant(chosen.organisation)] if chosen.organisation else every
    for named in meant:
        viewer = viewers.console(named.id, account=unix_account())
        rows = queries.open_ones(viewer)
        rows += _acknowledged(viewer) if chosen.all else []
        if len(meant) > 1:
            say(f"{named.name} ({named.id}):")
        for row in rows:
            say(_line(row))
    return 0


def _acknowledged(viewer: Viewer) -> list[Alert]:
    """Return the newest of them: as many pages of the list as it takes for the most open ones."""
    part = queries.acknowledged_in(viewer)
    found = list(part.rows)
    while part.next is not None and len(found) < queries.MOST:
        part = queries.acknowledged_in(viewer, after=part.next)
        found += part.rows
    return found


def _line(row: Alert) -> str:
    state = "open" if row.is_open else "acknowledged"
    about = row.account or "the organisation"
    return f"{row.pk}  {state:12}  {row.last:%Y-%m-%d %H:%M}  {row.rule:15}  {row.count:5}  {about}"


def _test() -> int:
    installation.check_to_write()
    if not store.may_sequence():
        raise Refusal(
            "The test forges something in the trail of its scratch organisation: set "
            "KEEPWELL_SEQUENCER_DB as for keepwell serve. Nothing was changed.",
            MISUSED,
        )
    logging.getLogger("keepwell.safeguards.identity").setLevel(logging.WARNING)  # made-up people
    with scratch.organisation() as made:
        say(f"Scratch organisation {made.organisation}; it is erased at the end.")
        is_quiet = _is_quiet(made)
        fired = [_fires(made, cause) for cause in CAUSES]
    missed = fired.count(False)
    if is_quiet and not missed:
        say("Every rule fires by its cause, and a normal day by none. The organisation is erased.")
        say("These looked at once; in operation rules look every minute, the check every ten.")
        return 0
    warn(f"keepwell: {missed} of {len(fired)} rules did not fire alone by their cause.")
    return FAILED


def _is_quiet(made: Scratch) -> bool:
    """Let a normal day pass; tell whether nothing alerted."""
    acts = quiet_day(made)
    watch.look(made.organisation)
    found = queries.open_ones(made.console)
    _say("normal day", f"{acts} acts", _failed(found) if found else "nothing alerts")
    return not found


def _fires(made: Scratch, cause: Cause) -> bool:
    """Do the cause of a rule; tell whether it and no other alerted, and say how soon."""
    known = {row.pk for row in queries.open_ones(made.console)}
    cause.act(made)
    done = clock.now()
    cause.notice(made.organisation)
    found = [row for row in queries.open_ones(made.console) if row.pk not in known]
    if [row.rule for row in found] != [cause.rule]:
        _say(cause.rule, cause.words, _failed(found))
        return False
    _say(cause.rule, cause.words, f"alerts after {(found[0].raised - done).total_seconds():.2f} s")
    return True


def _failed(found: list[Alert]) -> str:
    return f"FAILED: {', '.join(sorted(row.rule for row in found)) or 'nothing'} alerts"


def _say(what: str, by: str, said: str) -> None:
    say(f"{what:16}  {by:38}  {said}")
