"""A patient reads the clinic's notice on a phone, in the middle of a form, and loses nothing."""

import pytest
from playwright.sync_api import Page

from tests.journeys import browser
from tests.journeys.answering import Patient
from tests.journeys.clinic import Clinic, press

pytestmark = pytest.mark.journey

LINK = "footer a[hreflang]"


def read_beside(page: Page) -> Page:
    """Follow the link to the notice, which opens beside the form."""
    with page.context.expect_page() as opened:
        page.locator(LINK).click()
    beside = opened.value
    beside.wait_for_load_state()
    return beside


def test_a_patient_reads_the_notice_beside_the_form_and_goes_on_where_the_typing_was(
    clinic: Clinic,
) -> None:
    with browser.opened(clinic.chromium, size=browser.PHONE, has_script=False) as this:
        page, patient = this.page, Patient(this.page)
        patient.begin(clinic.form_link)
        patient.fill()
        typed = [control.value for control in patient.controls()]
        beside = read_beside(page)
        assert "MEDICAL INFORMATION ABOUT YOU" in beside.locator("main").inner_text()
        assert not browser.scrolls_sideways(beside)
        assert browser.small_targets(beside) == []
        beside.locator('main nav a[hreflang="es"]').click()
        beside.wait_for_load_state()
        assert beside.locator("article[lang=es]").count() == 1
        assert "Sus derechos" in beside.locator("main").inner_text()
        beside.close()
        assert [control.value for control in patient.controls()] == typed
        patient.go_on()
        assert patient.errors() == []
        assert this.findings == []


def test_whoever_reads_spanish_gets_the_notice_in_spanish_at_the_address_on_paper(
    clinic: Clinic,
) -> None:
    with clinic.staff("ada") as this:
        this.page.goto(clinic.address("/settings/notice/"))
        address = this.page.locator("#copy").input_value()
    with browser.opened(clinic.chromium, size=browser.PHONE, has_script=False) as this:
        this.page.set_extra_http_headers({"Accept-Language": "es-MX,es;q=0.9,en;q=0.4"})
        this.page.goto(address)
        assert this.page.locator("h1").inner_text() == "Aviso de prácticas de privacidad"
        press(this.page, 'main nav a[hreflang="en"]')
        assert this.page.locator("h1").inner_text() == "Notice of Privacy Practices"
