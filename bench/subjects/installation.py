"""Keepwell itself, with one organisation, in the stores that the environment names."""

import os
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.viewer import Viewer


def load() -> None:
    """Load Keepwell with the stores that the environment names."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()


def begin() -> "Viewer":
    """Load Keepwell, make an organisation and return somebody who works there."""
    load()
    from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
    from keepwell.toolkit.identifiers import uuid7
    from tests.stores.organisations import make_organisation

    organisation = make_organisation("Bench Clinic")
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation.id,
        actor=uuid7(),
        role="owner",
        purpose="care",
    )
