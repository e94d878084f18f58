"""More than the role: in an emergency, told and reviewed; for a while, asked for and given."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys import browser
from tests.journeys.clinic import Clinic, press, served_clinic
from tests.journeys.raised import show_both_steps

pytestmark = pytest.mark.journey

POST = 'main form[method="post"] button[type="submit"]'
OPEN = "main button.sealing"
EMERGENCY = 'main a[href^="/emergency/begin/"]'
MOST_TO_OPEN = 5  # refused, both steps again, why, the record, opened
PATIENT = "Pat Winters"


@pytest.fixture(scope="module")
def clinic(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Serve a clinic of its own: in that of the others people were given more, or were joined."""
    with served_clinic(chromium, tmp_path_factory.mktemp("raised")) as clinic:
        yield clinic


def address_of_pat(clinic: Clinic) -> str:
    """Return where Pat's record is, as somebody who may open it sees."""
    with clinic.staff("ben") as this:
        page = this.page
        page.goto(clinic.address("/persons/"))
        press(page, f'tbody tr:has-text("{PATIENT}") a')
        return page.url


def banner(page: Page) -> bool:
    return bool(page.locator("aside.emergency").count())


@pytest.mark.parametrize("has_script", [True, False])
def test_an_emergency_is_begun_shown_ended_and_reviewed(clinic: Clinic, has_script: bool) -> None:
    pats = address_of_pat(clinic)
    with clinic.staff("dee", size=browser.PHONE, has_script=has_script) as this:
        page = this.page
        loads = browser.count_loads(page)
        page.goto(pats)
        assert not banner(page)
        press(page, EMERGENCY)
        show_both_steps(page, clinic.demo.account("dee"))
        page.fill('[name="reason"]', "Unconscious at the desk; are there allergies?")
        press(page, POST)
        assert page.url == pats
        assert banner(page)
        press(page, OPEN)
        assert PATIENT in page.locator("main").inner_text()
        assert len(loads) <= MOST_TO_OPEN, loads.addresses
        look_back(clinic, is_on=True)
        for path in ("/", "/trail/", "/nowhere/"):
            page.goto(clinic.address(path))
            assert banner(page), path
        press(page, "aside.emergency button")
        assert not banner(page)
        page.goto(pats)
        assert page.locator(EMERGENCY).count()
        assert this.findings == []
    review(clinic)


def look_back(clinic: Clinic, *, is_on: bool) -> None:
    """Be told on the first page, as an officer."""
    with clinic.staff("ada") as this:
        this.page.goto(clinic.url)
        said = this.page.locator("main").inner_text()
        assert ("has emergency access now" in said) is is_on


def review(clinic: Clinic) -> None:
    """Find it on the first page, read what happened, write down what was found."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.url)
        press(page, 'main .needs a[href^="/emergency/"]')
        said = page.locator("main").inner_text()
        for words in ("are there allergies?", "began emergency access", "1 person"):
            assert words in said, said
        page.check('main input[value="justified"]', force=True)
        page.fill('[name="reason"]', "Two colleagues were there.")
        press(page, POST)
        assert "Justified" in page.locator("main").inner_text()
        page.goto(clinic.url)
        assert "emergency access" not in page.locator("main").inner_text()
        assert this.findings == []


def test_a_page_that_is_not_open_is_asked_for_given_and_given_back(clinic: Clinic) -> None:
    with clinic.staff("dee") as asks, clinic.staff("ada") as decides:
        page, other = asks.page, decides.page
        page.goto(clinic.address("/jobs/"))
        press(page, 'main a[href^="/access/ask/"]')
        show_both_steps(page, clinic.demo.account("dee"))
        assert page.locator('[value="job:manage"]').is_checked()
        page.fill('[name="reason"]', "To see why a letter waits.")
        press(page, POST)
        other.goto(clinic.url)
        press(other, 'main .needs a[href="/access/"]')
        press(other, 'main tr:has-text("jobs") a.act-link')
        show_both_steps(other, clinic.demo.account("ada"))
        assert "To see why a letter waits." in other.locator("main").inner_text()
        other.fill('[name="reason"]', "She looks after the mail today.")
        press(other, POST)
        page.goto(clinic.address("/jobs/"))
        assert page.locator('.rail a[href="/jobs/"]').count()
        page.goto(clinic.address("/access/"))
        press(page, 'main form[action$="/back/"] button')
        page.goto(clinic.address("/jobs/"))
        assert page.locator('main a[href^="/access/ask/"]').count()
        assert asks.findings == []
        assert decides.findings == []
