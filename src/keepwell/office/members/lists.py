"""The four lists of the members' page: each a page of rows in words, and the way to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from keepwell.office.members import words
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.invitations.queries import invitations_in
from keepwell.safeguards.access.locations.placing import INVITATION, MEMBERSHIP
from keepwell.safeguards.access.locations.queries import is_divided, names_at
from keepwell.safeguards.access.members.queries import Standing, members_in
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.paging import Part
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.errors import KeepwellError

INVITED = "invited"
NAMES = (Standing.WAITING.value, INVITED, Standing.PRESENT.value, Standing.FORMER.value)


@dataclass(frozen=True, slots=True)
class List:
    """What one panel of the page shows."""

    name: str
    rows: Sequence[Any]
    total: int
    next: UUID | None
    is_first: bool

    @property
    def is_part(self) -> bool:
        """Whether there are rows that this page does not show."""
        return len(self.rows) < self.total


def lists_of(viewer: Viewer, *, only: str, like: str, after: UUID | None) -> dict[str, List]:
    """Return the lists by name: all from their beginning, or only one after an id."""
    wanted = (only,) if only in NAMES and not like else NAMES
    begin = after if len(wanted) == 1 else None
    everywhere = _everywhere(viewer)
    return {name: _list(viewer, name, like, begin, everywhere) for name in wanted}


def waiting(viewer: Viewer, rows: Sequence[Membership]) -> list[words.Waiting]:
    """Tell of those who wait by whom and for where they were invited."""
    return _waiting(viewer, rows, _everywhere(viewer))


def _waiting(viewer: Viewer, rows: Sequence[Membership], everywhere: str) -> list[words.Waiting]:
    where = _where(viewer, MEMBERSHIP, rows, everywhere)
    by = _names(map(words.inviter_of, rows))
    return [words.Waiting.of(viewer, row, by, where[row.pk]) for row in rows]


def end_of(viewer: Viewer, membership: UUID) -> words.End | None:
    """Tell who ended a membership and why, to those who read the trail; the reading is recorded.

    None for everybody else, and while the entry cannot be read.
    """
    if not may(viewer, OfficePermission.TRAIL_READ):
        return None
    try:
        page = page_of_entries(viewer, about=membership, kinds=[AccessKind.MEMBER_END], limit=1)
    except (KeepwellError, DatabaseError):
        return None
    payload = page.entries[0].payload if page.entries else None
    return words.End.of(viewer, payload) if payload else None


def _names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return names_of({one for one in ids if one is not None})


def _list(viewer: Viewer, name: str, like: str, after: UUID | None, everywhere: str) -> List:
    if name == INVITED:
        invited = invitations_in(viewer, like=like, after=after)
        inviters = _names(one.invited_by for one in invited.rows)
        where = _where(viewer, INVITATION, invited.rows, everywhere)
        told = [words.Invited.of(viewer, one, inviters, where[one.pk]) for one in invited.rows]
        return _of(name, invited, told)
    part = members_in(viewer, Standing(name), like=like, after=after)
    if name == Standing.FORMER:
        return _of(name, part, part.rows)
    if name == Standing.PRESENT:
        where = _where(viewer, MEMBERSHIP, part.rows, everywhere)
        present = [words.Present.of(viewer, row, where[row.pk]) for row in part.rows]
        return _of(name, part, present)
    return _of(name, part, _waiting(viewer, part.rows, everywhere))


def _everywhere(viewer: Viewer) -> str:
    """Return how belonging to all locations is told; nothing where there is only one."""
    return _("All locations") if is_divided(viewer) else ""


def _where(viewer: Viewer, model: str, rows: Sequence[Any], everywhere: str) -> dict[UUID, str]:
    """Say where each belongs."""
    somewhere = [row.pk for row in rows if not row.is_everywhere]
    found = names_at(viewer, model, somewhere) if somewhere else {}
    return {
        row.pk: everywhere if row.is_everywhere else ", ".join(found.get(row.pk, ()))
        for row in rows
    }


def _of(name: str, part: Part[Any], rows: Sequence[Any]) -> List:
    return List(name, rows, part.total, part.next, part.is_first)
