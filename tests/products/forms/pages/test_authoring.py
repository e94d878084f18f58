"""Authors upload, look, publish and withdraw; whoever may not is refused."""

import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keepwell.products.forms import offers
from keepwell.products.forms.models import Form, FormVersion, VersionIsFixed
from keepwell.products.forms.queries.authoring import forms_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.people import Clinic, browser_of, make_clinic
from tests.products.forms.pages.patients import INTAKE, Patient, author, publish

SAMPLES = Path(__file__).parents[3] / "samples" / "fhir"


def uploaded(client: Client, content: bytes, name: str = "form.json") -> str:
    """Upload a file; return the page one lands on."""
    file = SimpleUploadedFile(name, content, content_type="application/json")
    page = client.post("/forms/upload/", {"definition": file}, follow=True)
    return str(page.content.decode())


def only_form(clinic: Clinic) -> Form:
    with wall.reading(clinic.organisation.id):
        found: Form = Form.objects.get()
    return found


@pytest.mark.parametrize(
    ("file", "title", "pages"),
    [
        ("hl7sdc__CardiologyForm.json", "Cardiology", "42 pages"),
        ("smartforms__CVD-Risk-2023.json", "CVD Risk", "page"),
    ],
)
def test_a_real_form_is_uploaded_looked_at_and_published(
    clinic: Clinic, file: str, title: str, pages: str
) -> None:
    ada = browser_of(clinic.owner)
    preview = uploaded(ada, (SAMPLES / file).read_bytes())
    assert "Preview" in preview
    assert pages in preview
    form = only_form(clinic)
    assert title.lower() in form.title.lower()
    asked = ada.get(f"/forms/{form.pk}/publish/").content.decode()
    assert "Which questions name the person?" in asked
    page = ada.post(f"/forms/{form.pk}/publish/", {}, follow=True).content.decode()
    assert "Version 1 is published" in page
    assert "/f/" in page
    assert "phones could not use this code yet" in page


def test_a_refused_file_names_every_finding_and_stores_nothing(clinic: Clinic) -> None:
    broken = json.loads(json.dumps(INTAKE))
    broken["item"][0]["item"][0]["type"] = "telepathy"
    broken["item"][1]["item"][1]["enableWhen"][0]["question"] = "nobody"
    page = uploaded(browser_of(clinic.owner), json.dumps(broken).encode(), "broken.json")
    assert "“broken.json” was not taken: 2 things to put right" in page
    assert "telepathy" in page
    assert "which is not in this form" in page
    with wall.reading(clinic.organisation.id):
        assert Form.objects.count() == 0


def test_a_file_that_is_no_form_is_refused_in_words(clinic: Clinic) -> None:
    ada = browser_of(clinic.owner)
    assert "is not text in UTF-8" in uploaded(ada, b"\x89PNG\r\n\x1a\n{")
    assert "is not JSON" in uploaded(ada, b"{nonsense")
    page = browser_of(clinic.owner).post("/forms/upload/", {})
    assert page.status_code == 422
    assert "Choose a file first." in page.content.decode()


def test_the_first_step_is_done_once_a_form_is_published_and_not_before(clinic: Clinic) -> None:
    ada = browser_of(clinic.owner)
    assert [step.is_done for step in offers.first_steps(author(clinic))] == [False]
    uploaded(ada, json.dumps(INTAKE).encode())
    (begun,) = offers.first_steps(author(clinic))
    assert (begun.is_done, begun.url) == (False, "/forms/")
    ada.post(f"/forms/{only_form(clinic).pk}/publish/", {})
    assert [step.is_done for step in offers.first_steps(author(clinic))] == [True]


def test_a_name_in_a_form_cannot_run_as_a_script(clinic: Clinic) -> None:
    hostile = {**INTAKE, "title": "<script>alert(1)</script>"}
    ada = browser_of(clinic.owner)
    uploaded(ada, json.dumps(hostile).encode())
    assert "<script>alert" not in ada.get("/forms/").content.decode()


def test_a_published_version_never_changes(clinic: Clinic, pat: Patient) -> None:
    with wall.writing(clinic.organisation.id):
        version = FormVersion.objects.get()
        version.title = "Something else"
        with pytest.raises(VersionIsFixed):
            version.save()
        with pytest.raises(VersionIsFixed):
            version.delete()


