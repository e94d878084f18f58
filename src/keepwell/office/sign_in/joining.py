"""Accepting an invitation, and telling those who can let the new colleague in."""

from keepwell.jobs import queue
from keepwell.office import tasks
from keepwell.safeguards.access.invitations.actions import accept
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import OneTimeLink, User
from keepwell.safeguards.tenancy import wall


def accept_and_tell(link: OneTimeLink, user: User) -> Membership:
    """Use the link up and ask for the letters, both or neither. Raises LinkUsed."""
    if link.organisation is None:
        raise LinkUsed
    with wall.writing(link.organisation):
        membership = accept(link=link, user=user)
        queue.put(
            tasks.write_about_waiting, organisation=link.organisation, membership=membership.pk
        )
    return membership
