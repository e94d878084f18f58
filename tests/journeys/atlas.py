"""Every page of Keepwell, in the order in which people come to them.

`walk` really goes there, acting as each person would, and stops at every page with a name; whoever
walks along looks at it: axe-core, another language, a camera. Buttons are found by what they do,
never by their words, so the walk works in any language.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page

from tests.journeys import atlas_ways, authenticator, browser, raised
from tests.journeys.answering import START, Patient
from tests.journeys.clinic import SAMPLES, Clinic, press, publish
from tests.journeys.fresh import Fresh
from tests.journeys.postbox import found_in_a_letter, newest_text
from tests.journeys.stops import Stop
from tests.serving import keepwell

OPEN = "main button.sealing"
POST = 'main form[method="post"] button[type="submit"]'
SUBMIT = 'main form button[type="submit"]'
QUESTIONNAIRE = SAMPLES / "smartforms__CVD-Risk-2023.json"
JOIN = r"(https://\S+/join/\S+/)"
IRA, IRA_NAME = "ira.weiss@riverside.example", "Ira Weiss"
HILL = {
    "name": "Hillside",
    "telephone": "+1 555 0177",
    "hours": "Tuesdays, 9 am to noon",
    "address": "4 Hill Street",
}
BROKEN = Path(__file__).parent / "specimens" / "broken.json"


def walk(clinic: Clinic, fresh: Fresh) -> Iterator[Stop]:
    """Go everywhere once, beginning with an installation that nobody has set up yet."""
    yield from _set_up(clinic, fresh)
    yield from _sign_in(clinic)
    yield from _patient(clinic)
    yield from _forms(clinic)
    yield from _arrived(clinic)
    yield from _people(clinic)
    yield from _record(clinic)
    yield from _account(clinic, fresh)
    yield from _members(clinic)
    yield from _locations(clinic)
    yield from atlas_ways.consent(clinic)
    yield from atlas_ways.desk(clinic)
    yield from raised.walk(clinic)
    yield from _others(clinic)


def _set_up(clinic: Clinic, fresh: Fresh) -> Iterator[Stop]:
    with browser.opened(clinic.chromium) as this:
        page = this.page
        page.goto(fresh.link)
        yield Stop("set-up", this)
        press(page, SUBMIT)
        yield Stop("set-up-errors", this)
        fresh.found(page)
        yield Stop("second-step-new", this)
        page.fill('input[name="code"]', "000000")
        press(page, POST)
        yield Stop("second-step-new-wrong", this)
        fresh.add_second_step(page)
        yield Stop("recovery-codes", this)
        yield from atlas_ways.accepting(this)
        yield Stop("home-first", this)
        for name in ("inbox", "forms", "persons", "members"):
            page.goto(urljoin(fresh.served.url, f"/{name}/"))
            yield Stop(f"{name}-first", this)
        fresh.state = page.context.storage_state()


def _sign_in(clinic: Clinic) -> Iterator[Stop]:
    account = clinic.demo.account("ben")
    with browser.opened(clinic.chromium) as this:
        page = this.page
        page.goto(clinic.address("/sign-in/"))
        yield Stop("sign-in", this)
        page.fill('input[name="email"]', account["email"])
        page.fill('input[name="password"]', "not this one")
        press(page, SUBMIT)
        yield Stop("sign-in-wrong", this)
        page.fill('input[name="email"]', account["email"])
        page.fill('input[name="password"]', account["password"])
        press(page, SUBMIT)
        yield Stop("second-step", this)
        page.fill('input[name="code"]', "000000")
        press(page, SUBMIT)
        yield Stop("second-step-wrong", this)
        page.goto(clinic.address("/sign-in/recovery-code/"))
        yield Stop("recovery-code", this)
        page.goto(clinic.address("/password/forgotten/"))
        yield Stop("password-forgotten", this)
        page.fill('input[name="email"]', account["email"])
        press(page, SUBMIT)
        yield Stop("password-link-sent", this)
        page.goto(_mailed(clinic))
        yield Stop("password-new", this)
        page.goto(clinic.address("/password/new/nonsense/"))
        yield Stop("password-link-gone", this)
        page.goto(clinic.address("/set-up/nonsense/"))
        yield Stop("set-up-link-gone", this)


def _mailed(clinic: Clinic) -> str:
    """Return the link of the mail that was sent last."""
    text = newest_text(clinic.demo.served.home)
    found = re.search(r"https://\S+/password/new/\S+/", text)
    assert found is not None, text
    return found[0]


def _patient(clinic: Clinic) -> Iterator[Stop]:
    with browser.opened(clinic.chromium) as this:
        page, patient = this.page, Patient(this.page)
        page.goto(clinic.form_link)
        yield Stop("patient-start", this)
        patient.begin()
        yield Stop("patient-page", this)
        patient.go_on()
        yield Stop("patient-page-errors", this)
        patient.answer_page()
        yield Stop("patient-page-choices", this)
        page.goto(clinic.form_link)
        yield Stop("patient-continue", this)
        press(page, "main .acts a.button")
        for number, _ in enumerate(patient.pages()):
            if number:
                yield Stop(f"patient-page-{number + 2}", this)
        yield Stop("patient-check", this)
        press(page, 'main a[href$="/leave/"]')
        yield Stop("patient-leave", this)
        page.goto(clinic.form_link + "check/")
        patient.send()
        yield Stop("patient-done", this)
        patient.begin_anew()
        page.goto(clinic.form_link + "check/")
        yield Stop("patient-check-missing", this)
        page.goto(clinic.form_link + "leave/")
        press(page, POST)
        yield Stop("patient-left", this)
        page.goto(clinic.address("/f/0000000000000000000000000Z/"))
        yield Stop("patient-link-unknown", this)
    yield from _patient_refused(clinic)


def _patient_refused(clinic: Clinic) -> Iterator[Stop]:
    with browser.opened(clinic.chromium) as this:
        this.page.goto(clinic.form_link)
        this.page.context.clear_cookies()
        press(this.page, START)
        yield Stop("patient-csrf", this)


def _forms(clinic: Clinic) -> Iterator[Stop]:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/forms/upload/"))
        yield Stop("form-upload", this)
        page.set_input_files('input[name="definition"]', BROKEN)
        press(page, POST)
        yield Stop("form-upload-refused", this)
        page.set_input_files('input[name="definition"]', QUESTIONNAIRE)
        press(page, POST)
        yield Stop("form-preview", this)
        press(page, 'a[href$="/publish/"]')
        yield Stop("form-publish", this)
        press(page, POST)
        yield Stop("form", this)
        address = page.url
        link = page.locator("[id=link_1]").input_value()
        page.locator("details summary").first.click()
        yield Stop("form-website", this)
        press(page, 'a[href$="/poster/"]')
        yield Stop("form-poster", this)
        page.goto(address)
        press(page, 'main a[href$="/upload/"]')
        yield Stop("form-upload-version", this)
        page.goto(address)
        press(page, 'a[href$="/revoke/"]')
        yield Stop("form-link-withdraw", this)
        press(page, POST)
        yield Stop("form-link-withdrawn", this)
        page.goto(clinic.address("/forms/"))
        yield Stop("forms", this)
        page.goto(link)
        yield Stop("patient-link-withdrawn", this)


def _arrived(clinic: Clinic) -> Iterator[Stop]:
    with clinic.staff("ada") as this:
        link = publish(this.page, clinic.url, SAMPLES / "hl7sdc__CardiologyForm.json")
    with browser.opened(clinic.chromium) as this:
        patient = Patient(this.page)
        patient.begin(link)
        for _ in patient.pages():
            if this.page.locator(".file").count():
                yield Stop("patient-page-file", this)
        yield Stop("patient-check-long", this)
        patient.send()
    with clinic.staff("ben") as this:
        page = this.page
        page.goto(clinic.address("/"))
        yield Stop("home", this)
        page.goto(clinic.address("/inbox/"))
        yield Stop("inbox", this)
        press(page, "tbody a")
        yield Stop("submission-sealed", this)
        press(page, OPEN)
        yield Stop("submission-long", this)
        page.goto(clinic.address("/inbox/"))
        press(page, 'tbody tr:has-text("Rosa") a')
        press(page, OPEN)
        yield Stop("submission", this)
        page.goto(clinic.address("/inbox/?reference=KW-0000-0000"))
        yield Stop("inbox-nothing-found", this)


def _people(clinic: Clinic) -> Iterator[Stop]:
    with clinic.staff("ada") as this:
        page = this.page
        yield from atlas_ways.adding(clinic, this)
        page.goto(clinic.address("/persons/"))
        yield Stop("persons", this)
        press(page, POST)
        yield Stop("persons-errors", this)
        page.fill('[name="name"]', "pat winters")
        page.fill('[name="born"]', "1984-03-10")
        press(page, POST)
        yield Stop("persons-nobody", this)
        page.fill('[name="born"]', "1984-03-09")
        press(page, POST)
        yield Stop("persons-found", this)
        press(page, 'tbody tr:has-text("Pat Winters") a')
        yield Stop("person-sealed", this)
        press(page, OPEN)
        yield Stop("person", this)
        address = page.url
        press(page, 'main a[href*="/join/"]')
        yield Stop("person-join", this)
        press(page, POST)
        yield Stop("person-join-errors", this)
        page.fill('[name="reason"]', "Same insurance number on both.")
        press(page, POST)
        page.goto(address)
        yield Stop("person-joined", this)
        press(page, 'main a[href$="/undo/"]')
        yield Stop("person-join-undo", this)
        yield from atlas_ways.report(clinic, this, address.split("?")[0])
        page.goto(address)
        yield from _exported(clinic, this)
        page.goto(address)
        press(page, 'main a[href$="/erase/"]')
        raised.show_both_steps(page, clinic.demo.account("ada"))
        yield Stop("person-erase", this)
        page.fill('[name="reason"]', "Asked for it in person.")
        press(page, POST)
        while "?now" in page.url and not page.locator("dl.facts").count():
            page.reload()  # the entry is still on its way to the trail
        yield Stop("person-erased", this)


def _exported(clinic: Clinic, this: browser.Opened) -> Iterator[Stop]:
    page = this.page
    press(page, 'main a[href$="/export/"]')
    raised.show_both_steps(page, clinic.demo.account("ada"))
    yield Stop("person-export", this)
    press(page, POST)
    yield Stop("person-export-errors", this)
    page.fill('[name="reason"]', "Asked for a copy at the desk.")
    press(page, POST)
    yield Stop("person-exported", this)


def _record(clinic: Clinic) -> Iterator[Stop]:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/trail/"))
        yield Stop("trail", this)
        page.goto(clinic.address("/trail/?kind=opened"))
        yield Stop("trail-opened", this)
        press(page, "ol.timeline a.line")
        yield Stop("trail-entry", this)
        page.goto(clinic.address("/trail/?about=nonsense"))
        yield Stop("trail-nonsense", this)
        page.goto(clinic.address("/trail/?kind=refused"))
        page.locator("details", has=page.locator('[name="asked"]')).locator("summary").click()
        page.fill('main [name="name"]', "Refused")
        press(page, 'main form[action$="/views/"] button')
        page.locator("details", has=page.locator('[name="asked"]')).locator("summary").click()
        yield Stop("trail-view-saved", this)
        page.goto(clinic.address("/holdings/"))
        yield Stop("holdings", this)
        page.goto(clinic.address("/safeguards/"))
        yield Stop("safeguards", this)
        page.goto(clinic.address("/members/"))
        yield Stop("members", this)
        page.goto(clinic.address("/networks/"))
        yield Stop("networks", this)
        page.goto(clinic.address("/account/again/networks/"))  # also if the steps were just shown
        yield Stop("networks-again", this)
        page.goto(clinic.address("/jobs/"))
        yield Stop("jobs", this)
        page.goto(clinic.address("/mail/"))
        yield Stop("mail", this)
        press(page, POST)
        yield Stop("mail-tested", this)
        press(page, 'main td a, main th a[href*="/letters/"]')
        yield Stop("mail-letter", this)
        page.goto(clinic.address("/settings/"))
        yield Stop("settings", this)
        page.fill('input[name="telephone"]', "")
        press(page, POST)
        yield Stop("settings-errors", this)


def _account(clinic: Clinic, fresh: Fresh) -> Iterator[Stop]:
    """Walk with the owner of the new installation, whose last code is long used by now."""
    with browser.opened(clinic.chromium, state=fresh.state) as this:
        page = this.page
        page.goto(urljoin(fresh.served.url, "/account/"))
        yield Stop("account", this)
        yield from atlas_ways.look(this)
        page.goto(urljoin(fresh.served.url, "/account/password/"))
        yield Stop("account-password", this)
        press(page, POST)
        yield Stop("account-password-errors", this)
        page.goto(urljoin(fresh.served.url, "/account/again/app/"))
        yield Stop("account-again", this)
        page.fill('main input[name="password"]', fresh.account["password"])
        authenticator.type_code(page, fresh.secret)
        yield Stop("account-app", this)
        yield from atlas_ways.passkeys(this, fresh)
        yield from _networks(this, fresh)
    yield from _lost_second_step(clinic, fresh)


def _networks(this: browser.Opened, fresh: Fresh) -> Iterator[Stop]:
    """Walk while both steps are freshly shown."""
    page, add = this.page, 'main form[action="/networks/add/"] button[type="submit"]'
    page.goto(urljoin(fresh.served.url, "/networks/"))
    yield Stop("networks-first", this)
    press(page, add)
    yield Stop("networks-errors", this)
    page.fill('[name="network"]', "203.0.113.0/24")
    page.fill('[name="name"]', "Branch in Springfield")
    press(page, add)
    yield Stop("networks-refused", this)
    press(page, 'main form:has(input[type="hidden"][name="network"]) button')
    yield Stop("networks-listed", this)
    press(page, "main tbody a")
    yield Stop("network", this)


def _lost_second_step(clinic: Clinic, fresh: Fresh) -> Iterator[Stop]:
    """Follow the link that the console makes for an owner."""
    asked = ("access", "second-factor", "reset", "--email", fresh.account["email"])
    made = keepwell(fresh.served.home, *asked, "--reason", "Phone and codes lost")
    found = re.search(r"https://\S+(/second-step/lost/\S+)", made.stdout)
    assert found is not None, made.stderr
    with browser.opened(clinic.chromium) as this:
        page = this.page
        page.goto(urljoin(fresh.served.url, found[1]))
        yield Stop("second-step-lost", this)
        page.fill('input[type="password"]', fresh.account["password"])
        press(page, POST)
        yield Stop("second-step-replacement", this)
        page.goto(urljoin(fresh.served.url, "/second-step/lost/nonsense/"))
        yield Stop("second-step-link-gone", this)


def _members(clinic: Clinic) -> Iterator[Stop]:
    """Let a colleague come and go; Ada's last code is long used by now."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/members/invite/"))
        yield Stop("invite", this)
        press(page, POST)
        yield Stop("invite-errors", this)
        page.fill('[name="name"]', IRA_NAME)
        page.fill('[name="email"]', IRA)
        page.fill('[name="reason"]', "Begins at the front desk on Monday.")
        press(page, POST)
        yield Stop("members-invited", this)
    link = found_in_a_letter(clinic.demo.served.home, JOIN)
    yield from _joining(clinic, link)
    with clinic.staff("ada") as this:
        page, ada = this.page, clinic.demo.account("ada")
        page.goto(clinic.address("/members/"))
        yield Stop("members-waiting", this)
        let_in = page.locator('main a[href$="/let-in/"]').first.get_attribute("href")
        page.goto(clinic.address(f"/account/again/members/?next={let_in}"))  # also if just shown
        yield Stop("members-again", this)
        raised.show_both_steps(page, ada)
        yield Stop("member-let-in", this)
        page.fill('[name="reason"]', "Asked at the desk.")
        press(page, POST)
        press(page, 'tr:has-text("Ira") a[href$="/role/"]')
        yield Stop("member-role", this)
        yield from atlas_ways.lost_phone(clinic, this, IRA)
        yield from atlas_ways.signed_out(clinic, this)
        press(page, 'tr:has-text("Ira") a[href$="/left/"]')
        yield Stop("member-left", this)
        page.fill('[name="reason"]', "Began elsewhere.")
        press(page, POST)
        yield Stop("member-report", this)
        page.goto(clinic.address("/members/"))
        yield Stop("members-left", this)
        press(page, 'main a[href$="/let-back-in/"]')
        yield Stop("member-let-back-in", this)


