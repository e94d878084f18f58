"""Passkeys in a real browser: Chromium's virtual authenticator unlocks them as a finger would."""

import pytest
from playwright.sync_api import Page

from tests.journeys import browser, colleagues
from tests.journeys.clinic import Clinic, press
from tests.journeys.colleagues import PASSWORD, POST, Colleague
from tests.journeys.finger import finger

pytestmark = pytest.mark.journey

BUTTON = "keepwell-passkey button"


def add(page: Page, clinic: Clinic, who: Colleague, name: str) -> None:
    page.goto(clinic.address("/account/"))
    press(page, 'main a[href="/account/passkeys/add/"]')
    colleagues.both_steps_again(page, PASSWORD, who.secret)
    page.fill('[name="name"]', name)
    press(page, BUTTON)
    assert f"Passkey: {name}" in page.locator("main").inner_text()


def sign_out(page: Page) -> None:
    page.locator('form[action="/sign-out/"] button').first.dispatch_event("click")
    page.wait_for_url("**/sign-in/**")


def test_a_passkey_is_added_signs_in_is_the_second_step_and_is_cut_off_alone(
    clinic: Clinic,
) -> None:
    sam = colleagues.come(clinic, "Sam Field", "sam@riverside.example", "member")
    with browser.opened(clinic.chromium) as this, finger(this.page):
        page = this.page
        colleagues.sign_in(page, clinic, sam)
        add(page, clinic, sam, "Laptop")
        sign_out(page)
        press(page, BUTTON)
        assert page.locator(".rail").count(), page.locator("main").inner_text()
        page.goto(clinic.address("/account/"))
        assert "with the passkey Laptop" in page.locator("main").inner_text()
        sign_out(page)
        page.fill('input[name="email"]', sam.email)
        page.fill('input[name="password"]', PASSWORD)
        press(page, POST)
        assert "/sign-in/code/" in page.url
        press(page, BUTTON)
        assert page.locator(".rail").count()
        assert this.findings == []
        with browser.opened(clinic.chromium) as other:
            elsewhere = other.page
            colleagues.sign_in(elsewhere, clinic, sam)
            elsewhere.goto(clinic.address("/account/"))
            press(elsewhere, 'main a[href^="/account/passkeys/"][href$="/remove/"]')
            colleagues.both_steps_again(elsewhere, PASSWORD, sam.secret)
            press(elsewhere, POST)
            assert "Passkey: Laptop" not in elsewhere.locator("main").inner_text()
        page.goto(clinic.address("/account/"))
        assert "/sign-in/" in page.url
        page.locator(BUTTON).click()
        page.get_by_text("did not work here").wait_for()


def test_somebody_who_gives_up_reads_what_else_works(clinic: Clinic) -> None:
    with browser.opened(clinic.chromium) as this, finger(this.page):
        page = this.page
        page.goto(clinic.address("/sign-in/"))
        page.locator(BUTTON).click()
        page.get_by_text("No passkey was used").wait_for()
        assert page.locator(BUTTON).is_enabled()


def test_without_javascript_nothing_of_it_is_shown_and_password_and_code_stay(
    clinic: Clinic,
) -> None:
    with browser.opened(clinic.chromium, has_script=False) as this:
        page = this.page
        page.goto(clinic.address("/sign-in/"))
        assert not page.locator(BUTTON).is_visible()
        assert page.locator('input[name="password"]').is_visible()
