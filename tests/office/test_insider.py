"""An administrator who is curious (T16): nothing of patients opens, every try is written down."""

from uuid import UUID

import pytest

from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import all_routes
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import state
from tests.boundaries.inhabited import Inhabited, inhabit
from tests.office.rooms import House, text_of
from tests.people import Person, browser_of

REFUSED = "access:request:refuse"
OF_A_PATIENT = ("Pat Whitfield", "pat@example.org", "1.4 a letter", "Reportable disease")
OPEN_TO_A_MEMBER = {
    "forms:inbox",
    "forms:submission",
    "forms:file",
    "office:disclosures",
    "office:person",
    "office:persons",
}


def pages_with_a_patient(here: Inhabited, who: Person) -> dict[str, int]:
    """Ask for every address of the staff, with a purpose; return where a patient's data stood."""
    client = browser_of(who)
    client.raise_request_exception = False
    found = {}
    for route in (one for one in all_routes() if one.surface == "staff" and "GET" in one.methods):
        answer = client.get(here.address(route), {"for": "care"})
        client.cookies = browser_of(who).cookies  # signing out is among them
        said = answer.getvalue().decode(errors="replace")
        if any(word in said for word in OF_A_PATIENT):
            found[route.name] = answer.status_code
    return found


@pytest.mark.usefixtures("stores")
def test_no_address_shows_a_patient_to_an_administrator() -> None:
    here = inhabit("Ashgrove Clinic", "Ada")
    before = here.trail_size
    shown = pages_with_a_patient(here, here.clinic.add("Ben", Role.MEMBER))
    assert shown.keys() >= OPEN_TO_A_MEMBER, "or this test looks for the wrong words"
    assert here.trail_size > before
    assert pages_with_a_patient(here, here.clinic.add("Ida", Role.ADMINISTRATOR)) == {}


def test_every_try_of_an_administrator_is_refused_and_on_the_trail(house: House, pat: UUID) -> None:
    client = house.browser("Abe")
    routes = [one for one in all_routes() if one.name in OPEN_TO_A_MEMBER and "office" in one.name]
    addresses = [one.path.replace("<uuid:person_id>", str(pat)) for one in routes]
    answers = [client.get(one, {"for": "care"}) for one in [*addresses, "/inbox/"]]
    assert {answer.status_code for answer in answers} == {403}
    assert not [answer for answer in answers if "Pat Winters" in text_of(answer)]
    assert len(house.payloads(REFUSED)) == len(answers)


def test_whose_work_it_is_opens_the_same_and_that_is_on_the_trail(house: House, pat: UUID) -> None:
    answer = house.browser("Ben").get(f"/persons/{pat}/?for=care")
    assert "Pat Winters" in text_of(answer)
    (opened,) = house.payloads("records:fields:open")
    assert opened.subjects[0].ids == (pat,)
    assert house.payloads(REFUSED) == []


def administrators(here: Inhabited) -> list[Person]:
    return [here.clinic.owner, here.clinic.add("Ida", Role.ADMINISTRATOR)]


@pytest.mark.usefixtures("stores")
def test_no_page_pauses_the_trail_or_takes_anything_from_it() -> None:
    """Post to every route as whoever may most: the log only ever grows."""
    here = inhabit("Ashgrove Clinic", "Ada")
    sizes = [here.trail_size]
    for person in administrators(here):
        client = browser_of(person)
        client.raise_request_exception = False
        for route in (one for one in all_routes() if "POST" in one.methods):
            client.post(here.address(route), {"reason": "Curious"})
            client.cookies = browser_of(person).cookies  # signing out is among them
        writer.stop()
        sizes.append(here.trail_size)
    assert sizes == sorted(set(sizes)), "and what was tried is in it"
    assert state(here.clinic.console).size == sizes[-1]
