"""Handed over at the desk, read on a phone: who opened my data, from the letter to the report."""

import pytest
from playwright.sync_api import Page

from tests.journeys import browser
from tests.journeys.atlas_ways import BORN, born
from tests.journeys.clinic import Clinic, press

pytestmark = pytest.mark.journey

PHONE = (390, 844)
POST = 'main form[method="post"] button[type="submit"]'


def handed(clinic: Clinic, page: Page) -> str:
    """Make a report of Pat and hand it over; return the link as the letter says it."""
    page.goto(clinic.address("/persons/"))
    press(page, 'tbody tr:has-text("Pat Winters") a')
    seen = page.locator("section[aria-labelledby=seen]")
    seen.locator("summary", has_text="to print").click()
    seen.locator('[name="reason"]').fill("Asked at the desk who looked.")
    press(page, 'form[action$="/report/"] button[type="submit"]')
    press(page, 'main a[href$="/hand/"]')
    page.fill('[name="reason"]', "Asked for it at the desk.")
    press(page, POST)
    return page.locator(".typed").inner_text().partition("/")[2]


@pytest.mark.parametrize("has_script", [True, False])
def test_a_report_is_handed_over_read_on_a_phone_and_taken_back(
    clinic: Clinic, *, has_script: bool
) -> None:
    with clinic.staff("ben", size=PHONE, has_script=has_script) as this:
        this.page.goto(clinic.address("/persons/"))
        press(this.page, 'tbody tr:has-text("Pat Winters") a')
        press(this.page, "main button.sealing")
    with clinic.staff("ada", size=PHONE, has_script=has_script) as this:
        link = clinic.address("/" + handed(clinic, this.page))
        letter = this.page.url
        with browser.opened(clinic.chromium, size=PHONE, has_script=has_script) as theirs:
            page = theirs.page
            page.goto(link)
            born(page, "9", "3", "1983")
            assert "not the date of birth" in page.locator("main").inner_text()
            assert "Ben Okafor" not in page.content()
            born(page, *BORN)
            assert "Ben Okafor" in page.locator("section[aria-labelledby=openings]").inner_text()
            assert page.locator("footer a[hreflang]").count() == 1  # the notice
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE[0]
            this.page.goto(letter.replace("/hand/", "/"))
            assert "read 1 time" in this.page.locator("main").inner_text()
            press(this.page, 'form[action$="/take-back/"] button')
            page.reload()
            assert "This link does not open a report" in page.locator("main").inner_text()
            assert theirs.findings == []
        assert this.findings == []


def test_the_printed_letter_is_the_letter_alone(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        handed(clinic, page)
        page.emulate_media(media="print")
        for gone in (".rail", ".masthead", ".acts", ".crumbs", ".aside-of-letter"):
            assert page.locator(gone).first.is_hidden(), gone
        assert page.locator(".letter .square").is_visible()
        assert page.locator(".typed").is_visible()
