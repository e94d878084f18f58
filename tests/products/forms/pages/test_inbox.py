"""Whoever reads what arrived leaves a trace, and sees no more than the role allows."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from keepwell.products.forms.models import Form, Submission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import ViewerKind
from tests.people import Clinic, browser_of, make_clinic
from tests.products.forms.pages.patients import Patient, author, publish, reference_in

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def sent(clinic: Clinic, pat: Patient) -> Submission:
    pat.fill()
    pat.send()
    with wall.reading(clinic.organisation.id):
        found: Submission = Submission.objects.select_related("form").get()
    return found


def openings(clinic: Clinic) -> list[Payload]:
    """Return what members opened, newest first."""
    page = page_of_entries(author(clinic), kinds=[RecordsEvent.FIELDS_OPEN])
    payloads = [entry.payload for entry in page.entries if entry.payload]
    return [one for one in payloads if one.viewer_kind == ViewerKind.MEMBER]


def test_the_inbox_shows_names_and_leaves_one_entry_a_page(clinic: Clinic, pat: Patient) -> None:
    first = sent(clinic, pat)
    again = Patient(pat.token)
    again.fill()
    again.send()
    page = browser_of(clinic.owner).get("/inbox/").content.decode()
    assert page.count("Pat Whitfield") == 2
    assert "born March 9, 1951" in page
    (entry,) = openings(clinic)
    assert entry.purpose == "care"
    (subject,) = entry.subjects
    assert subject.model == "forms.submission"
    assert subject.fields == ("brief",)
    assert len(subject.ids) == 2
    assert first.pk in subject.ids
    assert first.person_id in subject.persons


def test_an_auditor_sees_that_forms_arrived_and_no_name(clinic: Clinic, pat: Patient) -> None:
    row = sent(clinic, pat)
    dee = browser_of(clinic.add("Dee", Role.AUDITOR))
    page = dee.get("/inbox/").content.decode()
    assert row.reference in page
    assert "Pat Whitfield" not in page
    assert "1951" not in page
    assert openings(clinic) == []
    assert dee.get(f"/inbox/{row.pk}/").status_code == 403


def test_a_submission_opens_as_a_whole_after_its_reason_is_said(
    clinic: Clinic, pat: Patient
) -> None:
    row = sent(clinic, pat)
    ada = browser_of(clinic.owner)
    sealed = ada.get(f"/inbox/{row.pk}/").content.decode()
    assert "Opening is written to the trail first" in sealed
    assert "Pat Whitfield" not in sealed
    assert openings(clinic) == []
    opened = ada.get(f"/inbox/{row.pk}/?for=payment").content.decode()
    assert "Pat Whitfield" in opened
    assert "Full name" in opened
    (entry,) = openings(clinic)
    assert entry.purpose == "payment"
    assert entry.actor == clinic.owner.user.pk
    assert entry.address == "198.51.100.7"
    assert "who" in opened.lower()


def test_a_reason_that_is_none_opens_nothing(clinic: Clinic, pat: Patient) -> None:
    row = sent(clinic, pat)
    page = browser_of(clinic.owner).get(f"/inbox/{row.pk}/?for=curiosity").content.decode()
    assert "Pat Whitfield" not in page
    assert openings(clinic) == []


def test_another_organisations_submission_answers_like_one_that_never_was(
    clinic: Clinic, pat: Patient
) -> None:
    row = sent(clinic, pat)
    cy = browser_of(make_clinic("Cedar Practice", "Cy").owner)
    assert cy.get(f"/inbox/{row.pk}/?for=care").status_code == 404
    assert "Pat" not in cy.get("/inbox/").content.decode()
    assert openings(clinic) == []


def test_a_reference_is_found_however_it_is_written(clinic: Clinic, pat: Patient) -> None:
    row = sent(clinic, pat)
    ada = browser_of(clinic.owner)
    plain = row.reference.replace("-", "")
    for typed in (row.reference.lower(), plain, plain.removeprefix("KW"), f"%20{row.reference}%20"):
        page = ada.get(f"/inbox/?reference={typed}").content.decode()
        assert f"/inbox/{row.pk}/" in page, typed
    assert "Nothing found" in ada.get("/inbox/?reference=KW-0000-0000").content.decode()
    assert ada.get("/inbox/?before=nonsense&form=%00").status_code == 200


def test_a_file_arrives_sealed_and_leaves_as_a_download_on_the_trail(
    clinic: Clinic, pat: Patient
) -> None:
    pat.open()
    pat.begin()
    pat.answer({"Full name": "Pat Whitfield", "Date of birth": "1951-03-09"})
    pat.answer({"Do you smoke?": "no"})
    upload = SimpleUploadedFile('card".png', PNG, content_type="text/html")
    checked = pat.post(pat.here, {"act": "continue", pat.name_of("Add a letter"): upload})
    assert "card" in checked
    assert reference_in(pat.send().content.decode())
    with wall.reading(clinic.organisation.id):
        row = Submission.objects.get()
    ada = browser_of(clinic.owner)
    page = ada.get(f"/inbox/{row.pk}/?for=payment").content.decode()
    address = re.search(r'href="(/inbox/[^"]+/files/[^"]+)"', page)
    assert address
    file = ada.get(address[1])
    assert file.content == PNG
    assert file.headers["Content-Type"] == "image/png"
    assert file.headers["Content-Disposition"].startswith("attachment; ")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    opening = openings(clinic)[0]
    assert opening.subjects[0].fields == ("file", "name")
    assert opening.purpose == "payment", "the reason said at the door counts for its files"
    asked = ada.get(address[1].partition("?")[0])
    assert asked.headers["Location"] == f"/inbox/{row.pk}/", "without a reason, it is asked for"


def test_the_page_lists_its_own_opening_first_and_the_opening_is_one_entry(
    clinic: Clinic, pat: Patient
) -> None:
    row = sent(clinic, pat)
    page = browser_of(clinic.owner).get(f"/inbox/{row.pk}/?for=care").content.decode()
    seen = page[page.index("Who opened it") :]
    first, second = seen.index("opened answers of 1 submission"), seen.index("sent a form")
    assert first < second
    assert len(openings(clinic)) == 1


def test_the_page_leads_to_what_arrived_before_and_after(clinic: Clinic, pat: Patient) -> None:
    sent(clinic, pat)
    for again in (Patient(pat.token), Patient(pat.token)):
        again.fill()
        again.send()
    with wall.reading(clinic.organisation.id):
        first, second, third = Submission.objects.order_by("pk").values_list("pk", flat=True)
    ada = browser_of(clinic.owner)
    page = ada.get(f"/inbox/{second}/").content.decode()
    assert f'href="/inbox/{third}/" rel="prev"' in page
    assert f'href="/inbox/{first}/" rel="next"' in page
    assert 'rel="next"' not in ada.get(f"/inbox/{first}/").content.decode()


def test_forms_of_equal_title_are_told_apart_and_empty_ones_not_offered(
    clinic: Clinic, pat: Patient
) -> None:
    row = sent(clinic, pat)
    twin = Patient(publish(clinic))
    twin.fill()
    twin.send()
    publish(clinic)  # a third, to which nobody answers
    ada = browser_of(clinic.owner)
    page = ada.get("/inbox/").content.decode()
    labels = re.findall(r"<option value=.[0-9a-f-]{36}.>([^<]+)</option>", page)
    assert len(labels) == len(set(labels)) == 2
    assert all(label.startswith(f"{row.form.title}, uploaded today") for label in labels)
    with wall.reading(clinic.organisation.id):
        unused = Form.objects.latest("pk")
    assert f'value="{unused.pk}"' not in page
    asked = ada.get(f"/inbox/?form={unused.pk}").content.decode()
    assert f'value="{unused.pk}" selected' in asked


def test_the_first_page_says_which_forms_arrived(clinic: Clinic, pat: Patient) -> None:
    row = sent(clinic, pat)
    page = browser_of(clinic.owner).get("/").content.decode()
    assert "1 form arrived in the last 24 hours" in page
    assert f"{row.form.title} 1" in page
