"""Stores that are in use get another version's tables: why, and on every organisation's trail.

The first `keepwell init` has no trail to write to, and one that changes no table does nothing to
speak of. What is to be told is kept in a file until every trail holds it, so that an upgrade that
was interrupted is told by the next run; a trail that holds it already recognises the entry. A trail
that was put back to an older copy is written to only once that is declared.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from uuid import UUID

from keepwell.cli import folder, installation, organisations, reasons, stores
from keepwell.cli.account import unix_account
from keepwell.cli.terminal import warn
from keepwell.office.events import OfficeEvent
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit.actions import record_once
from keepwell.toolkit.identifiers import uuid7, uuid7_from

FILE = "upgrade.json"


@contextmanager
def told(chosen: argparse.Namespace) -> Iterator[None]:
    """Ask why before tables that are in use are changed, and tell every trail afterwards.

    Raises Refusal without a reason; then nothing was changed.
    """
    if stores.are_in_use() and stores.are_older(chosen.owner_url):
        reasons.insist(chosen, chosen.upgrades_as)
        said = {"reason": chosen.reason, "account": unix_account(), "version": version("keepwell")}
        _keep([*_kept(), {"id": str(uuid7()), **said}])  # also of attempts that were not told yet
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
        if each.id in undeclared:
            waiting.add(each.name)
            continue
        for said in upgrades:
            _record(each.id, said)
    if waiting:
        warn(
            f"keepwell: The upgrade is written on the trail of {', '.join(sorted(waiting))} once it"
            " is declared that data or trail was put back: keepwell trail restored --reason 'why'"
        )
    else:
        (folder.home() / FILE).unlink()


def _record(organisation: UUID, said: dict[str, str]) -> None:
    record_once(
        viewers.console(organisation, account=said["account"]),
        OfficeEvent.INSTALLATION_UPGRADE,
        _entry_of(UUID(said["id"]), organisation),
        subjects=(),
        reason=said["reason"],
        detail={"version": said["version"]},
    )


def _entry_of(upgrade: UUID, organisation: UUID) -> UUID:
    """Return the id of the entry that tells this organisation of an upgrade: always the same."""
    digest = hashlib.sha256(upgrade.bytes + organisation.bytes).digest()
    return uuid7_from((upgrade.int >> 80) * 1000, digest[:8])


def _kept() -> list[dict[str, str]]:
    path = folder.home() / FILE
    found: list[dict[str, str]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def _keep(upgrades: list[dict[str, str]]) -> None:
    folder.write_private(folder.home() / FILE, json.dumps(upgrades))
