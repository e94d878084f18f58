"""Ways of their own over all pages: a lost phone, passkeys, a notice, alerts, a report."""

from collections.abc import Iterator
from urllib.parse import urljoin

from playwright.sync_api import Page

from tests.journeys import browser
from tests.journeys.answering import Patient
from tests.journeys.clinic import SAMPLES, Clinic, accept_rules, press, publish
from tests.journeys.finger import finger
from tests.journeys.fresh import Fresh
from tests.journeys.postbox import found_in_a_letter
from tests.journeys.stops import Stop

BORN = ("9", "3", "1984")  # of the demo's Pat Winters
POST_BORN = 'main form.question button[type="submit"]'
POST = 'main form[method="post"] button[type="submit"]'
QUESTIONNAIRE = SAMPLES / "hl7sdc__extract-complex-template.json"
PASSKEY = "Front desk"
ALERT = 'main .alert a:has-text("Dee Lindqvist")'  # a name is no word to translate
NOTICE = "# Your rights\nYou may see who opened what you sent."
SETTLED = "Reviewed: the ward confirms it."
ANSWERS = "He answers the complaint."
KEPT = "Only one of us talks with them."
TOLD = {
    "recipient": "County health department",
    "what": "One culture of October.",
    "purpose": "Reportable disease.",
}


def lost_phone(clinic: Clinic, this: browser.Opened, email: str) -> Iterator[Stop]:
    """Start a new second step for the colleague of this address, and look at its link."""
    page = this.page
    page.goto(clinic.address("/members/"))
    press(page, 'tr:has-text("Ira") a[href$="/second-step/"]')
    yield Stop("second-step-start", this)
    press(page, POST)
    yield Stop("second-step-start-errors", this)
    page.select_option('[name="check"]', "in-person")
    page.fill('[name="reason"]', "Lost on the train; passport seen at the desk.")
    press(page, POST)
    yield Stop("members-second-step", this)
    page.goto(page.url + _confirm_path(page))
    yield Stop("second-step-confirm", this)
    link = found_in_a_letter(
        clinic.demo.served.home, r"(https://\S+/second-step/lost/\S+/)", to=email
    )
    with browser.opened(clinic.chromium) as theirs:
        theirs.page.goto(link)
        yield Stop("second-step-not-yet", theirs)
        theirs.page.goto(clinic.address("/sign-in/"))


def signed_out(clinic: Clinic, this: browser.Opened) -> Iterator[Stop]:
    """End all sessions of a colleague; arrive at the list of members."""
    page = this.page
    page.goto(clinic.address("/members/"))
    press(page, 'tr:has-text("Ira") a[href$="/sign-out/"]')
    yield Stop("member-sign-out", this)
    press(page, POST)
    yield Stop("member-sign-out-errors", this)
    page.fill('[name="reason"]', "Left a tablet on the bus.")
    press(page, POST)
    yield Stop("members-signed-out", this)


def kept(this: browser.Opened) -> Iterator[Stop]:
    """Keep what arrives through the form on the page for one colleague, then for all again."""
    page, form = this.page, this.page.url
    press(page, 'main a[href$="/colleagues/"]')
    yield Stop("form-colleagues", this)
    page.locator('[name="who"]').nth(1).check()
    press(page, POST)
    yield Stop("form-colleagues-errors", this)
    page.locator('[name="members"]').nth(1).check()
    page.fill('[name="reason"]', KEPT)
    press(page, POST)
    yield Stop("form-kept", this)
    page.goto(urljoin(form, "/inbox/"))
    yield Stop("inbox-without-what-is-kept", this)
    page.goto(form)
    press(page, 'main a[href$="/colleagues/"]')
    page.locator('[name="who"]').first.check()
    page.fill('[name="reason"]', KEPT)
    press(page, POST)


