"""`keepwell trail`: how far it has come, copies of it, how long it is kept, what was put back."""

import argparse
from pathlib import Path

from django.conf import settings

from keepwell.cli import agreement, installation, organisations, upgrades
from keepwell.cli.account import unix_account
from keepwell.cli.organisations import Named
from keepwell.cli.refusal import FAILED, Refusal
from keepwell.cli.terminal import say, warn
from keepwell.office.trail import views as pages
from keepwell.office.two_persons.acts import EXPORT_TRAIL, SHORTEN_TRAIL
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import (
    alongside,
    elsewhere,
    export,
    heads,
    queries,
    retention,
    tables,
    waiting,
    writer,
)
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.audit.trail import store
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import erased

STUCK_SECONDS = 60
EXPORT_PAGE = "Trail, with no field filled in and in this format"


def run(chosen: argparse.Namespace) -> int:
    """Do what was asked, then let what was recorded reach the log."""
    is_writing = chosen.act in ("export", "keep")
    (installation.check_to_write if is_writing else installation.check)()
    acts = {"export": _export, "keep": _keep, "restored": _restored, "status": _status}
    try:
        return acts[chosen.act](chosen)
    finally:
        writer.stop()


def _viewer(named: Named) -> Viewer:
    return viewers.console(named.id, account=unix_account())


def _export(chosen: argparse.Namespace) -> int:
    """Write one organisation's trail: with its verifier into a folder, or as lines into a file."""
    named = organisations.meant(chosen.organisation, among=organisations.with_trails())
    out = Path(chosen.out).absolute()
    viewer = _viewer(named)
    gone = erased.find(named.id)
    is_erased = gone is not None and gone.destroyed is not None
    if chosen.format != "tree":
        if is_erased:
            raise Refusal("It was erased: what its entries said cannot be read. Export the tree.")
        return _export_lines(named, viewer, chosen, out)
    if not is_erased:  # such a log takes no entries any more
        # First, so that the export holds its own entry.
        record_now(viewer, AuditEvent.TRAIL_EXPORT, reason=chosen.reason)
    head = export.export(named.id, out)
    say(f"{named.name}: {head.size} entries in {out}")
    say(f"Check them with: python3 {out}/verify.py {out}")
    return 0


def _export_lines(named: Named, viewer: Viewer, chosen: argparse.Namespace, out: Path) -> int:
    """Write what every entry says: for its owner's eyes only, and never over something else.

    What a page hands to nobody alone, an operator does not take alone either (decision 0014).
    """
    form = chosen.format
    is_much = queries.count_of(viewer, Search(), most=pages.MOST_ALONE) > pages.MOST_ALONE
    with wall.writing(named.id):  # where no file can be made, what was agreed on stays good
        if is_much:
            agreement.use_up(viewer, EXPORT_TRAIL, {"form": form}, page=EXPORT_PAGE)
        out.touch(exist_ok=False)  # of mode 0600, see main
    with out.open("w", encoding="utf-8", newline="") as file:
        found = queries.exported(viewer, Search(), form, most=None, reason=chosen.reason)
        lines = sum(bool(file.write(line)) for line in tables.FORMS[form](found))
    say(f"{named.name}: {lines} lines in {out}. They say who did what: keep the file to yourself.")
    return 0


def _status(chosen: argparse.Namespace) -> int:
    """Say of each log how far it has come, what waits, and what is kept elsewhere."""
    late = {one.organisation: one for one in waiting.waiting()}
    for named in organisations.all_of_them():
        head = heads.newest_head(named.id)
        one = late.get(named.id)
        said = "nothing waits" if one is None else f"{one.entries} wait, {one.age_seconds:.0f} s"
        say(f"{named.name}: {head.size} entries, signed {heads.time_text(head.signed_us)}; {said}")
        _say_kept(named)
    age = waiting.oldest_age_seconds()
    if age > STUCK_SECONDS:
        warn(f"keepwell: An entry has waited {age:.0f} s to be written. Is Keepwell serving?")
    return FAILED if age > STUCK_SECONDS else 0


def _say_kept(named: Named) -> None:
    if settings.KEEPWELL_CHECKPOINTS is None:
        say("  no checkpoint is kept elsewhere: set KEEPWELL_CHECKPOINTS to a folder apart")
        return
    kept = elsewhere.kept_of(named.id, settings.KEEPWELL_CHECKPOINTS)
    if kept:
        say(f"  kept elsewhere: {kept[0].size} entries, signed {kept[0].signed:%Y-%m-%d %H:%M} UTC")
    else:
        say(f"  nothing yet in {settings.KEEPWELL_CHECKPOINTS}")


def _restored(chosen: argparse.Namespace) -> int:
    """Write down that trail or data was knowingly put back to an older state."""
    if not store.may_sequence():  # it would wait in the inbox for a server that refuses to start
        raise Refusal(
            "This command adds to the log itself, before anything is served: set "
            "KEEPWELL_SEQUENCER_DB for it as for the service. Nothing was written."
        )
    found: list[elsewhere.Restored | alongside.Apart] = [
        *elsewhere.all_restored(settings.KEEPWELL_CHECKPOINTS),
        *alongside.all_apart(),
    ]
    if chosen.organisation:
        meant = organisations.meant(chosen.organisation)
        found = [one for one in found if one.organisation == meant.id]
    if not found:
        raise Refusal(
            "No trail differs from its checkpoints kept elsewhere, and none from its data: nothing "
            "to declare."
        )
    by_id = {each.id: each for each in organisations.all_of_them()}
    for one in found:
        _declare(by_id[one.organisation], one, chosen.reason)
    for named in {one.organisation: by_id[one.organisation] for one in found}.values():
        _say_declared(named)
    upgrades.finish()
    return 0


def _declare(named: Named, found: elsewhere.Restored | alongside.Apart, reason: str) -> None:
    if isinstance(found, elsewhere.Restored):
        elsewhere.declare(_viewer(named), found, reason)
    else:
        alongside.declare(_viewer(named), found, reason)


def _say_declared(named: Named) -> None:
    """Say that it is done once the log holds it; refuse when it could not be added."""
    writer.settle(named.id)
    if any(one.organisation == named.id for one in installation.put_back()):
        raise Refusal(
            f"{named.name}: the declaration is kept and could not be added to the log yet. Run "
            "keepwell verify, which names what hinders it, then this command again."
        )
    size = heads.newest_head(named.id).size
    say(f"{named.name}: goes on from {size} entries. That is on the trail now.")


def _keep(chosen: argparse.Namespace) -> int:
    """Set for how many years what the trail says is kept; for fewer, two members agree first."""
    named = organisations.meant(chosen.organisation)
    if not retention.FEWEST_YEARS <= chosen.years <= retention.MOST_YEARS:
        raise Refusal(
            f"Between {retention.FEWEST_YEARS} years, which the law asks for (45 CFR "
            f"164.316(b)(2)(i)), and {retention.MOST_YEARS}."
        )
    viewer = _viewer(named)
    with wall.writing(named.id):
        if chosen.years < retention.years_of(named.id):
            agreement.use_up(viewer, SHORTEN_TRAIL, {"years": str(chosen.years)})
        retention.set_years(viewer, chosen.years, reason=chosen.reason)
    say(f"{named.name}: what the trail says is kept for {chosen.years} years, and then erased.")
    return 0
