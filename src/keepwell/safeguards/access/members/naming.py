"""What every act on a membership says of it, and where an owner must belong."""

from keepwell.safeguards.access.errors import OwnerEverywhere
from keepwell.safeguards.access.locations.placing import Locations
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.entries import Subject


def check_owner(role: str, locations: Locations) -> None:
    """Raise OwnerEverywhere for an owner of some locations only: nobody else could set it right."""
    if role == Role.OWNER and locations is not None:
        raise OwnerEverywhere


def about(row: Membership) -> tuple[Subject, Subject]:
    """Name a membership and its account for an entry of the trail."""
    return (
        Subject(model="access.membership", ids=(row.pk,)),
        Subject(model="identity.user", ids=(row.user_id,)),
    )
