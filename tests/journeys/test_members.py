"""A colleague comes and goes: invited, let in, gone; with the page loads that each costs."""

import pytest
from playwright.sync_api import Page

from tests.journeys import authenticator, browser, postbox
from tests.journeys.clinic import Clinic, accept_rules, press

pytestmark = pytest.mark.journey

POST = 'main form[method="post"] button[type="submit"]'
JOIN = r"(https://\S+/join/\S+/)"
PASSWORD = "four plain words together"
MOST_TO_INVITE = 4
MOST_TO_END = 3


def go_to_members(page: Page) -> None:
    press(page, '.rail a[href="/members/"]')


def invite(clinic: Clinic, name: str, email: str, at: str = "") -> str:
    """Invite from the first page, to a location if there are several; return the letter's link."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.url)
        loads = browser.count_loads(page)
        go_to_members(page)
        press(page, 'main a[href="/members/invite/"]')
        page.fill('[name="name"]', name)
        page.fill('[name="email"]', email)
        if at:
            page.locator(f'main .choice:has-text("{at}") input').check()
        page.fill('[name="reason"]', "Begins at the front desk on Monday.")
        press(page, POST)
        assert f"{name} is invited" in page.locator("body").inner_text()
        assert len(loads) <= MOST_TO_INVITE, loads.addresses
        assert this.findings == []
    return postbox.found_in_a_letter(clinic.demo.served.home, JOIN)


def accept(page: Page, link: str) -> str:
    """Accept as somebody new does; return the app's secret."""
    page.goto(link)
    page.fill('input[name="password"]', PASSWORD)
    press(page, POST)
    secret = page.locator("main .by-qr code").inner_text()
    authenticator.type_code(page, secret)
    press(page, POST)
    assert "lets you in" in page.get_by_role("heading", level=1).inner_text()
    return secret


def prove(page: Page, account: dict[str, str]) -> None:
    """Give both steps again, unless another journey in this session did within five minutes."""
    if "/account/again/" in page.url:
        page.fill('main input[name="password"]', account["password"])
        authenticator.type_next_code(page, account["totp_secret"])


def let_in(clinic: Clinic, name: str) -> None:
    ada = clinic.demo.account("ada")
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/members/"))
        press(page, f'tr:has-text("{name}") a[href$="/let-in/"]')
        prove(page, ada)
        page.fill('[name="reason"]', "She showed her badge at the desk.")
        press(page, POST)
        assert f"{name} can sign in now" in page.locator("body").inner_text()


def sign_in(page: Page, clinic: Clinic, email: str, secret: str) -> None:
    page.goto(clinic.address("/sign-in/"))
    page.fill('input[name="email"]', email)
    page.fill('input[name="password"]', PASSWORD)
    press(page, POST)
    authenticator.type_next_code(page, secret)
    accept_rules(page)


def end(clinic: Clinic, name: str) -> str:
    """End somebody's access from the first page; return what the report says."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.url)
        loads = browser.count_loads(page)
        go_to_members(page)
        press(page, f'tr:has-text("{name}") a[href$="/left/"]')
        page.fill('[name="reason"]', "Her last day was yesterday.")
        press(page, POST)
        assert page.url.endswith("/report/")
        assert len(loads) <= MOST_TO_END, loads.addresses
        assert this.findings == []
        return page.locator("main").inner_text()


def test_a_colleague_is_invited_let_in_and_leaves(clinic: Clinic) -> None:
    name, email = "Noa Brandt", "noa@riverside.example"
    link = invite(clinic, name, email)
    with browser.opened(clinic.chromium) as this:
        page = this.page
        secret = accept(page, link)
        page.goto(clinic.address("/inbox/"))
        assert "/sign-in/" in page.url
        let_in(clinic, name)
        sign_in(page, clinic, email, secret)
        page.goto(clinic.address("/inbox/"))
        assert page.locator(".rail").count()
        said = end(clinic, name)
        for words in ("Membership", "Session", "Chrome"):
            assert words in said, said
        page.goto(clinic.address("/inbox/"))
        assert "/sign-in/" in page.url
        assert "was ended" in page.locator("main").inner_text()
        page.go_back()
        assert page.locator(".rail").count() == 0
        assert this.findings == []


def add_location(page: Page, clinic: Clinic, name: str) -> None:
    page.goto(clinic.address("/settings/locations/add/"))
    page.fill('[name="name"]', name)
    press(page, POST)


def test_a_colleague_of_one_location_is_invited_and_sees_that_location_only(
    clinic: Clinic,
) -> None:
    name, email = "Lior Hahn", "lior@riverside.example"
    with clinic.staff("ada") as this:
        add_location(this.page, clinic, "Lakeside")
    link = invite(clinic, name, email, at="Lakeside")
    with browser.opened(clinic.chromium) as this:
        page = this.page
        secret = accept(page, link)
        let_in(clinic, name)
        sign_in(page, clinic, email, secret)
        page.goto(clinic.address("/forms/"))
        assert page.locator('main a[href^="/forms/"]').count()
        move_forms(clinic, to="Riverside")
        page.goto(clinic.address("/forms/"))
        assert page.locator('main a[href^="/forms/"]').count() == 0
        move_forms(clinic, to="All")
        assert this.findings == []
    end(clinic, name)
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/settings/locations/"))
        assert "Lakeside" in page.locator("main").inner_text()
        press(page, 'tr:has-text("Lakeside") a[href$="/close/"]')
        page.fill('[name="reason"]', "The lease ended.")
        press(page, POST)
        assert "Closed" in page.locator("main").inner_text()


def move_forms(clinic: Clinic, *, to: str) -> None:
    """Move every form to one location, or to all."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/forms/"))
        found = page.locator('main a[href^="/forms/"]').evaluate_all("all => all.map(a => a.href)")
        for address in sorted({one for one in found if not one.endswith("/upload/")}):
            page.goto(f"{address}locations/")
            for box in page.locator('[name="locations"]').all():
                box.uncheck()
            page.locator(f'main .choice:has-text("{to}") input').first.check()
            press(page, POST)


def test_everything_works_without_javascript(clinic: Clinic) -> None:
    link = invite(clinic, "Ira Weiss", "ira@riverside.example")
    with browser.opened(clinic.chromium, has_script=False) as this:
        accept(this.page, link)
    with clinic.staff("ada", has_script=False) as this:
        page = this.page
        page.goto(clinic.address("/members/"))
        press(page, 'tr:has-text("Ira Weiss") a[href$="/left/"]')
        page.fill('[name="reason"]', "Invited by mistake.")
        press(page, POST)
        assert "What ended, and when" in page.locator("main").inner_text()
