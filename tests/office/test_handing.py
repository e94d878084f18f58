"""Before a report is handed over: what the page says and does not offer."""

from pathlib import Path
from uuid import UUID

from django.test import Client
from pytest_django import Settings

from keepwell.safeguards.persons import actions as persons
from tests.office.conftest import BORN
from tests.office.rooms import House, text_of
from tests.office.test_handed_reports import SENT
from tests.office.test_reports import WHY
from tests.office.test_shared_reports import ordered


def test_whoever_makes_a_letter_is_told_before_that_phones_cannot_use_its_code(
    house: House, ada: Client, pat: UUID, settings: Settings
) -> None:
    report = ordered(house, ada, pat)

    def warned() -> bool:
        return "phones could not use this code yet" in text_of(ada.get(f"{report}hand/"))

    settings.KEEPWELL_PUBLIC_URL = "https://localhost:8443"
    assert warned()
    assert "It leads to localhost:8443" in text_of(ada.get(f"{report}hand/"))
    settings.KEEPWELL_PUBLIC_URL = "https://forms.clinic.example"
    settings.KEEPWELL_TLS_CERTIFICATE = Path("public.pem")
    assert not warned()


def test_a_report_that_may_speak_of_others_is_not_offered_and_leads_to_a_new_one(
    house: House, ada: Client, pat: UUID
) -> None:
    other = house.person(name="Pat Winters", born=BORN)
    join = persons.join(house.viewer(), person=other, into=pat, reason=WHY)
    both = ordered(house, ada, pat)
    assert 'name="days"' in text_of(ada.get(f"{both}hand/"))
    persons.undo_join(house.viewer(), join=join.pk, reason=WHY)
    opened, sent = ada.get(f"{both}hand/"), ada.post(f"{both}hand/", SENT)
    assert (opened.status_code, sent.status_code) == (200, 409)
    for page in map(text_of, (opened, sent)):
        assert 'name="days"' not in page
        assert "Make the report anew" in page
        assert f'href="/persons/{pat}/report/"' in page
    assert 'name="days"' in text_of(ada.get(f"{ordered(house, ada, pat)}hand/"))
