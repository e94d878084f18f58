"""Everything about one person as PDF and JSON: what is in it, who fetches it, what is recorded."""

import base64
import io
import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from django.test import Client
from PIL import ImageFile

from keepwell.office.persons import pdf
from keepwell.products.forms.models import Attachment, Submission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.persons.actions import correct_person, create_person, join, undo_join
from keepwell.safeguards.persons.queries import person_with
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.people import Clinic, browser_of, make_clinic
from tests.products.forms.pages.patients import Patient, author, publish
from tests.products.forms.pages.test_files import PNG, _posted, at_the_letter, picture
from tests.products.forms.pages.test_inbox import openings, sent

HOSTILE = '<img src="https://example.org/x.png"><link rel=attachment href="file:///etc/passwd">'
WHY = {"reason": "Pat asked for a copy at the desk."}


@pytest.fixture
def row(clinic: Clinic, pat: Patient) -> Submission:
    return sent(clinic, pat)


def ordered(client: Client, clinic: Clinic, person: UUID) -> str:
    """Order an export, both steps again on the way; return the address of its page."""
    address = f"/persons/{person}/export/"
    asked = client.get(address)
    assert asked["Location"].startswith("/account/again/export/?next=")
    typed = {"password": clinic.owner.password, "code": clinic.owner.code(), "next": address}
    assert client.post("/account/again/export/", typed)["Location"] == address
    return str(client.post(address, WHY)["Location"])


def bundle_of(client: Client, page: str) -> Any:
    answer = client.get(f"{page}person.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "no-store" in answer["Cache-Control"]
    return json.loads(answer.content)


def resources(bundle: Any, kind: str) -> list[Any]:
    found = [one["resource"] for one in bundle["entry"]]
    return [one for one in found if one["resourceType"] == kind]


def words_of(client: Client, page: str) -> tuple[str, pypdf.PdfReader]:
    answer = client.get(f"{page}person.pdf")
    assert answer["Content-Type"] == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    return "\n".join(one.extract_text() for one in reader.pages), reader


def test_the_bundle_holds_who_the_person_is_and_every_answer(
    clinic: Clinic, row: Submission
) -> None:
    ada = browser_of(clinic.owner)
    bundle = bundle_of(ada, ordered(ada, clinic, row.person_id))
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    (patient,) = resources(bundle, "Patient")
    assert patient["name"] == [{"text": "Pat Whitfield"}]
    assert patient["birthDate"] == "1951-03-09"
    (response,) = resources(bundle, "QuestionnaireResponse")
    assert response["subject"] == {"reference": f"urn:uuid:{patient['id']}"}
    assert response["identifier"] == {"value": row.reference}
    assert "Pat Whitfield" in json.dumps(response["item"])
    assert {one["fullUrl"] for one in bundle["entry"]} >= {f"urn:uuid:{row.pk}"}


def test_the_pdf_says_the_same_in_words_for_screen_readers_too(
    clinic: Clinic, row: Submission
) -> None:
    ada = browser_of(clinic.owner)
    said, reader = words_of(ada, ordered(ada, clinic, row.person_id))
    for words in ("What we hold about you", "Ashgrove Clinic", "Pat Whitfield", row.reference):
        assert words in said
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"]


def test_facts_that_were_corrected_say_so_in_both(clinic: Clinic, row: Submission) -> None:
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, row.person_id)
    assert "We corrected this on" not in words_of(ada, page)[0]
    (before,) = resources(bundle_of(ada, page), "Patient")
    person = person_with(author(clinic), row.person_id)
    assert before["meta"]["lastUpdated"] == person.created.isoformat(timespec="seconds")
    later = clock.now() + timedelta(minutes=5)
    with clock.moved(300):
        correct_person(
            author(clinic),
            person=row.person_id,
            seen=person.entry_id,
            reason="As on the card",
            name="Pat Whitefield",
            born=date(1951, 3, 9),
            email=None,
            telephone=None,
        )
    said, _reader = words_of(ada, page)
    assert "We corrected this on" in said
    assert "Whitefield" in said
    assert "Pat Whitfield" in said, "what was sent stays as it was sent"
    (after,) = resources(bundle_of(ada, page), "Patient")
    assert datetime.fromisoformat(after["meta"]["lastUpdated"]) >= later.replace(microsecond=0)


def test_persons_who_were_parted_meanwhile_are_not_handed_out_together(
    clinic: Clinic, row: Submission
) -> None:
    other = create_person(author(clinic), name="Pat Whitfield", born=date(1951, 3, 9))
    made = join(author(clinic), person=other.pk, into=row.person_id, reason="same card")
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, row.person_id)
    assert len(resources(bundle_of(ada, page), "Patient")) == 2
    undo_join(author(clinic), join=made.pk, reason="two cards")
    for address in (page, f"{page}person.json", f"{page}person.pdf"):
        answer = ada.get(address)
        assert answer.status_code == 410
        assert b"only while the persons in it are one" in answer.content
    anew = str(ada.post(f"/persons/{row.person_id}/export/", WHY)["Location"])
    assert len(resources(bundle_of(ada, anew), "Patient")) == 1


