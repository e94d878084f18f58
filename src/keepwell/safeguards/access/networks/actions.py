"""Changing the list of allowed networks, and turning away who comes from elsewhere."""

import logging
from collections.abc import Iterable
from uuid import UUID

from keepwell.safeguards.access import ranges
from keepwell.safeguards.access.errors import LockedOut, NetworkTwice
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.members.actions import allow_role
from keepwell.safeguards.access.models import AllowedNetwork
from keepwell.safeguards.access.networks.rules import (
    ALL_BUT_OWNERS,
    admits,
    holds_for,
    standing_rules,
)
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity.recording import UNAVAILABLE
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now

log = logging.getLogger(__name__)
MODEL = "access.allowednetwork"
MOST = 200
"""Ranges of one organisation: each request reads them."""


def refuse(viewer: Viewer, *, route: str) -> None:
    """Record that a member came from elsewhere. It opens nothing, so it is answered in any case."""
    try:
        record_now(viewer, AccessKind.NETWORK_REFUSE, outcome="refused", detail={"route": route})
    except UNAVAILABLE:
        log.exception("refused account=%s by network is not on the trail", viewer.actor)


def add(
    viewer: Viewer, *, network: str, name: str, role: str = "", reason: str = ""
) -> AllowedNetwork:
    """Let people come in from a range; raise RangeRefused, NetworkTwice or LockedOut.

    Owners say from where owners come: nobody else adds what holds for them (NotPermitted).
    """
    allow(viewer, AccessPermission.NETWORK_CHANGE)
    _allow_whom(viewer, role)
    text = str(ranges.range_of(network))
    meant = role if role in ("", ALL_BUT_OWNERS) else Role(role).value
    with wall.writing(viewer.organisation):
        rows = _locked(viewer)
        same = [row for row in rows if (row.network, row.role) == (text, meant)]
        if same and same[0].name == name.strip():
            return same[0]  # the button was pressed twice
        if same or len(rows) >= MOST:
            raise NetworkTwice
        is_suspended = bool(rows) and all(row.suspended for row in rows)
        row = AllowedNetwork(
            organisation_id=viewer.organisation,
            network=text,
            name=name.strip(),
            role=meant,
            suspended=now() if is_suspended else None,
        )
        _refuse_lock_out(viewer, [*rows, row])
        row.save(force_insert=True)
        _record(viewer, AccessKind.NETWORK_ADD, row, reason)
    return row


def rename(viewer: Viewer, network: UUID, *, name: str) -> None:
    """Call a range something else; what it allows stays. Raises OutOfReach."""
    allow(viewer, AccessPermission.NETWORK_CHANGE)
    with wall.writing(viewer.organisation):
        row = within_reach(AllowedNetwork.objects.select_for_update(), pk=network)
        if row.name != name.strip():
            row.name = name.strip()
            row.save(update_fields=["name"])
            _record(viewer, AccessKind.NETWORK_RENAME, row)


def remove(viewer: Viewer, network: UUID) -> None:
    """Take a range off the list; raise OutOfReach, LockedOut or NotPermitted (`_allow_whom`)."""
    allow(viewer, AccessPermission.NETWORK_CHANGE)
    with wall.writing(viewer.organisation):
        rows = _locked(viewer)
        row = within_reach(AllowedNetwork.objects.all(), pk=network)
        _allow_whom(viewer, row.role)
        _refuse_lock_out(viewer, [one for one in rows if one.pk != row.pk])
        _record(viewer, AccessKind.NETWORK_REMOVE, row)
        row.delete()


def suspend(viewer: Viewer, *, reason: str) -> int:
    """Let everybody in from anywhere until the list is resumed; return how many ranges it has.

    The way back from the server's console: nothing is lost, and the page offers to resume.
    """
    allow(viewer, AccessPermission.NETWORK_CHANGE)
    with wall.writing(viewer.organisation):
        rows = _locked(viewer)
        _allow_whom(viewer, *(row.role for row in rows))
        standing = AllowedNetwork.objects.filter(suspended__isnull=True)
        count: int = standing.update(suspended=now())
        if count:
            subject = Subject(model=MODEL, ids=tuple(row.pk for row in rows))
            record(viewer, AccessKind.NETWORKS_SUSPEND, subjects=(subject,), reason=reason)
    return count


def resume(viewer: Viewer) -> None:
    """Let a suspended list count again; raise LockedOut or NotPermitted (`_allow_whom`)."""
    allow(viewer, AccessPermission.NETWORK_CHANGE)
    with wall.writing(viewer.organisation):
        rows = [row for row in _locked(viewer) if row.suspended]
        if not rows:
            return
        _allow_whom(viewer, *(row.role for row in rows))
        for row in rows:
            row.suspended = None
        _refuse_lock_out(viewer, rows)
        AllowedNetwork.objects.update(suspended=None)
        subject = Subject(model=MODEL, ids=tuple(row.pk for row in rows))
        record(viewer, AccessKind.NETWORKS_RESUME, subjects=(subject,))


def _locked(viewer: Viewer) -> list[AllowedNetwork]:
    """Return the list; two changes at once wait for each other, or both could lock out."""
    take_turn(viewer)
    return list(AllowedNetwork.objects.all())


def _allow_whom(viewer: Viewer, *changed: str) -> None:
    """Raise NotPermitted when a range that changes holds for owners and somebody else changes it.

    One for everybody does, too: it would shut owners out, or let them in from where they do not
    come. Others write it for all but owners.
    """
    if any(holds_for(whom, Role.OWNER) for whom in changed):
        allow_role(viewer, Role.OWNER)


def _refuse_lock_out(viewer: Viewer, rows: Iterable[AllowedNetwork]) -> None:
    rules = standing_rules(rows)
    is_member = viewer.kind is ViewerKind.MEMBER
    if is_member and not admits(rules, role=viewer.role, address=viewer.address):
        raise LockedOut


def _record(viewer: Viewer, kind: AccessKind, row: AllowedNetwork, reason: str = "") -> None:
    detail = {"network": row.network} | ({"for": row.role} if row.role else {})
    subjects = (Subject(model=MODEL, ids=(row.pk,)),)
    record(viewer, kind, subjects=subjects, detail=detail, reason=reason.strip())
