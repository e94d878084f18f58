"""A form asks whether the clinic's notice was received: said, or why not; kept, shown, erased."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from keepwell.products.forms.actions import authoring
from keepwell.products.forms.models import Form, Submission
from keepwell.safeguards.access.elevations import actions as elevations
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.consent.acknowledgements import queries
from keepwell.safeguards.consent.acknowledgements.lines import person_parts
from keepwell.safeguards.consent.models import Acknowledgement
from keepwell.safeguards.consent.notices import actions as notices
from keepwell.safeguards.consent.notices.days import today_at
from keepwell.safeguards.persons.actions import erase_person
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy import wall
from tests.people import Clinic, browser_of, make_clinic
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, author

ASKED = "Have you received it?"
OWN_WORDS = "My sister read it to me, only half."


def publish_notice(clinic: Clinic, *languages: str) -> None:
    for language in languages or ("en",):
        wording = notices.Wording(language=language, title=f"Notice {language}", text=language)
        notices.write(author(clinic), wording=wording)
    notices.publish(author(clinic), effective=today_at(clinic.organisation))


def form_of(clinic: Clinic) -> UUID:
    with wall.reading(clinic.organisation.id):
        form: Form = Form.objects.get()
    return form.pk


def ask(clinic: Clinic) -> None:
    authoring.ask_for_notice(author(clinic), form_id=form_of(clinic), is_asked=True)


def say(pat: Patient, said: str, **more: str) -> str:
    return pat.post(f"{pat.path}notice/", {"notice": said, "version": "1", **more})


def kept(clinic: Clinic) -> list[Any]:
    with wall.reading(clinic.organisation.id):
        return list(Acknowledgement.objects.select_related("notice").order_by("pk"))


def why(clinic: Clinic) -> Any:
    [row] = kept(clinic)
    with disclose(author(clinic), "care") as scope:
        scope.open([row], "why")
        return row.why.open() if row.why is not None else None


def told(clinic: Clinic, kind: str) -> list[Any]:
    writer.stop()
    page = page_of_entries(author(clinic), kinds=[kind], limit=20)
    return [entry.payload for entry in page.entries]


@pytest.fixture
def asked(clinic: Clinic, pat: Patient) -> Patient:
    """Publish a notice and let the form ask for it."""
    publish_notice(clinic)
    ask(clinic)
    return pat


def test_the_question_comes_after_the_last_page_and_stands_among_the_answers(
    clinic: Clinic, asked: Patient
) -> None:
    page = asked.fill()
    assert asked.here.endswith("/notice/")
    assert ASKED in page
    assert "You agree to nothing" in page
    assert f'/notice/{clinic.organisation.id}/1/en/"' in page
    page = say(asked, "received")
    assert asked.here.endswith("/check/")
    assert "I have received the notice" in page
    assert "checked" in asked.open(f"{asked.path}notice/"), "it can be changed"


def test_what_was_said_is_kept_with_version_language_person_and_moment_and_is_on_the_trail(
    clinic: Clinic, asked: Patient
) -> None:
    asked.fill()
    say(asked, "received")
    asked.send()
    [row] = kept(clinic)
    with wall.reading(clinic.organisation.id):
        sent = Submission.objects.get()
    assert (row.notice.number, row.language, row.is_received) == (1, "en", True)
    assert (row.person_id, row.source) == (sent.person_id, sent.pk)
    assert why(clinic) is None
    [entry] = told(clinic, "consent:notice:acknowledge")
    assert {subject.model for subject in entry.subjects} == {
        "consent.acknowledgement",
        "consent.notice",
    }
    assert entry.subjects[0].persons == (sent.person_id,)


@pytest.mark.parametrize(
    ("said", "words", "expected"),
    [
        ("unread", OWN_WORDS, {"said": "unread", "words": ""}),
        ("declined", "", {"said": "declined", "words": ""}),
        ("other", OWN_WORDS, {"said": "other", "words": OWN_WORDS}),
        ("other", "x" * 400, {"said": "other", "words": "x" * 300}),
    ],
)
def test_why_not_is_kept_sealed_and_the_form_can_be_sent(
    clinic: Clinic, asked: Patient, said: str, words: str, expected: dict[str, str]
) -> None:
    asked.fill()
    say(asked, said, words=words)
    asked.send()
    assert "KW-" in asked.text
    assert why(clinic) == expected
    assert told(clinic, "consent:notice:acknowledge") == []
    [entry] = told(clinic, "consent:notice:decline")
    assert b"sister" not in entry.encode()


@pytest.mark.parametrize("said", ["", "yes", "accepted"])
def test_nothing_is_sent_before_the_question_is_answered(
    clinic: Clinic, asked: Patient, said: str
) -> None:
    asked.fill()
    page = say(asked, said)
    assert asked.here.endswith("/notice/")
    assert "needs another look" in page
    assert "Each of them lets you go on" in page
    asked.send()
    assert asked.here.endswith("/notice/")
    assert kept(clinic) == []
    with wall.reading(clinic.organisation.id):
        assert not Submission.objects.exists()


def test_a_form_that_does_not_ask_keeps_nothing_said(clinic: Clinic, pat: Patient) -> None:
    publish_notice(clinic)
    assert "Check your answers" in pat.fill()
    say(pat, "received")
    assert pat.here.endswith("/check/")
    pat.send()
    assert "KW-" in pat.text
    assert kept(clinic) == []


def test_without_a_published_notice_nobody_is_asked(clinic: Clinic, pat: Patient) -> None:
    ask(clinic)
    assert "Check your answers" in pat.fill()
    pat.send()
    assert "KW-" in pat.text


def test_whoever_has_begun_is_asked_too_once_the_form_asks(clinic: Clinic, pat: Patient) -> None:
    publish_notice(clinic)
    pat.fill()
    ask(clinic)
    pat.send()
    assert pat.here.endswith("/notice/")
    say(pat, "received")
    pat.send()
    assert len(kept(clinic)) == 1


def test_the_version_that_was_shown_is_kept_though_a_newer_one_came_meanwhile(
    clinic: Clinic, asked: Patient
) -> None:
    asked.fill()
    wording = notices.Wording(language="en", title="Notice", text="New words")
    notices.write(author(clinic), wording=wording)
    notices.publish(author(clinic), effective=today_at(clinic.organisation))
    say(asked, "received", version="1")
    asked.send()
    assert [row.notice.number for row in kept(clinic)] == [1]


@pytest.mark.parametrize("version", ["", "99", "-1", "one", "²", "9" * 40])
def test_a_version_that_somebody_made_up_is_the_one_that_applies(
    clinic: Clinic, asked: Patient, version: str
) -> None:
    asked.fill()
    say(asked, "received", version=version, language="xx")
    asked.send()
    assert [(row.notice.number, row.language) for row in kept(clinic)] == [(1, "en")]


def test_in_a_frame_the_check_shows_what_the_page_before_it_said(pat: Patient) -> None:
    pat.open()
    pat.begin()
    handle = handle_of(pat)
    data = {name: value for label in ABOUT_PAT for name, value in typed(pat, label).items()}
    path = f"/e/{pat.token}"
    pat.page = pat.client.post(f"{path}/1/", {"handle": handle, "act": "continue", **data})
    smokes = pat.name_of("Do you smoke?")
    last = {"handle": handle, "act": "check", smokes: "no"}
    page = pat.client.post(f"{path}/2/", last).content.decode()
    assert "Check your answers" in page
    assert "needs another look" not in page


def handle_of(pat: Patient) -> str:
    names = [name for name in pat.client.cookies if "kw-form" in name]
    return str(pat.client.cookies[names[0]].value)


def typed(pat: Patient, label: str) -> dict[str, str]:
    """Return one answer as the page that is open sends it."""
    name, value = pat.name_of(label), ABOUT_PAT[label]
    if label != "Date of birth":
        return {name: value}
    return dict(
        zip((f"{name}-year", f"{name}-month", f"{name}-day"), value.split("-"), strict=True)
    )


def test_in_a_frame_the_same_question_is_asked(clinic: Clinic, asked: Patient) -> None:
    asked.fill()
    handle = handle_of(asked)
    page = asked.client.post(f"/e/{asked.token}/check/", {"handle": handle}).content.decode()
    assert "Check your answers" in page
    path = f"/e/{asked.token}/notice/"
    shown = asked.client.post(path, {"handle": handle, "act": "show"}).content.decode()
    assert ASKED in shown
    assert f'action="{path}"' in shown
    said = asked.client.post(path, {"handle": handle, "notice": "received", "version": "1"})
    assert "I have received the notice" in said.content.decode()


# Staff.


def test_staff_see_it_beside_the_submission_and_the_reason_once_opened(
    clinic: Clinic, asked: Patient
) -> None:
    asked.fill()
    say(asked, "other", words=OWN_WORDS)
    asked.send()
    with wall.reading(clinic.organisation.id):
        sent = Submission.objects.get()
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    page = ben.get(f"/inbox/{sent.pk}/").content.decode()
    assert "Not acknowledged" in page
    assert "Version 1, English" in page
    assert OWN_WORDS not in page
    assert f"Another reason: {OWN_WORDS}" in ben.get(f"/inbox/{sent.pk}/?for=care").content.decode()
    person = ben.get(f"/persons/{sent.person_id}/").content.decode()
    assert "Did not say that the Notice of Privacy Practices was received" in person
    assert OWN_WORDS not in person
    dee = browser_of(clinic.add("Dee", Role.AUDITOR))
    assert dee.get(f"/inbox/{sent.pk}/").status_code == 403


def test_whoever_was_given_submissions_alone_reads_no_reason_of_a_person(
    clinic: Clinic, asked: Patient
) -> None:
    asked.fill()
    say(asked, "other", words=OWN_WORDS)
    asked.send()
    with wall.reading(clinic.organisation.id):
        sent = Submission.objects.get()
    abe = clinic.add("Abe", Role.ADMINISTRATOR)
    giver, taker = author(clinic), replace(author(clinic), actor=abe.user.pk, role="administrator")
    wanted = ["submission:list", "submission:open"]
    row, _ = elevations.ask(taker, permissions=wanted, minutes=60, reason="Ben is ill")
    elevations.approve(giver, elevation=row.pk, reason="So he is")
    page = browser_of(abe).get(f"/inbox/{sent.pk}/?for=care")
    assert page.status_code == 200
    assert "Pat Whitfield" in page.content.decode()
    assert "Not acknowledged" in page.content.decode()
    assert OWN_WORDS not in page.content.decode()


def test_a_persons_own_copy_holds_it(clinic: Clinic, asked: Patient) -> None:
    asked.fill()
    say(asked, "other", words=OWN_WORDS)
    asked.send()
    [row] = kept(clinic)
    with disclose(author(clinic), "care") as scope:
        [part] = person_parts(author(clinic), (row.person_id,), scope)
    assert OWN_WORDS.encode() in part.resource
    assert OWN_WORDS in str(part.sections)


def test_erasing_the_person_erases_what_was_said(clinic: Clinic, asked: Patient) -> None:
    asked.fill()
    say(asked, "received")
    asked.send()
    [row] = kept(clinic)
    erase_person(author(clinic), person=row.person_id, reason="Asked for it in writing")
    assert kept(clinic) == []


def test_another_organisation_reads_nothing_of_it(clinic: Clinic, asked: Patient) -> None:
    asked.fill()
    say(asked, "received")
    asked.send()
    [row] = kept(clinic)
    cy = author(make_clinic("Cedar Practice", "Cy"))
    assert queries.sent_with(cy, row.source) is None
    assert queries.said_by(cy, [row.person_id]) == []
    assert queries.sent_with(author(clinic), row.source) == row


# Authors.


def test_an_author_lets_a_form_ask_and_ask_no_more(clinic: Clinic, pat: Patient) -> None:
    form = form_of(clinic)
    ada = browser_of(clinic.owner)
    page = ada.post(f"/forms/{form}/notice/", {"asks": "yes"}, follow=True).content.decode()
    assert "Patients are asked from now on" in page
    assert "No notice is published yet" in page
    ada.post(f"/forms/{form}/notice/", {"asks": "yes"})
    page = ada.post(f"/forms/{form}/notice/", {"asks": "no"}, follow=True).content.decode()
    assert "Patients are not asked." in page
    assert [one.detail for one in told(clinic, "forms:form:ask")] == [
        {"asks": "no"},
        {"asks": "yes"},
    ]


def test_who_may_not_publish_forms_may_not_let_them_ask(clinic: Clinic, pat: Patient) -> None:
    form = form_of(clinic)
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    assert "Ask patients" not in ben.get(f"/forms/{form}/").content.decode()
    assert ben.post(f"/forms/{form}/notice/", {"asks": "yes"}).status_code == 403
    cy = author(make_clinic("Cedar Practice", "Cy"))
    with pytest.raises(OutOfReach):
        authoring.ask_for_notice(cy, form_id=form, is_asked=True)
    with wall.reading(clinic.organisation.id):
        assert not Form.objects.get().asks_notice
    with pytest.raises(NotPermitted):
        authoring.ask_for_notice(_member(clinic), form_id=form, is_asked=True)


def _member(clinic: Clinic) -> Any:
    return replace(author(clinic), role="member")
