"""Looking up accounts by id: names for pages that tell what colleagues did."""

from collections.abc import Collection
from uuid import UUID

from keepwell.safeguards.identity.models import User


def names_of(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of these accounts; ids that are no account are left out."""
    return dict(User.objects.filter(pk__in=list(ids)).values_list("pk", "name"))
