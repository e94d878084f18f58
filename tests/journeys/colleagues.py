"""Colleagues of the demonstration who come for one journey: invited, equipped, let in."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.journeys import authenticator, browser, postbox
from tests.journeys.clinic import Clinic, accept_rules, press

POST = 'main form[method="post"] button[type="submit"]'
PASSWORD = "four plain words together"


@dataclass(frozen=True)
class Colleague:
    """Somebody who works at the clinic from now on, and what only they know."""

    name: str
    email: str
    secret: str


def both_steps_again(page: Page, password: str, secret: str) -> None:
    """Give both steps again, unless this session did so a moment ago."""
    if "/account/again/" not in page.url:
        return
    page.fill('main input[name="password"]', password)
    authenticator.type_next_code(page, secret)


def come(clinic: Clinic, name: str, email: str, role: str) -> Colleague:
    """Invite somebody, accept as that person does, and let the person in."""
    ada = clinic.demo.account("ada")
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/members/invite/"))
        page.fill('[name="name"]', name)
        page.fill('[name="email"]', email)
        page.select_option('[name="role"]', role)
        page.fill('[name="reason"]', "Begins on Monday.")
        press(page, POST)
    link = postbox.found_in_a_letter(clinic.demo.served.home, r"(https://\S+/join/\S+/)", to=email)
    with browser.opened(clinic.chromium) as this:
        page = this.page
        page.goto(link)
        page.fill('input[name="password"]', PASSWORD)
        press(page, POST)
        secret = page.locator("main .by-qr code").inner_text()
        authenticator.type_code(page, secret)
        press(page, POST)
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/members/"))
        press(page, f'tr:has-text("{name}") a[href$="/let-in/"]')
        both_steps_again(page, ada["password"], ada["totp_secret"])
        page.fill('[name="reason"]', "Badge seen at the desk.")
        press(page, POST)
    return Colleague(name, email, secret)


def sign_in(page: Page, clinic: Clinic, who: Colleague) -> None:
    """Sign in with password and a code that was not used before."""
    page.goto(clinic.address("/sign-in/"))
    page.fill('input[name="email"]', who.email)
    page.fill('input[name="password"]', PASSWORD)
    press(page, POST)
    authenticator.type_next_code(page, who.secret)
    accept_rules(page)
