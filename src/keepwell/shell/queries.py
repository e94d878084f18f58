"""What the frame itself reads: the organisation's public profile."""

from uuid import UUID

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.organisations import organisation_ids


def organisation(organisation_id: UUID) -> Organisation | None:
    """Return the organisation's profile; None for an id that is not one."""
    with wall.reading(organisation_id):
        return Organisation.objects.filter(pk=organisation_id).first()


def only_organisation() -> Organisation | None:
    """Return the organisation if there is exactly one, for pages that know no other."""
    found = organisation_ids()
    return organisation(found[0]) if len(found) == 1 else None
