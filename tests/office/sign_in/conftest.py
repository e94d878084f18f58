"""Ada's clinic, early in a half-minute, so that a code stays the present one while a test runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.half_minute import early_in_a_half_minute
from tests.pages import with_plain_static_files

if TYPE_CHECKING:
    from tests.people import Clinic, Person
    from tests.softkey import SoftKey
    from tests.stores.session import Stores


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture(autouse=True)
def _early_in_a_half_minute() -> Iterator[None]:
    with early_in_a_half_minute():
        yield


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
