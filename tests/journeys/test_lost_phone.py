"""A phone is lost: an administrator starts the replacement, a second one confirms, it is used."""

import pytest

from tests.journeys import authenticator, browser, colleagues, postbox
from tests.journeys.clinic import Clinic, press
from tests.journeys.colleagues import PASSWORD, POST, Colleague

pytestmark = pytest.mark.journey

MOST_TO_START = 4
LINK = r"(https://\S+/second-step/lost/\S+/)"


def start(clinic: Clinic, lou: Colleague, *, has_script: bool = True) -> str:
    """Start it from the first page; return the link of the letter."""
    ada = clinic.demo.account("ada")
    with clinic.staff("ada", has_script=has_script) as this:
        page = this.page
        page.goto(clinic.url)
        loads = browser.count_loads(page)
        press(page, '.rail a[href="/members/"]')
        press(page, f'tr:has-text("{lou.name}") a[href$="/second-step/"]')
        colleagues.both_steps_again(page, ada["password"], ada["totp_secret"])
        page.select_option('[name="check"]', "in-person")
        page.fill('[name="reason"]', "Lost on the train; passport seen at the desk.")
        press(page, POST)
        assert f"{lou.name} gets a letter" in page.locator("body").inner_text()
        assert len(loads) <= MOST_TO_START, loads.addresses
        assert this.findings == []
    return postbox.found_in_a_letter(clinic.demo.served.home, LINK, to=lou.email)


def confirm(clinic: Clinic, lou: Colleague) -> None:
    """Let somebody who has worked here for a while look again: a newcomer's word would not do."""
    abe = clinic.demo.account("abe")
    with clinic.staff("abe") as this:
        page = this.page
        page.goto(clinic.address("/members/"))
        press(page, f'tr:has-text("{lou.name}") a[href$="/confirm/"]')
        colleagues.both_steps_again(page, abe["password"], abe["totp_secret"])
        page.select_option('[name="check"]', "called-back")
        page.fill('[name="reason"]', "Called on the number in the file.")
        press(page, POST)
        assert "Confirmed" in page.locator("body").inner_text()
        assert this.findings == []


def test_a_lost_phone_is_replaced_with_two_colleagues_and_the_old_sessions_end(
    clinic: Clinic,
) -> None:
    lou = colleagues.come(clinic, "Lou Marsh", "lou@riverside.example", "member")
    with browser.opened(clinic.chromium) as old:
        colleagues.sign_in(old.page, clinic, lou)
        link = start(clinic, lou)
        old.page.goto(clinic.address("/account/"))
        assert "asked for a new second step" in old.page.locator("main").inner_text()
        with browser.opened(clinic.chromium) as this:
            page = this.page
            page.goto(link)
            assert "not open yet" in page.locator("main").inner_text()
            confirm(clinic, lou)
            page.reload()
            page.fill('input[name="password"]', PASSWORD)
            press(page, POST)
            secret = page.locator("main .by-qr code").inner_text()
            authenticator.type_code(page, secret)
            press(page, POST)
            assert page.locator(".rail").count()
            assert this.findings == []
        old.page.goto(clinic.address("/account/"))
        assert "/sign-in/" in old.page.url


def test_it_is_started_and_stopped_without_javascript(clinic: Clinic) -> None:
    ria = colleagues.come(clinic, "Ria Holt", "ria@riverside.example", "member")
    link = start(clinic, ria, has_script=False)
    with clinic.staff("ada", has_script=False) as this:
        page = this.page
        page.goto(clinic.address("/members/"))
        press(page, f'tr:has-text("{ria.name}") form[action$="/second-step/stop/"] button')
        assert "stopped" in page.locator("body").inner_text()
        page.goto(link)
        assert "no longer works" in page.locator("main").inner_text()
