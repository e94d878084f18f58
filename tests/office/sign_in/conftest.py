"""Ada's clinic, whose owner signs in."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.people import Clinic, Person
    from tests.softkey import SoftKey
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


@pytest.fixture
def key(ada: "Person") -> "SoftKey":
    """Return Ada's passkey, added as she would."""
    from tests.office.sign_in.by_passkey import added, proven  # noqa: PLC0415  needs the settings
    from tests.softkey import SoftKey  # noqa: PLC0415

    made = SoftKey()
    added(proven(ada), made)
    return made
