"""Ada, whose acts the trail records, and the hands of somebody who changes it in the store."""

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.tampering import Hands
from tests.stores.session import Stores

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.models import Organisation


def viewer_in(organisation: UUID) -> Viewer:
    """Return a member of an organisation, with everything an entry can say about one."""
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation,
        actor=uuid7(),
        role="owner",
        purpose="care",
        request=uuid7(),
        address="192.0.2.7",
        session=uuid7(),
        device="Firefox on Linux",
    )


@pytest.fixture
def ada(organisation: "Organisation") -> Viewer:
    """Return Ada, who owns the organisation."""
    return viewer_in(organisation.id)


@pytest.fixture
def ben(organisation: "Organisation") -> Viewer:
    """Return Ben, her colleague."""
    return viewer_in(organisation.id)


@pytest.fixture
def cy(other_organisation: "Organisation") -> Viewer:
    """Return Cy, of another organisation."""
    return viewer_in(other_organisation.id)


@pytest.fixture
def hands(stores: Stores, organisation: "Organisation") -> Hands:
    """Return hands that reach into the trail store past Keepwell."""
    return Hands(stores, organisation.id)
