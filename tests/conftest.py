"""What every test may ask for: the stores, and two organisations.

There is one way to have a store in a test, and it is the real one: committed rows in three SQLite
files (`KEEPWELL_TEST_SETTING=embedded`, the default) or three PostgreSQL databases (`scale`), put
back to their first state after the test. `stores`, pytest-django's `db` and `transactional_db` and
its marker `django_db` all mean that; a test inside a transaction that is rolled back would prove
nothing about the wall, the trail or durability (safeguards.md, pitfall 12).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

from tests.stores import session
from tests.stores.scale import ScaleStores

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.models import Organisation

SESSION = session.begin()


def pytest_configure(config: pytest.Config) -> None:
    """Load Keepwell's settings, except under `-p no:django`, which is enough for pure cores."""
    if config.pluginmanager.hasplugin("django"):
        session.load_settings()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what means something on the other engine only."""
    other = "embedded" if isinstance(SESSION.stores, ScaleStores) else "scale"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_unconfigure() -> None:
    """Stop the session's server and remove its folder, however the session ended."""
    SESSION.end()


def pytest_report_header() -> str:
    """Say on which engine this run stands."""
    return f"stores: {type(SESSION.stores).__name__}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Give this worker its three migrated stores."""
    SESSION.ready()


@pytest.fixture
def _django_db_helper(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[session.Stores]:
    from tests.stores.memory import forget  # noqa: PLC0415  needs the settings

    with django_db_blocker.unblock():
        try:
            yield SESSION.stores
        finally:
            forget()
            SESSION.stores.restore()


@pytest.fixture
def stores(_django_db_helper: session.Stores) -> session.Stores:
    """Give the test real stores, empty but for what migrations put there."""
    return _django_db_helper


@pytest.fixture
def organisation(stores: session.Stores) -> "Organisation":
    """Make Ada's organisation, where Ben and Dee work too and Pat is a patient."""
    from tests.stores.organisations import make_organisation  # noqa: PLC0415

    return make_organisation(
        "Ashgrove Clinic",
        telephone="+1 555 0100",
        time_zone="America/Los_Angeles",
        emergency_sentence="In an emergency call 911.",
    )


@pytest.fixture
def other_organisation(stores: session.Stores) -> "Organisation":
    """Make the organisation of Cy, who is a stranger to Ada's."""
    from tests.stores.organisations import make_organisation  # noqa: PLC0415

    return make_organisation("Cedar Practice", telephone="+1 555 0199", time_zone="Europe/Berlin")
