"""What the frame itself reads: the organisation's public profile."""

from uuid import UUID

from keepwell.safeguards.tenancy.models import Organisation


def organisation(organisation_id: UUID) -> Organisation | None:
    """Return the organisation's profile; None for an id that is not one."""
    return Organisation.objects.filter(pk=organisation_id).first()


def only_organisation() -> Organisation | None:
    """Return the organisation if there is exactly one, for pages that know no other."""
    found = list(Organisation.objects.all()[:2])
    return found[0] if len(found) == 1 else None
