"""Organisations for tests, made the way the application makes them."""

from typing import Any

from keepwell.safeguards.audit.logs import create_log
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.vault.keys import make_organisation_keys
from keepwell.toolkit.identifiers import uuid7


def make_organisation(name: str, **profile: Any) -> Organisation:
    """Make an organisation with its profile, its keys and its empty log; nobody works there yet."""
    organisation = Organisation(id=uuid7(), name=name, **profile)
    make_organisation_keys(organisation.id)
    create_log(organisation.id)
    with wall.writing(organisation.id):
        organisation.save(force_insert=True)
    return organisation
