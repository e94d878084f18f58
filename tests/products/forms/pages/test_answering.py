"""A patient answers page by page, without an account and without JavaScript."""

from datetime import timedelta

import pytest

from keepwell.products.forms.models import Draft, Submission
from keepwell.products.forms.tasks import expire_all_drafts
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.jobs.doing import do
from tests.people import Clinic
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, publish, reference_in

WEEK = timedelta(days=7).total_seconds()


def counted(clinic: Clinic) -> tuple[int, int]:
    """Count drafts and submissions."""
    with wall.reading(clinic.organisation.id):
        return Draft.objects.count(), Submission.objects.count()


def test_a_patient_answers_checks_and_sends(clinic: Clinic, pat: Patient) -> None:
    assert "Ashgrove Clinic" in pat.open()
    assert "+1 555 0100" in pat.text
    pat.begin()
    pat.answer(ABOUT_PAT)
    pat.answer({"Do you smoke?": "yes"})
    pat.answer({"How many a day?": "5"})
    checked = pat.answer({})
    assert "Check your answers" in checked
    assert "Pat Whitfield" in checked
    assert "March 9, 1951" in checked
    reference = reference_in(pat.send().content.decode())
    assert counted(clinic) == (0, 1)
    assert reference in pat.open()


def test_a_missing_answer_is_named_and_everything_typed_is_kept(pat: Patient) -> None:
    pat.open()
    pat.begin()
    shown = pat.answer({**ABOUT_PAT, "Full name": "", "Date of birth": "1951-13-41"})
    assert "Error:" in shown
    assert "Enter your full name" in shown or "Enter your name" in shown
    assert 'value="13"' in shown
    assert 'value="pat@example.org"' in shown
    assert 'value="13"' in pat.open(pat.here)


def test_a_question_that_no_longer_applies_is_dropped_when_sending(
    clinic: Clinic, pat: Patient
) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    pat.answer({"Do you smoke?": "yes"})
    pat.answer({"How many a day?": "5"})
    pat.open(f"{pat.path}2/")
    pat.answer({"Do you smoke?": "no"})
    assert "How many a day?" not in pat.open(f"{pat.path}check/")
    assert reference_in(pat.send().content.decode())


def test_send_back_send_gives_one_submission_and_one_reference(
    clinic: Clinic, pat: Patient
) -> None:
    pat.fill()
    first = reference_in(pat.send().content.decode())
    pat.post(f"{pat.path}1/", {"act": "continue"})
    assert reference_in(pat.text) == first
    with clock.moved(3600):
        assert reference_in(pat.send().content.decode()) == first
    assert counted(clinic) == (0, 1)


def test_the_same_device_goes_on_after_half_an_hour(pat: Patient) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    with clock.moved(31 * 60):
        assert "Go on with your form" in pat.open()
        assert "Do you smoke?" in pat.open(f"{pat.path}2/")
        assert 'value="Pat Whitfield"' in pat.open(f"{pat.path}1/")


def test_another_device_sees_nothing_of_a_draft(pat: Patient) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    stranger = Patient(pat.token)
    assert "Start now" in stranger.open()
    assert "Pat Whitfield" not in stranger.open(f"{pat.path}1/")
    assert stranger.here == pat.path


def test_clear_and_leave_leaves_nothing(clinic: Clinic, pat: Patient) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    assert "Clear your answers and leave?" in pat.open(f"{pat.path}leave/")
    assert "Your answers are removed" in pat.post(f"{pat.path}leave/", {"act": "clear"})
    assert counted(clinic) == (0, 0)
    assert "Start now" in pat.open()


@pytest.mark.parametrize(("seconds", "left"), [(WEEK - 60, 1), (WEEK + 60, 0)])
def test_a_draft_is_erased_a_week_after_its_last_answer(
    clinic: Clinic, pat: Patient, seconds: float, left: int
) -> None:
    pat.open()
    pat.begin()
    with clock.moved(seconds):
        do(expire_all_drafts)
    assert counted(clinic) == (left, 0)


def test_each_submission_begins_a_person_of_its_own(clinic: Clinic, pat: Patient) -> None:
    pat.fill()
    pat.send()
    again = Patient(pat.token)
    again.fill()
    again.send()
    with wall.reading(clinic.organisation.id):
        persons = list(Person.objects.all())
        assert len({person.match_token for person in persons}) == 1
    assert len(persons) == 2


def test_an_unknown_link_gets_a_help_page(clinic: Clinic, pat: Patient) -> None:
    stranger = Patient("0" * 26)
    assert "This link does not open a form" in stranger.open()
    assert stranger.page.status_code == 404
    assert "This link does not open a form" in Patient("nonsense").open()


def test_two_forms_of_a_clinic_are_answered_side_by_side(clinic: Clinic, pat: Patient) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    other = Patient(publish(clinic), client=pat.client)
    other.open()
    assert "Full name" in other.begin()
    assert "Do you smoke?" in pat.open(f"{pat.path}2/")
    assert counted(clinic) == (2, 0)


def test_the_handle_is_in_no_address_and_the_cookie_is_bound_to_the_host(pat: Patient) -> None:
    pat.open()
    pat.begin()
    cookie = next(one for name, one in pat.client.cookies.items() if "kw-form" in name)
    assert cookie.key.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie.value not in pat.here
    assert cookie.value not in pat.text


def test_what_is_posted_after_clearing_in_another_window_says_that_nothing_is_left(
    pat: Patient,
) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    here, smokes = pat.here, pat.name_of("Do you smoke?")
    pat.post(f"{pat.path}leave/", {"act": "clear"})
    answered = pat.post(here, {"act": "continue", smokes: "no"})
    assert "Your answers are removed" in answered
    assert "Nothing was sent" in answered
    assert "Start now" in pat.open(here)
