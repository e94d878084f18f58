"""Every test of the vault that names `ada` or `cy` stands on real stores."""

from uuid import UUID

import pytest

from tests.stores.session import Stores


def _organisation_with_keys() -> UUID:
    from tests.safeguards.vault import keepers  # noqa: PLC0415  needs the settings

    return keepers.organisation_with_keys()


@pytest.fixture
def ada(stores: Stores) -> UUID:
    """Return Ada's organisation, with keys."""
    return _organisation_with_keys()


@pytest.fixture
def cy(stores: Stores) -> UUID:
    """Return Cy's organisation, a stranger to Ada's, with keys."""
    return _organisation_with_keys()
