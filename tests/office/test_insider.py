"""An administrator who is curious (T16): nothing of patients opens, every try is written down."""

from uuid import UUID

import pytest

from keepwell.safeguards.access.routes import all_routes
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import state
from tests.boundaries.inhabited import Inhabited, inhabit
from tests.office.rooms import House, text_of
from tests.people import Person, browser_of

REFUSED = "access:request:refuse"
OPENING = (
    "/persons/{person}/",
    "/persons/{person}/?for=care",
    "/persons/{person}/erase/",
    "/persons/{person}/export/",
    "/persons/",
    "/inbox/",
)


def test_every_try_of_an_administrator_is_refused_and_on_the_trail(house: House, pat: UUID) -> None:
    client = house.browser("Abe")
    answers = [client.get(one.format(person=pat)) for one in OPENING]
    assert {answer.status_code for answer in answers} == {403}
    assert not [answer for answer in answers if "Pat Winters" in text_of(answer)]
    assert len(house.payloads(REFUSED)) == len(OPENING)


def test_whose_work_it_is_opens_the_same_and_that_is_on_the_trail(house: House, pat: UUID) -> None:
    answer = house.browser("Ben").get(f"/persons/{pat}/?for=care")
    assert "Pat Winters" in text_of(answer)
    (opened,) = house.payloads("records:fields:open")
    assert opened.subjects[0].ids == (pat,)
    assert house.payloads(REFUSED) == []


def administrators(here: Inhabited) -> list[Person]:
    from keepwell.safeguards.access.roles import Role  # noqa: PLC0415  beside its only use

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
