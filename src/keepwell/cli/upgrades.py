"""Stores that are in use get another version's tables: why, and on every organisation's trail.

The first `keepwell init` has no trail to write to, and one that changes no table does nothing to
speak of. What is to be told is kept in a file until every trail holds it, so that an upgrade that
was interrupted is told by the next run. A trail that was put back to an older copy is written to
only once that is declared.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from keepwell.cli import folder, installation, organisations, reasons, stores
from keepwell.cli.account import unix_account
from keepwell.cli.terminal import warn
from keepwell.office.events import OfficeEvent
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit.actions import record_now

FILE = "upgrade.json"


@contextmanager
def told(chosen: argparse.Namespace) -> Iterator[None]:
    """Ask why before tables that are in use are changed, and tell every trail afterwards.

    Raises Refusal without a reason; then nothing was changed.
    """
    if stores.are_in_use() and stores.are_older(chosen.owner_url):
        reasons.insist(chosen, chosen.upgrades_as)
        said = {"reason": chosen.reason, "account": unix_account(), "version": version("keepwell")}
        _keep([*_kept(), said | {"told": []}])  # also of attempts that were not told yet
    yield
    finish()


def finish() -> None:
    """Tell the trails that do not hold them yet of the upgrades that were made."""
    upgrades = _kept()
    if not upgrades:
        return
    undeclared = {one.organisation for one in installation.put_back()}
    waiting = set()
    for each in organisations.all_of_them():
        for said in upgrades:
            if str(each.id) in said["told"]:
                continue
            if each.id in undeclared:
                waiting.add(each.name)
                continue
            _record(each, said)
            said["told"].append(str(each.id))
            _keep(upgrades)
    if waiting:
        warn(
            f"keepwell: The upgrade is written on the trail of {', '.join(sorted(waiting))} once it"
            " is declared that data or trail was put back: keepwell trail restored --reason 'why'"
        )
    else:
        (folder.home() / FILE).unlink()


def _record(named: organisations.Named, said: dict[str, Any]) -> None:
    record_now(
        viewers.console(named.id, account=said["account"]),
        OfficeEvent.INSTALLATION_UPGRADE,
        reason=said["reason"],
        detail={"version": said["version"]},
    )


def _kept() -> list[dict[str, Any]]:
    path = folder.home() / FILE
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def _keep(upgrades: list[dict[str, Any]]) -> None:
    folder.write_private(folder.home() / FILE, json.dumps(upgrades))