def test_a_form_begun_before_a_new_version_stays_on_the_old_one(
    clinic: Clinic, pat: Patient
) -> None:
    pat.open()
    pat.begin()
    form = only_form(clinic)
    changed = json.loads(json.dumps(INTAKE))
    changed["item"][0]["item"][0]["text"] = "Name in full"
    ada = browser_of(clinic.owner)
    file = SimpleUploadedFile("next.json", json.dumps(changed).encode())
    ada.post(f"/forms/{form.pk}/upload/", {"definition": file})
    ada.post(f"/forms/{form.pk}/publish/", {})
    assert "Full name" in pat.open(f"{pat.path}1/")
    stranger = Patient(pat.token)
    stranger.open()
    assert "Name in full" in stranger.begin()


def test_publishing_the_same_again_says_that_nothing_changed(clinic: Clinic, pat: Patient) -> None:
    form = only_form(clinic)
    with wall.reading(clinic.organisation.id):
        version = FormVersion.objects.get()
    same = {"name": "name", "born": "born", "email": "email", "columns": version.columns}
    page = browser_of(clinic.owner).post(f"/forms/{form.pk}/publish/", same, follow=True)
    assert "Patients see this version already" in page.content.decode()
    with wall.reading(clinic.organisation.id):
        assert FormVersion.objects.count() == 1


def test_members_read_forms_and_only_authors_change_them(clinic: Clinic, pat: Patient) -> None:
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    form = only_form(clinic)
    assert ben.get(f"/forms/{form.pk}/").status_code == 200
    assert "Withdraw" not in ben.get(f"/forms/{form.pk}/").content.decode()
    for path in (f"/forms/{form.pk}/publish/", "/forms/upload/"):
        assert ben.get(path).status_code == 403
        assert browser_of(clinic.owner).get(path).status_code == 200


def test_another_organisations_form_answers_like_one_that_never_was(
    clinic: Clinic, pat: Patient
) -> None:
    cy = browser_of(make_clinic("Cedar Practice", "Cy").owner)
    form = only_form(clinic)
    assert cy.get(f"/forms/{form.pk}/").status_code == 404
    assert cy.post(f"/forms/{form.pk}/links/").status_code == 404
    assert browser_of(clinic.owner).get(f"/forms/{form.pk}/").status_code == 200


def test_the_code_is_a_picture_of_the_public_address(clinic: Clinic) -> None:
    publish(clinic)
    ada = browser_of(clinic.owner)
    page = ada.get(f"/forms/{only_form(clinic).pk}/").content.decode()
    address = page.split('<img class="qr" src="')[1].split('"')[0]
    picture = ada.get(address)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")
    assert b"<script" not in picture.content


def test_sites_that_may_frame_a_form_are_kept_and_nonsense_is_refused(clinic: Clinic) -> None:
    publish(clinic)
    ada = browser_of(clinic.owner)
    page = ada.get(f"/forms/{only_form(clinic).pk}/").content.decode()
    address = page.split('action="/forms/links/')[1].split('"')[0]
    path = f"/forms/links/{address}"
    kept = ada.post(path, {"origins": "https://www.ashgrove.example/\n"}, follow=True)
    assert "https://www.ashgrove.example" in kept.content.decode()
    for nonsense in ("http://plain.example", "https://a.example; script-src *", "'self'", "*"):
        refused = ada.post(path, {"origins": nonsense}, follow=True).content.decode()
        assert "is not a site" in refused


def test_the_list_counts_a_week_and_says_when_the_last_one_came(clinic: Clinic) -> None:
    token, never = publish(clinic), publish(clinic)
    assert token != never
    for days_ago in (8, 6, 6, 1):
        with clock.moved(-days_ago * 86400):
            pat = Patient(token)
            pat.fill()
            pat.send()
    lines = forms_of(author(clinic))
    assert [line.recent for line in lines] == [0, 3]
    assert lines[0].last_received is None
    assert lines[1].last_received
    assert (clock.now() - lines[1].last_received).days == 1
    page = " ".join(browser_of(clinic.owner).get("/forms/").content.decode().split())
    assert re.search(r'data-name="Last 7 days"><a href="/inbox/[?]form=[0-9a-f-]+">3</a>', page)
    assert "Never" in page
