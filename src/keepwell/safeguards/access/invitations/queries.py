"""Invitations that are open, and the one behind a link."""

from uuid import UUID

from keepwell.safeguards.access.models import Invitation
from keepwell.safeguards.access.paging import Part, called, part_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.identity.models import OneTimeLink
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now


def invitations_in(
    viewer: Viewer, *, like: str = "", after: UUID | None = None
) -> Part[Invitation]:
    """Return a page of who is invited and has not come yet, expired ones too; the newest first.

    `like` and `after` are as in `members.queries.members_in`.
    """
    allow(viewer, AccessPermission.MEMBER_LIST)
    with wall.reading(viewer.organisation):
        standing = Invitation.objects.filter(membership__isnull=True, withdrawn__isnull=True)
        found = called(standing, like, "name", "email")
        return part_of(found, Invitation.objects.all(), "-created", after)


def invitation_to_write(viewer: Viewer, invitation: UUID) -> Invitation | None:
    """Return an invitation whose letter may still go out: open, and not expired."""
    with wall.reading(viewer.organisation):
        return _standing(invitation)


def behind(link: OneTimeLink) -> Invitation | None:
    """Return what a link invites to, while it still stands."""
    if link.organisation is None or link.about is None:
        return None
    with wall.reading(link.organisation):
        return _standing(link.about)


def _standing(invitation: UUID) -> Invitation | None:
    found: Invitation | None = Invitation.objects.filter(
        pk=invitation, membership__isnull=True, withdrawn__isnull=True, expires__gt=now()
    ).first()
    return found
