"""Ada and Ben of one clinic."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Clinic, Person
    from tests.stores.session import Stores


@pytest.fixture
def clinic(stores: "Stores") -> "Clinic":
    """Found Ashgrove Clinic, which Ada owns."""
    from tests.people import make_clinic  # noqa: PLC0415  needs the settings

    return make_clinic("Ashgrove Clinic", "Ada")


@pytest.fixture
def ada(clinic: "Clinic") -> "Person":
    """Return the owner."""
    return clinic.owner
