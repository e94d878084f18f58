"""Twenty sends at the same moment make one submission."""

from keepwell.products.forms.models import Submission
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.tenancy import wall
from tests.at_once import at_once
from tests.people import SAFARI, Clinic, browser
from tests.products.forms.pages.patients import Patient, reference_in


def test_twenty_parallel_sends_give_one_submission_and_one_reference(
    clinic: Clinic, pat: Patient
) -> None:
    pat.fill()

    def send() -> str:
        device = Patient(pat.token, client=browser(agent=SAFARI))
        device.client.cookies = pat.client.cookies
        return reference_in(device.send().content.decode())

    assert len(set(at_once([send] * 20))) == 1
    with wall.reading(clinic.organisation.id):
        assert Submission.objects.count() == 1
        assert Person.objects.count() == 1
