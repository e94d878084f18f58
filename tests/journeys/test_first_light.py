"""The main journey: a form is published, answered on a telephone, and read on the record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.journeys.answering import Patient
from tests.journeys.clinic import SAMPLES, Clinic, press, publish

pytestmark = pytest.mark.journey

OPEN = "main button.sealing"


@dataclass(frozen=True)
class Arrived:
    """A sample that was published, answered on a telephone without script, and sent."""

    reference: str
    pages: int
    address: str


@pytest.fixture(
    scope="module", params=["smartforms__CVD-Risk-2023", "hl7sdc__CardiologyForm"], ids=str
)
def arrived(clinic: Clinic, request: pytest.FixtureRequest) -> Iterator[Arrived]:
    with clinic.staff("ada") as this:
        link = publish(this.page, clinic.url, SAMPLES / f"{request.param}.json")
        assert this.findings == []
    with clinic.patient() as patient:
        patient.begin(link)
        patient.answer_everything()
        reference = patient.send()
    with clinic.staff("ben") as this:
        this.page.goto(clinic.address("/inbox/"))
        press(this.page, row_of(reference))
        yield Arrived(reference, len(patient.pages_seen), this.page.url)


def row_of(reference: str) -> str:
    """Return the way to a submission in the inbox."""
    return f'tr:has-text("{reference}") a'


def words(page: Page) -> str:
    """Return what the page says."""
    return page.locator("main").inner_text()


def test_the_publish_page_shows_link_and_code_and_warns_that_phones_cannot_use_them(
    clinic: Clinic,
) -> None:
    with clinic.staff("ada") as this:
        link = publish(this.page, clinic.url, SAMPLES / "smartforms__CVD-Risk-2023.json")
        assert re.fullmatch(re.escape(clinic.url) + r"/f/[0-9A-Z]{26}/", link)
        code = this.page.get_by_role("img", name="QR code that opens the form at localhost")
        assert code.evaluate("code => code.complete && code.naturalWidth > 100")
        warning = this.page.locator(".notice.warning").inner_text()
        assert "this computer and no other" in warning
        assert "own certificate" in warning
        assert this.findings == []


def test_the_inbox_shows_the_form_under_the_persons_name_and_says_that_this_is_recorded(
    clinic: Clinic, arrived: Arrived
) -> None:
    with clinic.staff("ben", has_script=False) as this:
        this.page.goto(clinic.address("/inbox/"))
        assert "on the trail" in this.page.locator(".notice.sealed").inner_text()
        row = this.page.locator("tr", has_text=arrived.reference).inner_text()
        assert ("Pat Winters" if arrived.pages > 1 else "Name not given") in row


def test_answers_stay_sealed_until_a_reason_is_said_and_the_page_says_it_is_recorded(
    clinic: Clinic, arrived: Arrived
) -> None:
    with clinic.staff("ben", has_script=False) as this:
        this.page.goto(arrived.address)
        assert "Opening is written to the trail first" in words(this.page)
        assert "5.5" not in this.page.content()
        assert "Some words" not in this.page.content()
        press(this.page, OPEN)
        assert "Opened by you" in words(this.page)
        assert "recorded" in words(this.page)
        assert ("Some words" if arrived.pages > 1 else "5.5") in words(this.page)
        assert this.findings == []


def test_the_trail_names_who_opened_what_when_from_where_and_why(
    clinic: Clinic, arrived: Arrived
) -> None:
    with clinic.staff("ben") as this:
        this.page.goto(arrived.address)
        press(this.page, OPEN)
    with clinic.staff("ada") as this:
        this.page.goto(clinic.address(f"/trail/?about={arrived.address.split('/')[-2]}"))
        deed = "opened answers of 1 submission"
        line = this.page.locator("ol.timeline > li", has_text="Ben Okafor").filter(has_text=deed)
        folded = line.first.locator("summary")  # one deed that left several entries is one line
        if folded.count():
            folded.click()
        with this.page.expect_navigation():
            line.first.locator("a", has_text=deed).first.click()
        facts = this.page.locator("dl.facts").first.inner_text()
        for fact in ("Ben Okafor", "Member", "Care", "127.0.0.1", "Chrome, Linux"):
            assert fact in facts
        assert re.search(r"\d\d:\d\d:\d\d P[SD]T", facts)
        assert "Proven just now" in words(this.page)


def test_the_persons_page_tells_the_same_from_the_persons_side(
    clinic: Clinic, arrived: Arrived
) -> None:
    with clinic.staff("ben") as this:
        this.page.goto(arrived.address)
        press(this.page, OPEN)
        press(this.page, 'main a[href^="/persons/"]')
        seen = this.page.locator("section[aria-labelledby=seen]").inner_text()
        assert "Ben Okafor (you) opened answers of 1 submission" in seen
        assert "Care" in seen
        assert arrived.reference in words(this.page)


def test_an_auditor_sees_that_it_arrived_but_not_from_whom(
    clinic: Clinic, arrived: Arrived
) -> None:
    with clinic.staff("dee") as this:
        this.page.goto(clinic.address("/inbox/"))
        assert arrived.reference in words(this.page)
        assert "Sealed" in this.page.locator("tr", has_text=arrived.reference).inner_text()
        assert "Pat Winters" not in this.page.content()
        answer = this.page.goto(arrived.address + "?for=care")
        assert answer is not None
        assert answer.status == 403


def test_another_organisation_sees_nothing_of_it_not_even_that_it_exists(
    clinic: Clinic, arrived: Arrived
) -> None:
    with clinic.staff("cy") as this:
        this.page.goto(clinic.address("/inbox/"))
        assert arrived.reference not in this.page.content()
        answers = [
            this.page.goto(address)
            for address in (arrived.address + "?for=care", clinic.address("/inbox/nothing/"))
        ]
        assert [answer.status for answer in answers if answer] == [404, 404]


def test_a_page_with_errors_names_each_with_a_link_and_keeps_what_was_typed(
    clinic: Clinic,
) -> None:
    with clinic.patient() as patient:
        patient.begin(clinic.form_link)
        page = patient.place
        assert isinstance(page, Page)
        typed = {"day": "32", "month": "13", "year": "1984"}
        for part, value in typed.items():
            page.locator(f'input[name$="-{part}"]').first.fill(value)
        patient.go_on()
        assert page.title().startswith("Error:")
        links = page.locator(".error-summary a")
        assert links.count() == len(patient.errors()) > 1
        for number in range(links.count()):
            target = links.nth(number).get_attribute("href")
            links.nth(number).click()
            assert page.evaluate("'#' + document.activeElement.id") == target
        for part, value in typed.items():
            assert page.locator(f'input[name$="-{part}"]').first.input_value() == value
        patient.answer_everything()
        assert patient.send()


def test_the_clinics_name_and_telephone_stand_on_every_page(clinic: Clinic) -> None:
    def stands_here(patient: Patient) -> bool:
        text = patient.place.locator("body").inner_text()
        return "Riverside Clinic" in text and "+1 555 0100" in text

    with clinic.patient() as patient:
        patient.place.goto(clinic.form_link)
        assert stands_here(patient)
        patient.begin()
        for heading in patient.pages():
            assert stands_here(patient), heading
        assert stands_here(patient)
        patient.send()
        assert stands_here(patient)
