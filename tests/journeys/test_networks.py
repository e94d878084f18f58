"""Allow the clinic's network without locking oneself out: page loads are counted."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.journeys import browser
from tests.journeys.clinic import accept_rules, press
from tests.journeys.fresh import Fresh
from tests.serving import serving

pytestmark = pytest.mark.journey

POST = 'main form[method="post"] button[type="submit"]'
ADD = 'main form[action="/networks/add/"] button[type="submit"]'
MOST_LOADS = 4


class Loads(list[str]):
    """The pages that a browser has asked for; where a redirect led counts with what it began."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        if request.is_navigation_request() and request.redirected_from is None:
            self.append(request.url)


@pytest.fixture
def founded(chromium: Browser, tmp_path: Path) -> Iterator[tuple[Fresh, list[str]]]:
    """Serve an empty folder, set it up, and keep the owner's recovery codes."""
    with serving(tmp_path / "home") as running:
        fresh = Fresh(running)
        with browser.opened(chromium) as this:
            this.page.goto(fresh.link)
            fresh.found(this.page)
            fresh.add_second_step(this.page)
            codes = this.page.locator("ol.recovery li").all_inner_texts()
            press(this.page, POST)
            accept_rules(this.page)
            fresh.state = this.page.context.storage_state()
        yield fresh, codes


def to_the_list(page: Page, fresh: Fresh, recovery_code: str) -> None:
    """Go from the first page to the list, both steps shown again on the way."""
    press(page, '.rail a[href="/networks/"]')
    press(page, 'main a[href="/account/again/networks/"]')
    page.fill('main input[name="password"]', fresh.account["password"])
    page.fill('main input[name="code"]', recovery_code)
    press(page, POST)
    assert page.url.endswith("/networks/"), page.locator("main").inner_text()


@pytest.mark.parametrize("has_script", [True, False])
def test_the_clinics_network_is_allowed_in_four_page_loads(
    chromium: Browser, founded: tuple[Fresh, list[str]], has_script: bool
) -> None:
    fresh, codes = founded
    with browser.opened(chromium, state=fresh.state, has_script=has_script) as this:
        page = this.page
        page.goto(fresh.served.url)
        loads = Loads(page)
        to_the_list(page, fresh, codes[0])
        own = page.locator('input[name="network"]').input_value()
        assert own in {"127.0.0.1/32", "::/64"}
        page.fill('input[name="name"]', "Front desk")
        press(page, ADD)
        assert len(loads) <= MOST_LOADS, loads
        assert "You are here" in page.locator("main table").inner_text()
        page.goto(urljoin(fresh.served.url, "/"))
        assert page.url == urljoin(fresh.served.url, "/"), "still in"


def test_a_list_that_would_lock_its_author_out_is_refused_with_the_way_on(
    chromium: Browser, founded: tuple[Fresh, list[str]]
) -> None:
    fresh, codes = founded
    with browser.opened(chromium, state=fresh.state) as this:
        page = this.page
        page.goto(fresh.served.url)
        to_the_list(page, fresh, codes[0])
        page.fill('input[name="network"]', "203.0.113.0/24")
        page.fill('input[name="name"]', "Branch")
        press(page, ADD)
        assert "would shut you out yourself" in page.locator("main").inner_text()
        press(page, 'main form:has(input[type="hidden"][name="network"]) button')
        assert "You are here" in page.locator("main table").inner_text()
        page.fill('input[name="network"]', "203.0.113.0/24")
        page.fill('input[name="name"]', "Branch")
        press(page, ADD)
        assert "Branch" in page.locator("main table").inner_text()
        page.goto(urljoin(fresh.served.url, "/"))
        assert page.url == urljoin(fresh.served.url, "/")