def test_files_are_in_both(clinic: Clinic) -> None:
    pat = at_the_letter(clinic)
    pat.post(pat.here, _posted(pat, {"Add your letter": picture()}))
    pat.send()
    with wall.reading(clinic.organisation.id):
        file = Attachment.objects.get()
    assert file.person_id is not None
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, file.person_id)
    bundle = bundle_of(ada, page)
    (binary,) = resources(bundle, "Binary")
    assert base64.b64decode(binary["data"]) == PNG
    (response,) = resources(bundle, "QuestionnaireResponse")
    assert f'"url": "urn:uuid:{file.pk}"' in json.dumps(response)
    said, reader = words_of(ada, page)
    assert "letter.png" in said
    assert [bytes(held) for held in reader.attachments["letter.png"]] == [PNG]


def test_all_that_is_in_it_is_opened_only_when_it_is_fetched(
    clinic: Clinic, row: Submission
) -> None:
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, row.person_id)
    ada.get(page)
    assert openings(clinic) == []
    bundle_of(ada, page)
    said = [
        (one.purpose, subject.model, set(subject.fields))
        for one in openings(clinic)
        for subject in one.subjects
    ]
    assert {model for _, model, _ in said} == {"persons.person", "forms.submission"}
    assert {purpose for purpose, _, _ in said} == {"person-request"}


def test_those_who_are_joined_come_together(clinic: Clinic, row: Submission) -> None:
    other = Patient(publish(clinic))
    other.fill()
    other.send()
    with wall.reading(clinic.organisation.id):
        second = Submission.objects.exclude(pk=row.pk).get()
    join(author(clinic), person=second.person_id, into=row.person_id, reason="same card")
    ada = browser_of(clinic.owner)
    bundle = bundle_of(ada, ordered(ada, clinic, row.person_id))
    one, two = resources(bundle, "Patient")
    assert one["link"] == [{"other": {"reference": f"urn:uuid:{two['id']}"}, "type": "seealso"}]
    assert len(resources(bundle, "QuestionnaireResponse")) == 2


def test_it_ends_after_an_hour(clinic: Clinic, row: Submission) -> None:
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, row.person_id)
    with clock.moved(3600 + 1):
        client = browser_of(clinic.owner)
        assert client.get(f"{page}person.json").status_code == 410
        assert client.get(page).status_code == 410
    assert openings(clinic) == []


def test_nobody_else_fetches_it(clinic: Clinic, row: Submission) -> None:
    ada = browser_of(clinic.owner)
    page = ordered(ada, clinic, row.person_id)
    second = browser_of(clinic.add("Una", Role.OWNER))
    other = browser_of(make_clinic("Cedar Practice", "Cy").owner)
    strange = page.replace(str(row.person_id), str(uuid7()))
    for client, address in ((second, page), (other, page), (ada, strange)):
        for form in ("", "person.json", "person.pdf"):
            assert client.get(f"{address}{form}").status_code == 404
    assert openings(clinic) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_roles_without_the_permission_export_nothing(
    clinic: Clinic, row: Submission, role: Role
) -> None:
    client = browser_of(clinic.add("Ben", role))
    address = f"/persons/{row.person_id}/export/"
    assert client.get(address).status_code == 403
    assert client.post(address, WHY).status_code == 403
    assert client.get(f"{address}{uuid7()}/person.json").status_code == 403
    assert "export" not in client.get(f"/persons/{row.person_id}/").content.decode()


def test_an_unknown_person_answers_like_one_of_another_organisation(
    clinic: Clinic, row: Submission
) -> None:
    cy = browser_of(make_clinic("Cedar Practice", "Cy").owner)
    answers = [cy.get(f"/persons/{one}/export/").status_code for one in (row.person_id, uuid7())]
    assert answers == [404, 404]


def test_without_a_reason_nothing_is_ordered(clinic: Clinic, row: Submission) -> None:
    ada = browser_of(clinic.owner)
    ordered(ada, clinic, row.person_id)
    answer = ada.post(f"/persons/{row.person_id}/export/", {"reason": " "})
    assert answer.status_code == 422


def test_markup_in_answers_is_words_and_fetches_nothing(clinic: Clinic, pat: Patient) -> None:
    pat.fill(HOSTILE)
    pat.send()
    with wall.reading(clinic.organisation.id):
        row = Submission.objects.get()
    ada = browser_of(clinic.owner)
    said, reader = words_of(ada, ordered(ada, clinic, row.person_id))
    assert "<img" in said
    assert not reader.attachments
    assert not [image for page in reader.pages for image in page.images]


def test_drawing_leaves_pictures_that_are_cut_off_refused() -> None:
    """The library that draws accepts them, and says so to the whole process when it is loaded."""
    assert pdf.is_available()
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
