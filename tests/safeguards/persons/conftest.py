"""Ada owns, Ben is a member, Dee audits, Cy is a stranger; persons' own grants are installed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.models import Organisation
    from keepwell.safeguards.tenancy.viewer import Viewer
    from tests.stores.session import Stores


@pytest.fixture(autouse=True)
def _grants() -> Iterator[None]:
    from tests.safeguards.persons.roles import install_grants  # noqa: PLC0415

    with install_grants():
        yield


@pytest.fixture
def ada(organisation: "Organisation") -> "Viewer":
    from tests.safeguards.records.readings import member  # noqa: PLC0415

    return member(organisation)


@pytest.fixture
def cy(other_organisation: "Organisation") -> "Viewer":
    from tests.safeguards.records.readings import member  # noqa: PLC0415

    return member(other_organisation)


@pytest.fixture
def specimens(stores: "Stores") -> Iterator[None]:
    """Install the specimens' app and make its table."""
    from tests.safeguards.records.specimens.installed import installed_specimens  # noqa: PLC0415

    with installed_specimens(stores):
        yield