def look(this: browser.Opened) -> Iterator[Stop]:
    """Choose the other colours and less room, see a page so, and choose the usual again."""
    page, account = this.page, this.page.url
    press(page, 'main a[href$="/look/"]')
    yield Stop("account-look", this)
    for theme, density in (("dark", "compact"), ("", "")):
        page.check(f'[name="theme"][value="{theme}"]', force=True)
        page.check(f'[name="density"][value="{density}"]', force=True)
        press(page, POST)
        if theme:
            page.goto(urljoin(account, "/members/"))
            yield Stop("members-dark-and-compact", this)
            page.goto(urljoin(account, "/account/look/"))
    page.goto(account)
    yield from language(this)
    yield from letters(this)


def language(this: browser.Opened) -> Iterator[Stop]:
    """Choose another way to write dates, and see the keys."""
    page, account = this.page, this.page.url
    press(page, 'main a[href$="/language/"]')
    yield Stop("account-language", this)
    page.check('[name="language"][value="en-gb"]', force=True)
    press(page, POST)
    page.check('[name="language"][value=""]', force=True)
    press(page, POST)
    page.goto(account)
    press(page, 'main a[href$="/keyboard/"]')
    yield Stop("account-keyboard", this)
    page.goto(account)


def letters(this: browser.Opened) -> Iterator[Stop]:
    """Choose the daily summary, stop it again, and come by the link of a letter."""
    page, account = this.page, this.page.url
    press(page, 'main a[href$="/notifications/"]')
    yield Stop("account-notifications", this)
    for choice in ("yes", ""):
        page.check(f'[name="summary"][value="{choice}"]', force=True)
        press(page, POST)
    page.click("main details summary")
    yield Stop("account-notifications-chosen", this)
    page.goto(urljoin(account, "/unsubscribe/of-any-letter/"))
    yield Stop("unsubscribe", this)
    press(page, POST)
    yield Stop("unsubscribed", this)
    page.goto(account)


def passkeys(this: browser.Opened, fresh: Fresh) -> Iterator[Stop]:
    """Add a passkey and remove it again, while both steps are freshly shown."""
    page = this.page
    page.goto(urljoin(fresh.served.url, "/account/passkeys/add/"))
    yield Stop("passkey-add", this)
    with finger(page):
        page.fill('[name="name"]', PASSKEY)
        press(page, "keepwell-passkey button")
        yield Stop("account-passkey", this)
        press(page, 'main a[href^="/account/passkeys/"][href$="/remove/"]')
        yield Stop("passkey-remove", this)
        press(page, POST)


def accepting(this: browser.Opened) -> Iterator[Stop]:
    """Keep the codes, then accept terms and rules at the first sign-in, after forgetting to."""
    press(this.page, POST)
    yield Stop("accept", this)
    press(this.page, POST)
    yield Stop("accept-errors", this)
    accept_rules(this.page)


def rules(clinic: Clinic) -> Iterator[Stop]:
    """Look at the rules as the owner does, and as a colleague."""
    with clinic.staff("ada") as this:
        this.page.goto(clinic.address("/settings/rules/"))
        yield Stop("rules", this)
    with clinic.staff("ben") as this:
        this.page.goto(clinic.address("/account/rules/"))
        yield Stop("account-rules", this)


def consent(clinic: Clinic) -> Iterator[Stop]:
    """See the rules of use and the notice of the clinic."""
    yield from rules(clinic)
    yield from notice(clinic)


def desk(clinic: Clinic) -> Iterator[Stop]:
    """Make room for a colleague at a shared desk, press a name, and give a wrong password."""
    with clinic.staff_anew("ben") as this:
        page = this.page
        press(page, '.rail form[action="/switch/"] button')
        yield Stop("desk", this)
        page.goto(clinic.address("/sign-in/"))
        yield Stop("sign-in-with-names", this)
        press(page, ".names button")
        yield Stop("desk-password", this)
        page.fill('main input[name="password"]', "not his at all")
        press(page, 'main form[action$="/password/"] button')
        yield Stop("desk-password-errors", this)


