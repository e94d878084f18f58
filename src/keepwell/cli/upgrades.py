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
        _keep(said | {"told": []})
    yield
    finish()


def finish() -> None:
    """Tell the trails that do not hold it yet of an upgrade that was made."""
    path = folder.home() / FILE
    if not path.exists():
        return
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    left = [each for each in organisations.all_of_them() if str(each.id) not in said["told"]]
    undeclared = {one.organisation for one in installation.put_back()} if left else set()
    for each in left:
        if each.id not in undeclared:
            record_now(
                viewers.console(each.id, account=said["account"]),
                OfficeEvent.INSTALLATION_UPGRADE,
                reason=said["reason"],
                detail={"version": said["version"]},
            )
            said["told"].append(str(each.id))
            _keep(said)
    waiting = [each.name for each in left if each.id in undeclared]
    if waiting:
        warn(
            f"keepwell: The upgrade is written on the trail of {', '.join(waiting)} once it is "
            "declared that data or trail was put back: keepwell trail restored --reason 'why'"
        )
    else:
        path.unlink()


def _keep(said: dict[str, Any]) -> None:
    folder.write_private(folder.home() / FILE, json.dumps(said))
