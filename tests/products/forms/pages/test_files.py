"""What the clinic gets is what the patient's check page named: each file once, none taken back."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from keepwell.products.forms.models import Attachment
from keepwell.safeguards.tenancy import wall
from tests.at_once import at_once
from tests.people import SAFARI, Clinic, browser
from tests.products.forms.pages.patients import Patient, publish, reference_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
ABOUT = {"Full name": "Pat Whitfield"}
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "A letter",
    "item": [
        {
            "linkId": "all",
            "type": "group",
            "text": "Your letter",
            "item": [
                {"linkId": "name", "type": "string", "text": "Full name", "required": True},
                {"linkId": "has", "type": "boolean", "text": "Do you have one?", "required": True},
                {
                    "linkId": "letter",
                    "type": "attachment",
                    "text": "Add your letter",
                    "enableWhen": [{"question": "has", "operator": "=", "answerBoolean": True}],
                },
                {"linkId": "card", "type": "attachment", "text": "Add your card"},
            ],
        }
    ],
}


def files_of(clinic: Clinic) -> list[str]:
    with wall.reading(clinic.organisation.id):
        return sorted(Attachment.objects.values_list("link_id", flat=True))


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.png", PNG, content_type="image/png")


def at_the_letter(clinic: Clinic) -> Patient:
    """Return Pat, who has a letter and sees where to add it."""
    pat = Patient(publish(clinic, FORM))
    pat.open()
    pat.begin()
    pat.answer(ABOUT | {"Do you have one?": "yes"})
    assert "Add your letter" in pat.text
    return pat


def test_a_file_that_was_taken_back_by_another_answer_does_not_arrive(clinic: Clinic) -> None:
    pat = at_the_letter(clinic)
    here = pat.here
    before = here.replace("/2/", "/1/")
    pat.post(here, _posted(pat, {"Add your letter": picture()}))
    assert "letter.png" in pat.text
    pat.open(before)
    pat.answer(ABOUT | {"Do you have one?": "no"})
    assert "letter.png" not in pat.text
    assert reference_in(pat.send().content.decode())
    assert files_of(clinic) == []


def test_a_page_posted_four_times_at_once_keeps_its_file_once(clinic: Clinic) -> None:
    pat = at_the_letter(clinic)
    here = pat.here

    def post() -> int:
        device = browser(agent=SAFARI)
        device.cookies = pat.client.cookies
        return int(device.post(here, _posted(pat, {"Add your letter": picture()})).status_code)

    assert set(at_once([post] * 4)) == {302}
    assert files_of(clinic) == ["letter"]


def test_one_file_under_two_questions_arrives_under_both(clinic: Clinic) -> None:
    pat = at_the_letter(clinic)
    pat.post(pat.here, _posted(pat, {"Add your letter": picture(), "Add your card": picture()}))
    assert reference_in(pat.send().content.decode())
    assert files_of(clinic) == ["card", "letter"]


def _posted(pat: Patient, files: dict[str, SimpleUploadedFile]) -> dict[str, Any]:
    """Return the page with these files as a browser would post it."""
    return {"act": "continue"} | {pat.name_of(label): file for label, file in files.items()}
