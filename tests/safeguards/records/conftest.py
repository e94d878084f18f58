"""Ada opens, Cy is a stranger, Pat's data is sealed.

Imports wait until a fixture is used: pytest reads this file before Django's settings are there.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from keepwell.safeguards.persons.models import Person
    from keepwell.safeguards.tenancy.models import Organisation
    from keepwell.safeguards.tenancy.viewer import Viewer
    from tests.stores.session import Stores


@pytest.fixture
def ada(organisation: "Organisation") -> "Viewer":
    from tests.safeguards.records.readings import member  # noqa: PLC0415

    return member(organisation)


@pytest.fixture
def cy(other_organisation: "Organisation") -> "Viewer":
    from tests.safeguards.records.readings import member  # noqa: PLC0415

    return member(other_organisation)


@pytest.fixture
def pat(ada: "Viewer") -> "Person":
    """Return Pat, as the database holds Pat."""
    from keepwell.safeguards.persons.actions import create_person  # noqa: PLC0415
    from tests.safeguards.records.readings import loaded  # noqa: PLC0415

    kept = create_person(
        ada, name="Pat Nakamura", born=date(1961, 4, 2), email="pat@example.org", telephone=None
    )
    return loaded(ada, kept.pk)


@pytest.fixture
def specimens(stores: "Stores") -> Iterator[None]:
    """Install the specimens' app and make its table."""
    from tests.safeguards.records.specimens.installed import installed_specimens  # noqa: PLC0415

    with installed_specimens(stores):
        yield
