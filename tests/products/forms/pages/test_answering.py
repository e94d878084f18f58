"""A patient answers page by page, without an account and without JavaScript."""

from keepwell.products.forms.models import Draft, Submission
from keepwell.safeguards.tenancy import wall
from tests.people import Clinic
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, reference_in


def counted(clinic: Clinic) -> tuple[int, int]:
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
