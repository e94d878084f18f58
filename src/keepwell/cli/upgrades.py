"""An installation that is in use gets another version's tables: why, and on every trail.

The first `keepwell init` has no trail to write to, and a later one that changes no table does
nothing to speak of. What changes tables needs a reason, as every act on the server does.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from keepwell.cli import organisations, reasons, stores
from keepwell.cli.account import unix_account
from keepwell.office.events import OfficeEvent
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit.actions import record_now


@contextmanager
def told(chosen: argparse.Namespace) -> Iterator[None]:
    """Ask why before tables that are in use are changed, and tell every trail afterwards.

    Raises Refusal without a reason; then nothing was changed.
    """
    is_one = stores.have_older_tables()
    if is_one:
        reasons.insist(chosen, chosen.upgrades_as)
    yield
    if is_one:
        for each in organisations.all_of_them():
            record_now(
                viewers.console(each.id, account=unix_account()),
                OfficeEvent.INSTALLATION_UPGRADE,
                reason=chosen.reason,
                detail={"version": version("keepwell")},
            )
