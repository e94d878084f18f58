"""What journeys share: one browser and one served demonstration for the whole session."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys import browser
from tests.journeys.clinic import Clinic, served_clinic
from tests.journeys.fresh import Fresh
from tests.serving import installation, serving


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser of this session."""
    with browser.chromium() as started:
        yield started


@pytest.fixture(scope="session")
def clinic(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Serve the demonstration clinic for every journey of this session."""
    with served_clinic(chromium, tmp_path_factory.mktemp("clinic")) as clinic:
        yield clinic


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Serve an installation that nobody has set up yet; the first who asks sets it up."""
    with serving(installation(tmp_path_factory.mktemp("fresh") / "home")) as running:
        yield Fresh(running)
