"""How the safeguards stand: every room is asked; one that cannot answer is said to be unknown."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.manifest import Found, Safeguard, Standing
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.errors import KeepwellError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """A safeguard and what its room has found."""

    safeguard: Safeguard
    found: Found


def safeguards_of(viewer: Viewer) -> list[Told]:
    """Ask every room, in order; an answer that fails counts as none."""
    allow(viewer, OfficePermission.SAFEGUARDS_READ)
    return list(_told(viewer))


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