def notice(clinic: Clinic) -> Iterator[Stop]:
    """Write the next version of the notice, publish it for later, and read it as patients do."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/settings/notice/"))
        yield Stop("notice-published", this)
        page.goto(clinic.address("/settings/notice/add/"))
        yield Stop("notice-add", this)
        press(page, POST)
        yield Stop("notice-add-errors", this)
        page.goto(clinic.address("/settings/notice/in/en/"))
        page.fill('[name="text"]', NOTICE)
        press(page, POST)
        yield Stop("notice-next-version", this)
        page.goto(clinic.address("/settings/notice/in/en/look/"))
        yield Stop("notice-preview", this)
        page.goto(clinic.address("/settings/notice/"))
        page.fill('[name="effective"]', "2100-01-01")
        press(page, 'form[action$="/publish/"] button')
        yield Stop("notice-later", this)
    with browser.opened(clinic.chromium) as this:
        page = this.page
        page.goto(clinic.form_link)
        path = page.locator("footer a[hreflang]").get_attribute("href") or ""
        page.goto(clinic.address(path))
        yield Stop("patient-notice", this)
        press(page, 'main nav a[hreflang="es"]')
        yield Stop("patient-notice-spanish", this)
        page.locator("details summary").first.click()
        press(page, 'main details a[href*="/2/"]')
        yield Stop("patient-notice-later", this)
    yield from _asked_for_notice(clinic)


def _asked_for_notice(clinic: Clinic) -> Iterator[Stop]:
    """Let a form ask whether the notice was received, and answer it."""
    with clinic.staff("ada") as this:
        link = publish(this.page, clinic.url, QUESTIONNAIRE)
        press(this.page, 'form[action$="/notice/"] button')
        yield Stop("form-asks-for-notice", this)
    with browser.opened(clinic.chromium) as this:
        patient = Patient(this.page)
        patient.begin(link)
        for _ in patient.pages():
            if this.page.locator('[name="notice"]').count():
                yield Stop("patient-notice-asked", this)
                patient.go_on()
                yield Stop("patient-notice-asked-errors", this)
        yield Stop("patient-check-with-notice", this)
        patient.send()
    with clinic.staff("ben") as this:
        this.page.goto(clinic.address("/inbox/"))
        press(this.page, "tbody a")
        yield Stop("submission-with-notice", this)


def alerts(clinic: Clinic) -> Iterator[Stop]:
    """Look at the alert that an emergency access raised, and settle it."""
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/alerts/"))
        until_there(page, ALERT)
        yield Stop("alerts", this)
        press(page, ALERT)
        yield Stop("alert", this)
        press(page, POST)
        yield Stop("alert-errors", this)
        page.fill('[name="reason"]', SETTLED)
        press(page, POST)
        yield Stop("alerts-acknowledged", this)
        press(page, "main tbody a")
        yield Stop("alert-acknowledged", this)


def until_there(page: Page, what: str) -> None:
    """Load the page again until the rules have looked: they do so every minute."""
    for _ in range(40):
        if page.locator(what).count():
            return
        page.wait_for_timeout(2000)
        page.reload()


def _confirm_path(page: Page) -> str:
    """Return the way to the page on which another administrator would confirm."""
    action = page.locator('form[action$="/second-step/stop/"]').get_attribute("action") or ""
    return action.removeprefix("/members/").replace("/stop/", "/confirm/")


def report(clinic: Clinic, this: browser.Opened, address: str) -> Iterator[Stop]:
    """Make a report of who opened a person's data, share it, and read it as the colleague."""
    page = this.page
    page.goto(f"{address}report/")
    yield Stop("person-report-ask", this)
    press(page, POST)
    yield Stop("person-report-errors", this)
    page.fill('[name="reason"]', "Asked at the desk who looked.")
    press(page, POST)
    made = page.url
    press(page, 'main a[href$="/share/"]')
    press(page, POST)
    yield Stop("person-report-share-errors", this)
    ben = page.locator('option:has-text("Ben Okafor")').get_attribute("value")
    page.select_option('[name="colleague"]', ben)
    page.fill('[name="reason"]', ANSWERS)
    yield Stop("person-report-share", this)
    press(page, POST)
    yield Stop("person-report", this)
    with clinic.staff("ben") as other:
        other.page.goto(clinic.address("/"))
        press(other.page, 'main a[href^="/reports/"]')
        yield Stop("shared-report", other)
    page.goto(made)
    press(page, 'main form[action^="/reports/"] button')
    yield from _handed(clinic, this)
    yield from _corrected(this, address)
    yield from _disclosed(this, address)
    yield from _part_of_the_trail(clinic, this)


