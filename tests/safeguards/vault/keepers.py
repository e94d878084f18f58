"""What the tests of the vault share: an organisation, a binding, a look into the keystore."""

from uuid import UUID

from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import DataKey
from keepwell.toolkit.identifiers import uuid7

SLOT = "persons.person.name"
NAME = b"Pat Quill"


def organisation_with_keys() -> UUID:
    """Return the id of a new organisation that has its keys."""
    organisation = uuid7()
    keys.make_organisation_keys(organisation)
    return organisation


def binding(organisation: UUID) -> Binding:
    """Return the place of a new row."""
    return Binding(SLOT, organisation, uuid7())


def stored_keys(organisation: UUID) -> set[UUID]:
    """Return the ids of all data keys in the keystore."""
    with access.reading(organisation):
        return set(DataKey.objects.values_list("key_id", flat=True))
