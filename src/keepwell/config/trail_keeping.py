"""What the trail needs by the clock: checkpoints elsewhere, old payloads erased, rows compared.

Each is safe to repeat and safe to miss. What is found is logged in ids, never with content.
"""

import logging
from pathlib import Path
from uuid import UUID

from django.conf import settings

from keepwell.safeguards.audit import alongside, elsewhere, logs, retention
from keepwell.safeguards.audit.errors import TrailBroken
from keepwell.safeguards.audit.trail import store
from keepwell.safeguards.records import reconciler
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault.errors import OrganisationKeysMissing

_log = logging.getLogger(__name__)


def keep_checkpoints() -> int:
    """Write today's checkpoint of every log into the folder kept elsewhere, if there is one."""
    folder = settings.KEEPWELL_CHECKPOINTS
    if folder is None:
        return 0
    return sum(_is_kept(organisation, folder) for organisation in logs.all_logs())


def _is_kept(organisation: UUID, folder: Path) -> bool:
    """Keep one log's checkpoint; a log that has none must not keep others from theirs."""
    try:
        found = elsewhere.compare(organisation, folder)
        if found is not None:  # a checkpoint of the wrong log would hide that it is one
            _log.error("trail_restored organisation=%s size=%s", organisation, found.size)
            return False
        elsewhere.keep(organisation, folder)
    except (OrganisationKeysMissing, TrailBroken) as error:
        _log.error("checkpoint_missing organisation=%s %s", organisation, type(error).__name__)
        return False
    return True


def drop_old_payloads() -> int:
    """Erase what entries say whose time is over; return how many payloads went."""
    if not store.may_sequence():
        return 0
    viewers = (Viewer(kind=ViewerKind.SYSTEM, organisation=each) for each in logs.all_logs())
    return sum(retention.drop_expired(viewer) for viewer in viewers)


def reconcile_all() -> int:
    """Compare data and trail, and every sealed row; return how many rows lack their entry."""
    for apart in alongside.all_apart():
        _log.error("stores_apart organisation=%s %s", apart.organisation, apart.sentence)
    lacking = 0
    for organisation in logs.all_logs():
        for one in reconciler.reconcile(organisation).lacking:
            lacking += 1
            _log.error("row_unrecorded organisation=%s %s", organisation, one.sentence)
    return lacking