def _part_of_the_trail(clinic: Clinic, this: browser.Opened) -> Iterator[Stop]:
    """Share what was opened with a colleague, who reads it; nothing can be shared of nothing."""
    page = this.page
    page.goto(clinic.address("/trail/share/"))
    yield Stop("trail-share-nothing", this)
    page.goto(clinic.address("/trail/?kind=opened"))
    press(page, 'main a[href*="/trail/share/"]')
    press(page, POST)
    yield Stop("trail-share-errors", this)
    ben = page.locator('option:has-text("Ben Okafor")').get_attribute("value")
    page.select_option('[name="colleague"]', ben)
    page.fill('[name="reason"]', ANSWERS)
    press(page, POST)
    yield Stop("trail-shared-now", this)
    with clinic.staff("ben") as other:
        other.page.goto(clinic.address("/"))
        press(other.page, 'main a[href^="/trail/shared/"]')
        yield Stop("trail-shared", other)


def _handed(clinic: Clinic, this: browser.Opened) -> Iterator[Stop]:
    """Hand the report to the person, and read it as that person does."""
    page = this.page
    press(page, 'main a[href$="/hand/"]')
    yield Stop("person-report-hand", this)
    press(page, POST)
    yield Stop("person-report-hand-errors", this)
    page.fill('[name="reason"]', "Asked for it at the desk.")
    press(page, POST)
    yield Stop("person-report-letter", this)
    link = clinic.address("/" + page.locator(".typed").inner_text().partition("/")[2])
    press(page, 'main .acts a[href*="/report/"]')
    yield Stop("person-report-handed", this)
    with browser.opened(clinic.chromium) as theirs:
        theirs.page.goto(clinic.address("/r/00000000000000000000000000/"))
        yield Stop("patient-report-unknown", theirs)
        theirs.page.goto(link)
        yield Stop("patient-report-ask", theirs)
        born(theirs.page, "31", "2", "1990")
        yield Stop("patient-report-ask-errors", theirs)
        born(theirs.page, *BORN)
        yield Stop("patient-report", theirs)


def born(page: Page, day: str, month: str, year: str) -> None:
    """Answer with a date of birth."""
    for part, said in (("day", day), ("month", month), ("year", year)):
        page.fill(f'[name="born_{part}"]', said)
    press(page, POST_BORN)


def adding(clinic: Clinic, this: browser.Opened) -> Iterator[Stop]:
    """Begin to add somebody by hand whose name and birth date are known."""
    page = this.page
    page.goto(clinic.address("/persons/add/"))
    yield Stop("person-add", this)
    press(page, POST)
    yield Stop("person-add-errors", this)
    page.fill('[name="name"]', "Pat Winters")
    page.fill('[name="born"]', "1984-03-09")
    press(page, POST)
    yield Stop("person-add-known", this)


def _corrected(this: browser.Opened, address: str) -> Iterator[Stop]:
    """Put right how a person's name is written, and say why."""
    page = this.page
    page.goto(f"{address}facts/")
    yield Stop("person-correct", this)
    press(page, POST)
    yield Stop("person-correct-errors", this)
    page.fill('[name="reason"]', "As it stands on the passport.")
    page.fill('[name="telephone"]', "+1 555 0177")
    press(page, POST)
    page.goto(f"{address}?for=care")
    yield Stop("person-corrected", this)


def _disclosed(this: browser.Opened, address: str) -> Iterator[Stop]:
    """Write down what was disclosed to others, and look at the accounting."""
    page = this.page
    page.goto(f"{address}disclosures/add/")
    press(page, POST)
    yield Stop("person-disclose-errors", this)
    page.fill('[name="made"]', "2026-11-02")
    page.fill('[name="recipient"]', TOLD["recipient"])
    page.fill('[name="what"]', TOLD["what"])
    page.fill('[name="purpose"]', TOLD["purpose"])
    press(page, POST)
    yield Stop("person-disclosures", this)
    press(page, 'main a[href$="/mistake/"]')
    yield Stop("person-disclosure-mistake", this)
