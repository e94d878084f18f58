"""The owner's first minutes: `keepwell serve` on an empty folder, and a browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser

from tests.journeys import browser
from tests.journeys.clinic import Clinic, accept_rules, press, sign_in
from tests.journeys.fresh import OWNER, Fresh
from tests.serving import serving

pytestmark = pytest.mark.journey

POST = 'main form[method="post"] button[type="submit"]'


@pytest.fixture(scope="module")
def founded(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Serve an empty folder and let its owner set it up with what was printed."""
    with serving(Path(tmp_path_factory.mktemp("empty")) / "home") as running:
        fresh = Fresh(running)
        with browser.opened(chromium) as this:
            this.page.goto(fresh.link)
            fresh.found(this.page)
            assert "Add your second step" in this.page.locator("main").inner_text()
            fresh.add_second_step(this.page)
            assert this.page.locator("ol.recovery li").count() == 10
            press(this.page, POST)
            asked = this.page.locator("main").inner_text()
            assert "Terms of Keepwell" in asked
            assert "Rules of use" in asked
            accept_rules(this.page)
            assert this.page.url == urljoin(running.url, "/")
            assert "Good" in this.page.get_by_role("heading", level=1).inner_text()
            assert this.findings == []
            fresh.state = this.page.context.storage_state()
        yield fresh


def test_the_owner_arrives_at_the_first_steps_of_the_new_organisation(
    chromium: Browser, founded: Fresh
) -> None:
    with browser.opened(chromium, state=founded.state) as this:
        this.page.goto(founded.served.url)
        assert "First steps" in this.page.locator("main").inner_text()
        assert OWNER["organisation"] in this.page.title()


def test_the_link_is_used_up(chromium: Browser, founded: Fresh) -> None:
    with browser.opened(chromium) as this:
        answer = this.page.goto(founded.link)
        assert answer is not None
        assert answer.status in {404, 410}
        assert "no longer works" in this.page.locator("main").inner_text()


def test_a_password_alone_opens_no_page(chromium: Browser, founded: Fresh) -> None:
    with browser.opened(chromium) as this:
        page = this.page
        page.goto(urljoin(founded.served.url, "/sign-in/"))
        page.fill('input[name="email"]', OWNER["email"])
        page.fill('input[name="password"]', OWNER["password"])
        press(page, POST)
        for path in ("/", "/inbox/", "/trail/", "/account/", "/second-step/recovery-codes/"):
            page.goto(urljoin(founded.served.url, path))
            assert "/sign-in/" in page.url, path
            assert page.locator(".rail").count() == 0, path


def test_after_signing_out_the_back_button_shows_nothing(clinic: Clinic) -> None:
    with browser.opened(clinic.chromium) as this:
        page = this.page
        sign_in(page, clinic.url, clinic.demo.account("cy"))
        page.goto(clinic.address("/inbox/"))
        page.goto(clinic.address("/members/"))
        assert "Cy Hartmann" in page.content()
        press(page, 'form[action="/sign-out/"] button')
        for _ in range(3):
            page.go_back()
            assert page.url.startswith(clinic.address("/sign-in/"))
            assert "Cy Hartmann" not in page.content()
        assert not [one for one in page.context.cookies() if "session" in str(one["name"])]
