"""A clinic in the United Kingdom: its patients and colleagues read dates as written there."""

import re

import pytest

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from tests.people import Clinic, browser_of
from tests.products.forms.pages.patients import ABOUT_PAT, Patient


@pytest.fixture(autouse=True)
def _in_london(clinic: Clinic) -> None:
    write_as(clinic, "en-gb")


def write_as(clinic: Clinic, locale: str) -> None:
    """Choose how the clinic writes dates, in London."""
    with wall.writing(clinic.organisation.id):
        rows = Organisation.objects.filter(pk=clinic.organisation.id)
        assert rows.update(locale=locale, time_zone="Europe/London") == 1


def test_a_patient_reads_and_types_dates_day_first(pat: Patient) -> None:
    assert '<html lang="en-gb"' in pat.open()
    pat.begin()
    assert "For example 9 3 1951 for 9 March 1951" in pat.text
    assert re.findall(r'name="f\d+-(day|month|year)"', pat.text) == ["day", "month", "year"]
    assert pat.page["Content-Language"] == "en-gb"
    pat.answer(ABOUT_PAT)
    pat.answer({"Do you smoke?": "no"})
    pat.answer({})
    assert "9 March 1951" in pat.text
    assert re.search(r"\d:\d\d (GMT|BST)", pat.send().content.decode())


def test_the_error_page_too(pat: Patient) -> None:
    page = pat.client.put(f"{pat.path}1/")
    assert '<html lang="en-gb"' in page.content.decode()


def test_colleagues_read_the_same_dates(clinic: Clinic, pat: Patient) -> None:
    pat.fill()
    pat.send()
    ada = browser_of(clinic.owner)
    inbox = ada.get("/inbox/").content.decode()
    assert '<html lang="en-gb"' in inbox
    assert "9 March 1951" in inbox
    link = re.search(r"/inbox/[0-9a-f-]{36}/", inbox)
    assert link
    assert "9 March 1951" in ada.get(f"{link[0]}?for=care").content.decode()


def test_the_next_request_of_another_clinic_is_not_touched(clinic: Clinic, pat: Patient) -> None:
    pat.open()
    write_as(clinic, "en-us")
    assert '<html lang="en-us"' in pat.open()
    pat.begin()
    assert "For example 3 9 1951 for March 9, 1951" in pat.text
