"""Giving a role that may do more than one's own: nobody does that alone and unseen.

An administrator opens no data of patients, and lets in members, who do. So that nobody brings in an
account of their own, the others who let people in, who are told by mail of whoever accepts an
invitation, have an hour to look; where there are none, nobody is waited for.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from keepwell.safeguards.access.errors import OthersAreAsked
from keepwell.safeguards.access.models import Invitation, Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import grants_of, others_holding, present_members
from keepwell.safeguards.identity.replacements import SETTLED
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

if TYPE_CHECKING:
    from django.db import models

OTHERS_LOOK = timedelta(hours=1)


def let_others_look(viewer: Viewer, row: Membership, role: str) -> None:
    """Raise OthersAreAsked while the viewer has to wait with giving somebody a role."""
    opens = gives_from(viewer, row, role)
    if opens is not None:
        raise OthersAreAsked(opens)


def gives_from(viewer: Viewer, row: Membership, role: str) -> datetime | None:
    """Return from when the viewer may give somebody a role; None: now.

    An hour after the person came, and a day after the viewer did. At once: a role that may do no
    more than the viewer's; whom somebody else invited who is long here; where nobody else can.
    """
    if viewer.actor is None or grants_of(viewer.role) >= grants_of(role):
        return None
    with wall.reading(viewer.organisation):
        # Whoever came within a day is nobody else: one person alone may have let them in.
        able = others_holding(viewer, AccessPermission.MEMBER_APPROVE)
        others = able.filter(approved__lt=now() - SETTLED)
        if not others.exists() or (row.approved is None and _is_invited_by(others, row)):
            return None
        own = present_members(viewer).filter(user=viewer.actor)
        came = own.values_list("approved", flat=True).first()
    opens = max(row.joined + OTHERS_LOOK, (came or row.joined) + SETTLED)
    return opens if opens > now() else None


def _is_invited_by(others: "models.QuerySet[Membership]", row: Membership) -> bool:
    inviters = Invitation.objects.filter(membership=row).values("invited_by")
    return others.filter(user__in=inviters).exists()
