"""Error pages at a patient's link name the clinic, its telephone and what to do in an emergency.

Two clinics stand here: with one alone a page could name it without following the link.
"""

from typing import Any

import pytest
from django.db import OperationalError

from keepwell.products.forms.actions.links import allow_origins
from keepwell.products.forms.models import Door, FormLink
from keepwell.products.forms.views import steps
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from tests.people import Clinic, browser, browser_of, make_clinic
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, author

EMERGENCY = "In an emergency call 911."
SITE = "https://clinic.example"


@pytest.fixture(autouse=True)
def other(clinic: Clinic) -> Clinic:
    """Found Birch Clinic beside Ashgrove, and give Ashgrove its emergency sentence."""
    with wall.writing(clinic.organisation.id):
        Organisation.objects.filter(pk=clinic.organisation.id).update(emergency_sentence=EMERGENCY)
    return make_clinic("Birch Clinic", "Cy")


@pytest.fixture
def framed(clinic: Clinic, pat: Patient) -> str:
    """Let the clinic's website frame the form; return its path there."""
    with wall.reading(clinic.organisation.id):
        link = FormLink.objects.get()
    allow_origins(author(clinic), link_id=link.pk, origins=(SITE,))
    return f"/e/{pat.token}/"


def names_the_clinic(page: Any) -> bool:
    """Tell whether the page has Ashgrove's name, telephone and emergency sentence, and no other."""
    text = page.content.decode()
    wanted = ("Ashgrove Clinic", 'href="tel:+15550100"', EMERGENCY)
    return all(one in text for one in wanted) and "Birch" not in text


def test_start_pressed_without_cookies(pat: Patient) -> None:
    careful = browser(has_csrf_checks=True)
    careful.get(pat.path)
    careful.cookies.clear()
    page = careful.post(pat.path)
    assert page.status_code == 403
    assert names_the_clinic(page)
    assert "Your browser must allow cookies" in page.content.decode()


@pytest.mark.parametrize("rest", ["nowhere/", "99/", "1/2/3/", "left"])
def test_an_address_inside_a_link_that_is_not_there(pat: Patient, rest: str) -> None:
    pat.open()
    pat.begin()
    page = pat.client.get(pat.path + rest, follow=True)
    assert page.status_code in {200, 404}
    assert names_the_clinic(page)


def test_a_good_link_is_never_called_bad_and_leads_back_to_the_form(pat: Patient) -> None:
    pat.open()
    pat.begin()
    page = pat.client.get(f"{pat.path}99/")
    assert page.status_code == 404
    assert "no longer works" not in page.content.decode()
    assert f'href="{pat.path}"' in page.content.decode()


def test_a_wrong_method(pat: Patient) -> None:
    page = pat.client.put(f"{pat.path}1/")
    assert page.status_code == 405
    assert names_the_clinic(page)


def test_staff_of_another_clinic_see_whose_link_it_is(other: Clinic, pat: Patient) -> None:
    page = browser_of(other.owner).put(f"{pat.path}1/")
    assert page.status_code == 405
    assert names_the_clinic(page)


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("broke"), 500), (OperationalError("away"), 503)]
)
def test_a_view_that_breaks(
    pat: Patient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(steps, "show", fail)
    pat.client.raise_request_exception = False
    page = pat.client.get(pat.path)
    assert page.status_code == status
    assert names_the_clinic(page)


def test_a_data_store_that_is_away_leaves_a_general_sentence(
    pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def filter(self, **kwargs: object) -> None:
            raise OperationalError

    monkeypatch.setattr(Door, "objects", Gone())
    monkeypatch.setattr("keepwell.shell.queries.organisation_ids", Gone().filter)
    pat.client.raise_request_exception = False
    page = pat.client.get(pat.path)
    assert page.status_code == 503
    assert "call the clinic that gave you this link" in page.content.decode()
    assert "call your local emergency number" in page.content.decode()


def test_an_unknown_link_names_nobody(pat: Patient) -> None:
    page = pat.client.put("/f/00000000000000000000000000/")
    assert page.status_code == 405
    assert "Ashgrove" not in page.content.decode()


def test_a_page_in_a_frame_stays_in_its_frame(framed: str) -> None:
    page = browser().get(f"{framed}1/")
    assert page.status_code == 405
    assert names_the_clinic(page)
    assert f"frame-ancestors {SITE}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers


def test_trying_again_in_a_frame_carries_the_answers_along(
    framed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Patient("", client=browser())
    patient.post(framed)
    handle = patient.text.partition('name="handle" value="')[2][:43]
    patient.page.request["PATH_INFO"] = f"{framed}1/"
    typed = {"Full name": "Pat Whitfield", "E-mail address": "pat@example.org"}
    data = {"handle": handle, "act": "continue"}
    for label, value in typed.items():
        data[patient.name_of(label)] = value
    patient.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(steps, "carry_out", lambda *args: 1 / 0)
        page = patient.client.post(f"{framed}1/", data)
    assert page.status_code == 500
    assert f'name="handle" value="{handle}"' in page.content.decode()
    again = patient.client.post(f"{framed}1/", {"handle": handle, "act": "show"})
    assert "Full name" in again.content.decode()


def test_trying_to_send_again_leads_to_the_answers(pat: Patient) -> None:
    pat.fill()
    assert "Check your answers" in pat.open(f"{pat.path}send/")
    assert ABOUT_PAT["Full name"] in pat.text
