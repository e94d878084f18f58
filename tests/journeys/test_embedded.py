"""A form in a frame on the clinic's website: only where it is allowed, and without any cookie."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Frame, Page

from tests.journeys import axe, browser
from tests.journeys.answering import START, Patient
from tests.journeys.clinic import SAMPLES, Clinic, press, publish
from tests.journeys.website import website

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Website:
    """The clinic's site, and the page of the form on which sites are allowed."""

    address: str
    form: str


def allow(clinic: Clinic, form: str, *sites: str) -> None:
    """Say which sites may show the form, as its author does."""
    with clinic.staff("ada") as this:
        this.page.goto(form)
        this.page.locator("details summary").first.click()
        this.page.fill('textarea[name="origins"]', "\n".join(sites))
        press(this.page, 'form[action$="/sites/"] button')


@pytest.fixture(scope="module")
def site(clinic: Clinic) -> Iterator[Website]:
    """Publish a form and paste its code into the clinic's site."""
    with clinic.staff("ada") as this:
        publish(this.page, clinic.url, SAMPLES / "smartforms__CVD-Risk-2023.json")
        form, code = this.page.url, this.page.locator("[id=embed_1]").input_value()
    tls = clinic.demo.served.home / "tls"
    with website(tls, code) as address:
        yield Website(address, form)


def frame_in(page: Page) -> Frame:
    """Return the frame on the page."""
    return page.frames[1]


def test_a_site_that_was_not_named_gets_an_empty_frame(clinic: Clinic, site: Website) -> None:
    allow(clinic, site.form)
    with browser.opened(clinic.chromium, size=browser.PHONE) as this:
        this.page.goto(site.address)
        assert frame_in(this.page).locator(START).count() == 0
        assert any("frame-ancestors" in finding for finding in this.findings)


@pytest.mark.parametrize("has_script", [False, True])
def test_a_named_site_shows_the_form_and_it_is_answered_to_the_end_without_a_cookie(
    clinic: Clinic, site: Website, *, has_script: bool
) -> None:
    allow(clinic, site.form, site.address)
    with browser.opened(clinic.chromium, size=browser.PHONE, has_script=has_script) as this:
        this.page.goto(site.address)
        patient = Patient(frame_in(this.page))
        patient.begin()
        patient.answer_everything()
        assert patient.send() == patient.reference
        assert this.page.context.cookies() == []
        assert this.findings == []
        seen = [urlsplit(frame.url) for frame in this.page.frames]
        assert all(not address.query and len(address.path) < 50 for address in seen)


def test_after_sending_in_the_frame_somebody_else_can_begin(clinic: Clinic, site: Website) -> None:
    allow(clinic, site.form, site.address)
    with browser.opened(clinic.chromium, size=browser.PHONE, has_script=False) as this:
        this.page.goto(site.address)
        patient = Patient(frame_in(this.page))
        patient.begin()
        patient.answer_everything()
        first = patient.send()
        patient.begin_anew()
        patient.answer_everything()
        assert patient.send() != first


def test_the_form_in_the_frame_is_accessible(clinic: Clinic, site: Website) -> None:
    allow(clinic, site.form, site.address)
    with browser.opened(clinic.chromium) as this:
        this.page.goto(site.address)
        patient = Patient(frame_in(this.page))
        for size, scheme in browser.LOOKS:
            browser.be_looked_at(this.page, size, scheme)
            assert axe.violations(frame_in(this.page)) == []
        patient.begin()
        for size, scheme in browser.LOOKS:
            browser.be_looked_at(this.page, size, scheme)
            assert axe.violations(frame_in(this.page)) == []
            assert not browser.scrolls_sideways(frame_in(this.page))
