"""Keepwell itself, with one organisation, in the stores that the environment names."""

import os
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.viewer import Viewer


def begin() -> "Viewer":
    """Load Keepwell, make an organisation and return somebody who works there."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
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
