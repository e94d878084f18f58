"""T4 in a real browser: another website, and another program on the same host, press our button."""

from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page

from tests.journeys import browser
from tests.journeys.clinic import Clinic, press
from tests.journeys.website import website

pytestmark = pytest.mark.journey

VIEWS = "/trail/views/"
ASKED = "kind=office"


def button(clinic: Clinic, name: str) -> str:
    """Return a form that saves a view in the name of whoever presses it, and a link."""
    return f"""
    <form method="post" action="{clinic.address(VIEWS)}">
      <input name="asked" value="{ASKED}"><input name="name" value="{name}">
      <button>Win a prize</button></form>
    <a href="{clinic.address("/trail/")}">The trail</a>
    <iframe src="{clinic.address("/trail/")}"></iframe>"""


@pytest.fixture(scope="module")
def trap(clinic: Clinic) -> Iterator[str]:
    """Set up the page of somebody who wishes us ill, with a certificate that the browser takes."""
    tls = clinic.demo.served.home / "tls"
    with website(tls, button(clinic, "Forged")) as address:
        yield address


def views(page: Page, clinic: Clinic) -> list[str]:
    """Return the names of the reader's saved views."""
    page.goto(clinic.address("/trail/"))
    return page.locator("nav.saved a").all_inner_texts()


def test_another_website_presses_our_button_and_is_nobody(clinic: Clinic, trap: str) -> None:
    with clinic.staff("dee") as this:
        this.page.goto(trap)
        with this.page.expect_navigation() as landed:
            this.page.locator("button").click()
        assert landed.value.status == 403
        assert views(this.page, clinic) == []  # and Dee is still signed in


def test_another_program_on_our_host_has_our_cookies_and_is_refused(
    clinic: Clinic, trap: str
) -> None:
    with clinic.staff("dee") as this:
        this.page.goto(trap.replace("127.0.0.1", "localhost"))  # cookies know no ports
        with this.page.expect_navigation() as landed:
            this.page.locator("button").click()
        assert landed.value.status == 403
        assert views(this.page, clinic) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_neither_reads_us_in_a_frame_or_by_script(clinic: Clinic, trap: str, host: str) -> None:
    with clinic.staff("dee") as this:
        this.page.goto(trap.replace("127.0.0.1", host))
        assert this.page.frames[1].locator(".timeline").count() == 0
        assert any("frame-ancestors" in finding for finding in this.findings)
        asked = f"fetch('{clinic.address('/trail/')}', {{credentials: 'include'}})"
        answer = this.page.evaluate(f"{asked}.then((it) => it.text(), () => 'kept away')")
        assert answer == "kept away"


def test_a_link_from_elsewhere_leads_in_and_our_own_button_works(clinic: Clinic, trap: str) -> None:
    with clinic.staff("dee") as this:
        this.page.goto(trap)
        press(this.page, "a")
        assert this.page.url == clinic.address("/trail/")
        this.page.goto(urljoin(clinic.url, f"/trail/?{ASKED}"))
        this.page.locator("summary", has_text="Saved views").click()
        this.page.fill('input[name="name"]', "Own")
        press(this.page, f'form[action="{VIEWS}"] button')
        assert views(this.page, clinic) == ["Own"]
        this.page.locator("summary", has_text="Saved views").click()
        press(this.page, "button:has-text('Remove')")
        assert views(this.page, clinic) == []
        assert browser.scrolls_sideways(this.page) is False
