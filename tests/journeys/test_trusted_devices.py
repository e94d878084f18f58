"""An owner allows trusted devices; a member's own browser is then asked for the password alone."""

import pytest
from playwright.sync_api import Page

from tests.journeys import authenticator, axe, browser, raised
from tests.journeys.clinic import Clinic, press

pytestmark = pytest.mark.journey

POST = 'main form button[type="submit"]'


def allow(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/settings/trusted-devices/"))
        raised.show_both_steps(page, clinic.demo.account("ada"))
        page.check('[name="is_allowed"]')
        press(page, POST)
        assert "for 7 days on a device they trust" in page.locator("main").inner_text()


def give_password(page: Page, clinic: Clinic, account: dict[str, str]) -> None:
    page.goto(clinic.address("/sign-in/"))
    page.fill('input[name="email"]', account["email"])
    page.fill('input[name="password"]', account["password"])
    press(page, POST)


def sign_out(page: Page) -> None:
    press(page, '.rail form[action="/sign-out/"] button')


def test_the_code_is_left_out_on_a_trusted_device_until_it_is_asked_for_again(
    clinic: Clinic,
) -> None:
    allow(clinic)
    ben = clinic.demo.account("ben")
    with browser.opened(clinic.chromium) as this:
        page = this.page
        give_password(page, clinic, ben)
        assert axe.violations(page) == []
        page.check('[name="trust"]')
        authenticator.type_next_code(page, ben["totp_secret"])
        sign_out(page)
        give_password(page, clinic, ben)
        assert page.url == clinic.address("/"), "no code was asked for"
        page.goto(clinic.address("/account/"))
        assert axe.violations(page) == []
        press(page, 'form[action^="/account/trusted/"] button')
        assert "asked for the code again" in page.locator("main").inner_text()
        sign_out(page)
        give_password(page, clinic, ben)
        assert page.url == clinic.address("/sign-in/code/")
        assert this.findings == []