def _joining(clinic: Clinic, link: str) -> Iterator[Stop]:
    with browser.opened(clinic.chromium) as this:
        page = this.page
        page.goto(link)
        yield Stop("join", this)
        press(page, POST)
        yield Stop("join-errors", this)
        page.fill('input[name="password"]', "four plain words together")
        press(page, POST)
        secret = page.locator("main .by-qr code").inner_text()
        authenticator.type_code(page, secret)
        press(page, POST)
        yield Stop("join-waiting", this)
        page.goto(clinic.address("/password/forgotten/"))
        page.fill('input[name="email"]', IRA)
        press(page, SUBMIT)
        page.goto(clinic.address("/sign-in/"))
        page.fill('input[name="email"]', IRA)
        page.fill('input[name="password"]', "four plain words together")
        press(page, SUBMIT)
        page.goto(link)
        yield Stop("join-link-gone", this)


def _locations(clinic: Clinic) -> Iterator[Stop]:
    """A second location: a form and a colleague belong to it, and it closes again."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/settings/locations/add/"))
        yield Stop("location-add", this)
        press(page, POST)
        yield Stop("location-add-errors", this)
        for name, value in HILL.items():
            page.fill(f'[name="{name}"]', value)
        press(page, POST)
        page.goto(clinic.address("/settings/locations/"))
        yield Stop("locations", this)
        _go_to_demo_form(page, clinic)
        press(page, 'main a[href$="/locations/"]')
        yield Stop("form-locations", this)
        page.locator('[name="locations"]').nth(0).uncheck()
        page.locator('main .choice:has-text("Hillside") input').check()
        press(page, POST)
        yield Stop("form-of-a-location", this)
        yield from atlas_ways.kept(this)
        page.goto(clinic.form_link)
        yield Stop("patient-start-of-a-location", this)
        page.goto(clinic.address("/members/invite/"))
        yield Stop("member-invite-to-locations", this)
        page.goto(clinic.address("/settings/locations/"))
        press(page, 'tr:has-text("Hillside") a[href$="/close/"]')
        raised.show_both_steps(page, clinic.demo.account("ada"))
        yield Stop("location-close", this)
        page.locator('[name="move_to"]').first.check()
        page.fill('[name="reason"]', "The lease ended.")
        press(page, POST)
        yield Stop("locations-closed", this)


def _go_to_demo_form(page: Page, clinic: Clinic) -> None:
    """Open the page of the form whose link patients of the demonstration follow."""
    page.goto(clinic.address("/forms/"))
    forms = page.locator('main a[href^="/forms/"]').evaluate_all("all => all.map(a => a.href)")
    for address in forms:
        page.goto(address)
        links = page.locator('[id^="link_"]').evaluate_all("all => all.map(one => one.value)")
        if clinic.form_link in links:
            return
    raise LookupError("No form has this link.")


def _others(clinic: Clinic) -> Iterator[Stop]:
    with clinic.staff("dee") as this:
        page = this.page
        for name in ("", "inbox", "persons", "trail"):
            page.goto(clinic.address(f"/{name}/" if name else "/"))
            yield Stop(f"auditor-{name or 'home'}", this)
        page.goto(clinic.address("/settings/"))
        yield Stop("error-403", this)
        page.goto(clinic.address("/nowhere/"))
        yield Stop("error-404", this)
        page.goto(clinic.address("/sign-out/"))
        yield Stop("error-405", this)
