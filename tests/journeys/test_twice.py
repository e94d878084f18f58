"""What people do with browsers: two tabs, a double click, Back, reload. One form arrives, once."""

import pytest
from playwright.sync_api import Page, Route

from tests.journeys.answering import SEND, Patient
from tests.journeys.clinic import Clinic, press
from tests.journeys.test_members import prove

pytestmark = pytest.mark.journey

MORE_THAN_A_DOUBLE_CLICK = 2_200  # milliseconds; `once.js` says from when on a form is sent again


def page_of(patient: Patient) -> Page:
    """Return the page in front of the patient."""
    assert isinstance(patient.place, Page)
    return patient.place


def arrived(clinic: Clinic, reference: str) -> int:
    """Return how often a reference stands in the inbox."""
    with clinic.staff("ben") as this:
        this.page.goto(clinic.address(f"/inbox/?reference={reference}"))
        return this.page.locator("tbody tr").count()


def submissions(clinic: Clinic) -> int:
    """Return how often the demonstration's form has arrived."""
    with clinic.staff("ben") as this:
        this.page.goto(clinic.address("/forms/"))
        return int(this.page.locator("tr:has-text('intake') a[href*='/inbox/']").inner_text())


def test_a_double_click_on_send_sends_once(clinic: Clinic) -> None:
    before = submissions(clinic)
    with clinic.patient() as patient:
        patient.begin(clinic.form_link)
        patient.answer_everything()
        page_of(patient).locator(SEND).dblclick(no_wait_after=True)
        page_of(patient).locator(".reference .big").wait_for()
        reference = patient.reference
    assert arrived(clinic, reference) == 1
    assert submissions(clinic) == before + 1


def test_a_double_click_on_erase_leads_to_the_certificate(clinic: Clinic) -> None:
    with clinic.patient() as patient:
        patient.begin(clinic.form_link)
        patient.answer_everything()
        patient.send()
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/persons/"))
        press(page, "main tbody a.title")
        page.goto(page.url.split("?")[0] + "erase/")
        prove(page, clinic.demo.account("ada"))
        page.fill('[name="reason"]', "Pat asked for it in writing.")
        page.locator('main form[method="post"] button').dblclick(no_wait_after=True)
        page.wait_for_url("**/erased/**")
        assert "erased" in page.locator("main").inner_text()


def test_a_form_on_its_way_is_not_sent_again_but_later_it_is(clinic: Clinic) -> None:
    """Answered by nothing (204), so that the page stays and every press could send."""
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)

    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/persons/"))
        page.route("**/persons/", answer)
        button = page.locator('form[role="search"] button')
        button.click(no_wait_after=True)
        button.click(no_wait_after=True)
        page.wait_for_timeout(MORE_THAN_A_DOUBLE_CLICK)
        assert sent == ["POST"]
        button.click(no_wait_after=True)
        page.wait_for_timeout(MORE_THAN_A_DOUBLE_CLICK)
        assert sent == ["POST", "POST"]


def test_back_after_sending_and_sending_again_leads_to_the_same_reference(clinic: Clinic) -> None:
    before = submissions(clinic)
    with clinic.patient() as patient:
        patient.begin(clinic.form_link)
        patient.answer_everything()
        reference = patient.send()
        page = page_of(patient)
        page.go_back()
        assert patient.reference == reference, "an answered page is not shown again"
        page.goto(clinic.form_link)
        assert patient.reference == reference
        page.goto(clinic.form_link + "1/")
        assert patient.reference == reference
        page.reload()
        assert patient.reference == reference
    assert submissions(clinic) == before + 1


def test_a_second_tab_goes_on_where_the_first_one_is_and_only_one_of_them_sends(
    clinic: Clinic,
) -> None:
    before = submissions(clinic)
    with clinic.patient() as first:
        first.begin(clinic.form_link)
        first.answer_page()
        second = Patient(page_of(first).context.new_page())
        page_of(second).goto(clinic.form_link)
        press(page_of(second), "main .acts a.button")
        assert second.heading == first.heading
        second.answer_everything()
        first.answer_everything()
        reference = second.send()
        assert first.send() == reference
    assert arrived(clinic, reference) == 1
    assert submissions(clinic) == before + 1


def test_every_step_can_be_loaded_again_and_shows_what_was_answered(clinic: Clinic) -> None:
    with clinic.patient() as patient:
        patient.begin(clinic.form_link)
        page = page_of(patient)
        for heading in patient.pages():
            page.reload()
            assert patient.heading == heading
        page.reload()
        assert patient.is_at_check
        page.goto(clinic.form_link + "1/")
        typed = {control.fill: control.value for control in patient.controls()}
        assert typed["name"] == "Pat Winters"
        assert typed["bday-year"] == "1984"
        page.goto(clinic.form_link + "check/")
        reference = patient.send()
        page.reload()
        assert patient.reference == reference
        patient.begin_anew()
        page.reload()
        assert [control.value for control in patient.controls()] == [""] * 6


def test_somebody_who_leaves_takes_everything_along(clinic: Clinic) -> None:
    with clinic.patient() as patient:
        patient.begin(clinic.form_link)
        patient.answer_page()
        page = page_of(patient)
        press(page, 'a[href$="/leave/"]')
        press(page, 'main form[method="post"] button')
        assert "removed" in patient.heading
        assert not [c for c in page.context.cookies() if str(c["name"]).startswith("__Host-kw")]
        page.go_back()
        assert "Pat Winters" not in page.content()
        page.goto(clinic.form_link)
        patient.begin()
        assert [control.value for control in patient.controls()] == [""] * 6
