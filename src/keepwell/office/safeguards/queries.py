"""How the safeguards stand: every room is asked; one that cannot answer is said to be unknown."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.manifest import Found, Safeguard, Standing
from keepwell.safeguards.access.queries import allow, may
from keepwell.safeguards.audit.queries import newest_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.trail_lines import Line, lines_of
from keepwell.toolkit.errors import KeepwellError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """A safeguard, what its room has found, and who changed it last, for whoever may know."""

    safeguard: Safeguard
    found: Found
    change: Line | None = None

    @property
    def since(self) -> datetime | None:
        """Since when it stands so, as far as anything knows."""
        return self.found.since or (self.change.moment if self.change else None)


def safeguards_of(viewer: Viewer) -> list[Told]:
    """Ask every room, in order; an answer that fails counts as none."""
    allow(viewer, OfficePermission.SAFEGUARDS_READ)
    return list(_told(viewer))


def with_changes(viewer: Viewer, told: list[Told]) -> list[Told]:
    """Add who changed each last, and why, for those who read the trail; that is recorded."""
    if not may(viewer, OfficePermission.TRAIL_READ):
        return told
    changed = [one.safeguard for one in told if one.safeguard.changed_by]
    try:
        newest = newest_of(viewer, [one.changed_by for one in changed])
    except (KeepwellError, DatabaseError):  # the line of the trail itself says so
        return told
    lines = {
        str(safeguard.title): lines_of(viewer, [entry], entry_route="office:entry")[0]
        for safeguard, entry in zip(changed, newest, strict=True)
        if entry is not None
    }
    return [replace(one, change=lines.get(str(one.safeguard.title))) for one in told]


def _told(viewer: Viewer) -> Iterator[Told]:
    for one in registry.safeguards():
        try:
            found = one.look(viewer)
        except (KeepwellError, DatabaseError, OSError, ValueError) as error:
            log.warning(
                "safeguard_unknown look=%s error=%s", one.look.__name__, type(error).__name__
            )
            found = Found(Standing.UNKNOWN, _("It cannot be found out just now."))
        yield Told(one, found)
