""" "Who opened this patient's data last month?", asked at the desk: to paper in four page loads."""

import io

import pytest
from playwright.sync_api import Page

from tests.journeys.clinic import Clinic, press

pytestmark = pytest.mark.journey

OPEN = "main button.sealing"
MOST_LOADS = 4


class Counted:
    """A page whose loads are counted, redirects followed as one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.loads = 0
        page.on("load", lambda _page: self._one_more())

    def _one_more(self) -> None:
        self.loads += 1


@pytest.mark.parametrize("has_script", [True, False])
def test_from_home_to_the_printed_report_in_four_page_loads(
    clinic: Clinic, *, has_script: bool
) -> None:
    with clinic.staff("ben") as this:
        this.page.goto(clinic.address("/persons/"))
        press(this.page, "tbody a.title")
        press(this.page, OPEN)
    with clinic.staff("ada", has_script=has_script) as this:
        page = this.page
        page.goto(clinic.address("/"))
        counted = Counted(page)
        press(page, 'nav a[href="/persons/"]')
        page.fill('[name="name"]', "winters")
        press(page, 'form[action="/persons/"] button[type="submit"]')
        press(page, 'tbody a.title:has-text("Pat Winters")')
        seen = page.locator("section[aria-labelledby=seen]")
        seen.locator("summary", has_text="to print").click()
        seen.locator('[name="reason"]').fill("Asked at the desk who looked.")
        press(page, 'form[action$="/report/"] button[type="submit"]')
        assert counted.loads == MOST_LOADS
        report = page.locator("section[aria-labelledby=openings]").inner_text()
        assert "Ben Okafor" in report
        assert "Member" in report
        assert "Every entry proven just now" in page.locator("main").inner_text()
        assert page.locator("keepwell-print button").is_visible() == has_script
        assert this.findings == []


def test_on_paper_the_accounting_says_nothing_of_the_page(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/persons/"))
        press(page, "tbody th a")
        press(page, 'main a[href$="/disclosures/"]')
        press(page, '.acts a[href$="/disclosures/add/"]')
        page.fill('[name="made"]', "2026-01-12")
        for asked in ("recipient", "what", "purpose"):
            page.fill(f'[name="{asked}"]', "As the law asks")
        press(page, 'main form[method="post"] button[type="submit"]')
        links, flash = page.locator("main .act-link"), page.locator('main > .notice[role="status"]')
        for one in (flash, links.first, links.last):
            assert one.is_visible()
        page.emulate_media(media="print")
        for one in (flash, links.first, links.last):
            assert one.is_hidden()
        assert page.locator("h1").is_visible()


def test_a_link_of_the_timeline_looks_like_one(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/persons/"))
        press(page, "tbody th a")
        line = page.locator(".timeline.dated a.line").first
        look = "one => [getComputedStyle(one).color, getComputedStyle(one.parentElement).color]"
        link, words = line.evaluate(look)
        assert link != words
        assert line.evaluate("one => getComputedStyle(one).textDecorationColor") == link


def test_on_paper_stands_the_report_and_nothing_of_the_frame(clinic: Clinic) -> None:
    with clinic.staff("dee") as this:
        page = this.page
        page.goto(clinic.address("/persons/"))
        press(page, 'tbody a[href$="/report/"]')
        page.fill('[name="reason"]', "Yearly look.")
        press(page, 'main form[method="post"] button[type="submit"]')
        page.emulate_media(media="print")
        for gone in (".rail", ".masthead", ".acts", ".crumbs"):
            assert page.locator(gone).first.is_hidden(), gone
        assert page.locator("h1").is_visible()
        assert io.BytesIO(page.pdf(format="A4")).read(5) == b"%PDF-"
