"""Two people at one computer: a press makes room, a name and a finger are back on the page left."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import authenticator, axe, browser, colleagues
from tests.journeys.clinic import Clinic, press, sign_in
from tests.journeys.colleagues import PASSWORD
from tests.journeys.finger import finger

pytestmark = pytest.mark.journey

BUTTON = "keepwell-passkey button"
SWITCH = '.rail form[action="/switch/"] button'
LOOK = "/account/look/"


def add_passkey(page: Page, clinic: Clinic, secret: str) -> None:
    page.goto(clinic.address("/account/passkeys/add/"))
    colleagues.both_steps_again(page, PASSWORD, secret)
    page.fill('[name="name"]', "Front desk")
    press(page, BUTTON)


def test_a_name_and_a_finger_are_back_on_the_page_that_was_left(clinic: Clinic) -> None:
    kim = colleagues.come(clinic, "Kim Ode", "kim@riverside.example", "member")
    with browser.opened(clinic.chromium) as this, finger(this.page):
        page = this.page
        colleagues.sign_in(page, clinic, kim)
        add_passkey(page, clinic, kim.secret)
        page.goto(clinic.address(LOOK))
        other = page.context.new_page()
        other.goto(clinic.address("/inbox/"))
        page.bring_to_front()  # browsers ask for a passkey only where somebody looks
        page.evaluate("sessionStorage.setItem('kept', 'words'); localStorage.setItem('k', 'w')")
        with page.expect_response("**/switch/") as answer:
            press(page, SWITCH)
        assert answer.value.all_headers()["clear-site-data"] == '"cache", "storage"'
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0
        assert axe.violations(page) == []
        expect(page.get_by_role("heading", level=1)).to_have_text("Who works here now?")
        other.wait_for_url("**/sign-in/**")
        assert "next=" not in other.url, "whoever signs in there begins anew"
        assert other.get_by_role("button", name="Kim Ode").is_visible()
        other.close()
        page.go_back()
        assert "/sign-in/" in page.url
        page.goto(clinic.address("/sign-in/desk/"))
        press(page, ".names button")
        assert axe.violations(page) == []
        assert "kim@" not in page.content()
        press(page, BUTTON)
        assert page.url == clinic.address(LOOK)
        assert this.findings == []


def test_a_colleague_gets_in_meanwhile_and_without_javascript(clinic: Clinic) -> None:
    ben, dee = clinic.demo.account("ben"), clinic.demo.account("dee")
    with browser.opened(clinic.chromium, has_script=False) as this:
        page = this.page
        sign_in(page, clinic.url, ben, again=True)
        page.goto(clinic.address(LOOK))
        press(page, SWITCH)
        press(page, 'a:has-text("Somebody else")')
        page.fill('input[name="email"]', dee["email"])
        page.fill('input[name="password"]', dee["password"])
        press(page, 'main form[action="/sign-in/"] button')
        authenticator.type_next_code(page, dee["totp_secret"])
        press(page, SWITCH)
        shown = page.locator(".names button").all_inner_texts()
        assert len(shown) == 2
        press(page, f'.names button:has-text("{ben["name"].split()[0]}")')
        page.fill('main input[name="password"]', ben["password"])
        press(page, 'main form[action$="/password/"] button')
        authenticator.type_next_code(page, ben["totp_secret"])
        assert page.url == clinic.address(LOOK)
        page.goto(clinic.address("/account/"))
        press(page, SWITCH)
        press(page, 'form[action="/sign-in/desk/forget/"] button')
        assert page.locator(".names").count() == 0
