"""A clinic with a small published intake form, and a patient's browser at its link."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.half_minute import early_in_a_half_minute
from tests.pages import with_plain_static_files

if TYPE_CHECKING:
    from tests.people import Clinic
    from tests.products.forms.pages.patients import Patient
    from tests.stores.session import Stores


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture(autouse=True)
def _early_in_a_half_minute() -> Iterator[None]:
    """Let a one-time code stay the present one while a test runs."""
    with early_in_a_half_minute():
        yield


@pytest.fixture
def clinic(stores: "Stores") -> "Clinic":
    """Found Ashgrove Clinic, which Ada owns."""
    from tests.people import make_clinic  # noqa: PLC0415  needs the settings

    return make_clinic("Ashgrove Clinic", "Ada")


@pytest.fixture
def pat(clinic: "Clinic") -> "Patient":
    """Return Pat's browser at the link of Ada's published form."""
    from tests.products.forms.pages.patients import Patient, publish  # noqa: PLC0415

    return Patient(publish(clinic))
