"""Where a page keeps something sealed for a role, it offers to ask: when asking can help."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.elevations import actions
from keepwell.safeguards.access.elevations.queries import waiting_for
from keepwell.safeguards.persons import actions as persons
from keepwell.toolkit import clock
from tests.office.rooms import House, text_of
from tests.office.test_reports import WHY
from tests.office.test_shared_reports import ordered, shared
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, publish

OPEN, SENT = "person:open", "submission:open"
ASKED = "You have asked for access: see how it stands"
HOUR = 3600


def offers(page: str) -> list[str]:
    """Return where the offers of a page lead."""
    return re.findall(r'ask-for" href="([^"]+)"', page)


def ask(house: House, permission: str, who: str = "Dee") -> UUID:
    row, _ = actions.ask(house.viewer(who), permissions=[permission], minutes=60, reason=WHY)
    return row.pk


@pytest.fixture
def dee(house: House) -> Client:
    """Open a browser of the auditor, who sees that there are persons and not who they are."""
    return house.browser("Dee")


@pytest.fixture
def arrived(house: House) -> None:
    """Let a form arrive."""
    patient = Patient(publish(house.clinic))
    patient.open()
    patient.begin()
    patient.answer(ABOUT_PAT)
    patient.answer({"Do you smoke?": "no"})
    patient.answer({})
    assert patient.send().status_code == 200


def test_the_list_of_people_offers_to_ask_for_names(
    house: House, ada: Client, dee: Client, pat: UUID
) -> None:
    assert offers(text_of(dee.get("/persons/"))) == ["/access/ask/?for=person%3Aopen"]
    assert offers(text_of(ada.get("/persons/"))) == []


@pytest.mark.usefixtures("arrived")
def test_the_inbox_offers_to_ask_for_what_patients_sent(ada: Client, dee: Client) -> None:
    assert offers(text_of(dee.get("/inbox/"))) == ["/access/ask/?for=submission%3Aopen"]
    assert offers(text_of(ada.get("/inbox/"))) == []


def test_what_is_asked_for_is_chosen_already(house: House, dee: Client, pat: UUID) -> None:
    [way] = offers(text_of(dee.get("/persons/")))
    session = dee.get(way)["Location"]
    assert session.startswith("/account/again/access/?next=")
    assert "for%3Dperson" in session


@pytest.mark.usefixtures("arrived")
def test_whoever_opens_forms_but_no_persons_is_offered_the_person_of_one(
    house: House, dee: Client
) -> None:
    actions.approve(house.viewer(), elevation=ask(house, SENT), reason=WHY)
    inbox = text_of(dee.get("/inbox/"))
    found = re.search(r'href="(/inbox/[^"?/]+/)"', inbox)
    assert found
    assert offers(text_of(dee.get(found[1]))) == ["/access/ask/?for=person%3Aopen"]


def test_a_report_offers_it_to_its_maker_and_to_whom_it_is_shared_with(
    house: House, ada: Client, dee: Client, pat: UUID
) -> None:
    report = ordered(house, ada, pat)
    assert offers(text_of(dee.get(report))) == ["/access/ask/?for=person%3Aopen"]
    address = shared(house, ada, report, "Abe")
    assert len(offers(text_of(house.browser("Abe").get(address)))) == 1
    assert offers(text_of(ada.get(report))) == []
    persons.erase_person(house.viewer(), person=pat, reason=WHY)
    assert offers(text_of(dee.get(report))) == [], "nobody is left to open"


def test_while_a_request_waits_that_is_said_instead(house: House, dee: Client, pat: UUID) -> None:
    ask(house, OPEN)
    page = text_of(dee.get("/persons/"))
    assert offers(page) == ["/access/"]
    assert ASKED in page
    refused = text_of(dee.get(f"/persons/{pat}/"))
    assert ASKED in refused
    assert "for=person" not in refused


def test_a_request_of_somebody_else_or_for_something_else_changes_nothing(
    house: House, dee: Client, pat: UUID
) -> None:
    ask(house, OPEN, "Abe")
    ask(house, SENT)
    assert offers(text_of(dee.get("/persons/"))) == ["/access/ask/?for=person%3Aopen"]
    assert waiting_for(replace(house.viewer("Cy"), actor=house.viewer("Dee").actor), SENT) is None


def test_a_request_that_lapsed_was_refused_or_withdrawn_can_be_asked_anew(
    house: House, pat: UUID
) -> None:
    first = ask(house, OPEN)
    with clock.moved(73 * HOUR):
        assert waiting_for(house.viewer("Dee"), OPEN) is None
        assert offers(text_of(house.browser("Dee").get("/persons/"))) == [
            "/access/ask/?for=person%3Aopen"
        ]
    actions.refuse(house.viewer(), elevation=first, reason=WHY)
    assert waiting_for(house.viewer("Dee"), OPEN) is None
    second = ask(house, OPEN)
    assert waiting_for(house.viewer("Dee"), OPEN) is not None
    actions.give_back(house.viewer("Dee"), elevation=second)
    assert waiting_for(house.viewer("Dee"), OPEN) is None


def test_once_it_is_given_nothing_is_sealed_or_offered(
    house: House, dee: Client, pat: UUID
) -> None:
    actions.approve(house.viewer(), elevation=ask(house, OPEN), reason=WHY)
    page = text_of(dee.get("/persons/"))
    assert "Pat Winters" in page
    assert offers(page) == []
