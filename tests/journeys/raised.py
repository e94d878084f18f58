"""The pages of more access than a role holds: asked for, in an emergency, decided, reviewed."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.journeys import atlas_ways, authenticator, browser
from tests.journeys.clinic import Clinic, press
from tests.journeys.stops import Stop

POST = 'main form[method="post"] button[type="submit"]'
WHAT_FOR, THE_EMERGENCY = "Year-end report.", "Unconscious in room 2, allergies needed."
THE_EXPORT = "Our insurer asks for the year."
NOBODYS = "00000000-0000-4000-8000-000000000000"


def walk(clinic: Clinic) -> Iterator[Stop]:
    """Let the auditor ask for more and break the glass; the owner decides and reviews."""
    with clinic.staff("dee") as this:
        page, dee = this.page, clinic.demo.account("dee")
        page.goto(clinic.address("/access/"))
        yield Stop("access-first", this)
        page.goto(clinic.address(f"/persons/{NOBODYS}/"))
        yield Stop("refused", this)
        press(page, 'main a[href^="/access/ask/"]')
        yield Stop("access-again", this)
        asked = page.url
        page.goto(f"{asked}&unsent=1")
        yield Stop("access-again-unsent", this)
        page.goto(asked)
        show_both_steps(page, dee)
        yield Stop("access-ask", this)
        press(page, POST)
        yield Stop("access-ask-errors", this)
        page.fill('[name="reason"]', WHAT_FOR)
        press(page, POST)
        yield Stop("access-asked", this)
        page.goto(clinic.address("/emergency/"))
        yield Stop("emergency-first", this)
        press(page, 'main a[href="/emergency/begin/"]')
        show_both_steps(page, dee)
        yield Stop("emergency-begin", this)
        page.fill('[name="reason"]', THE_EMERGENCY)
        press(page, POST)
        yield Stop("emergency-on", this)
        page.goto(clinic.address("/nowhere/"))
        yield Stop("emergency-error", this)
        page.goto(clinic.address("/two-persons/"))
        yield Stop("two-persons-first", this)
        page.goto(clinic.address("/trail/export/propose/?form=csv&kind=opened"))
        show_both_steps(page, dee)
        yield Stop("two-persons-propose", this)
        page.fill('[name="reason"]', THE_EXPORT)
        press(page, POST)
        yield Stop("two-persons-proposed", this)
    with clinic.staff("abe") as this:
        page = this.page
        page.goto(clinic.address("/two-persons/erase-organisation/"))
        show_both_steps(page, clinic.demo.account("abe"))
        yield Stop("two-persons-erase", this)
        page.goto(clinic.address("/two-persons/shorter-trail/"))
        yield Stop("two-persons-shorter-trail", this)
    yield from _decided(clinic)
    yield from atlas_ways.alerts(clinic)


def _decided(clinic: Clinic) -> Iterator[Stop]:
    with clinic.staff("ada") as this:
        page, ada = this.page, clinic.demo.account("ada")
        page.goto(clinic.address("/"))
        yield Stop("home-officer", this)
        page.goto(clinic.address("/access/"))
        yield Stop("access-waiting", this)
        press(page, "main td a.act-link")
        show_both_steps(page, ada)
        yield Stop("access-decide", this)
        page.fill('[name="reason"]', "She prepares it.")
        press(page, POST)
        yield Stop("access-given", this)
        press(page, "main td a.act-link")
        yield Stop("access-take-back", this)
        page.fill('[name="reason"]', "The report is written.")
        press(page, POST)  # or whoever comes after would meet an auditor with more
        page.goto(clinic.address("/emergency/"))
        yield Stop("emergency-list", this)
        press(page, "main tbody a")
        yield Stop("emergency-now", this)
        press(page, 'main form[action$="/end/"] button')
        yield Stop("emergency-review", this)
        press(page, POST)
        yield Stop("emergency-review-errors", this)
        page.check('main input[value="justified"]', force=True)
        page.fill('[name="reason"]', "The ward confirms it.")
        press(page, POST)
        yield Stop("emergency-reviewed", this)
        page.goto(clinic.address("/two-persons/"))
        yield Stop("two-persons", this)
        press(page, "main tbody a")
        show_both_steps(page, ada)
        yield Stop("two-persons-confirm", this)
        page.fill('[name="reason"]', "Agreed by telephone.")
        press(page, POST)
        yield Stop("two-persons-confirmed", this)
        page.goto(clinic.address("/emergency/minutes/"))
        yield Stop("emergency-minutes", this)
        page.goto(clinic.address("/settings/signing-out/"))
        yield Stop("signing-out", this)
        page.fill('[name="minutes"]', "3")
        press(page, POST)
        yield Stop("signing-out-errors", this)
        yield from _trust(clinic, this)
        page.goto(clinic.address("/members/officers/privacy/"))
        yield Stop("officer", this)


def _trust(clinic: Clinic, this: browser.Opened) -> Iterator[Stop]:
    page = this.page
    page.goto(clinic.address("/settings/trusted-devices/"))
    yield Stop("trusted-devices", this)
    page.check('[name="is_allowed"]')
    page.fill('[name="days"]', "31")
    press(page, POST)
    yield Stop("trusted-devices-errors", this)


def show_both_steps(page: Page, account: dict[str, str]) -> None:
    """Give both steps again if they are asked for, with a code not shown before."""
    if "/account/again/" not in page.url:
        return
    page.fill('main input[name="password"]', account["password"])
    authenticator.type_next_code(page, account["totp_secret"])
