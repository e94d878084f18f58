"""Organisations for tests, made the way the application makes them."""

from typing import Any

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit.identifiers import uuid7


def make_organisation(name: str, **profile: Any) -> Organisation:
    """Make an organisation with its profile."""
    organisation = Organisation(id=uuid7(), name=name, **profile)
    with wall.writing(organisation.id):
        organisation.save(force_insert=True)
    return organisation
