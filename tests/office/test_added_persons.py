"""Persons added by hand: who is known is shown first, twice is once, and who sees them."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.persons import actions, queries
from keepwell.safeguards.persons.errors import KnownAlready
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.tenancy import wall
from tests.at_once import at_once
from tests.office.rooms import House, text_of
from tests.office.test_locations import HILL, send

BORN = date(1984, 3, 9)
ADD = "/persons/add/"
CREATE = "persons:person:create"
NEW = {
    "name": "Noa Berg",
    "born": "1971-06-30",
    "email": "noa@example.org",
    "telephone": "+1 555 0444",
}
NOA: actions.Facts = {"name": "Noa Berg", "born": BORN, "email": None, "telephone": None}
PAT = {"name": "pat winters", "born": "1984-03-09"}
TIMES = 6
_TOKEN = re.compile(r'name="once" value="([0-9a-f-]{36})"')


def token_of(browser: Client) -> dict[str, str]:
    [found] = _TOKEN.findall(text_of(browser.get(ADD)))
    return {"once": found}


def found(house: House, **by: Any) -> set[UUID]:
    return {one.pk for one in queries.persons_found(house.viewer(), **by).rows}


def test_who_is_added_is_found_by_all_that_was_written_down(house: House, ada: Client) -> None:
    assert f'href="{ADD}"' in text_of(ada.get("/persons/"))
    answer = ada.post(ADD, NEW | token_of(ada))
    assert answer.status_code == 302
    [made] = found(house, name="Noa Berg")
    assert answer["Location"] == f"/persons/{made}/"
    assert found(house, born=date(1971, 6, 30)) == found(house, telephone="+1 555 0444") == {made}
    page = text_of(ada.get(f"/persons/{made}/?for=care"))
    assert "The person is added." in page
    assert "As a colleague wrote it down" in page
    assert "noa<wbr>@example.org" in page
    [said] = house.payloads(CREATE)
    assert said.actor == house.people["Ada"].user.pk
    assert set(said.subjects[0].fields) == {"name", "born", "email", "telephone"}
    assert not any(value in repr(said) for value in NEW.values())
    with wall.reading(house.clinic.organisation.id):
        row = Person.objects.filter(pk=made).values().get()
    assert "Noa" not in repr(row)


def test_who_is_known_by_name_and_birth_date_is_shown_first_and_opened_on_the_trail(
    house: House, ada: Client, pat: UUID
) -> None:
    token = token_of(ada)
    answer = ada.post(ADD, PAT | token)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody of this name and date of birth is known already" in page
    assert f'href="/persons/{pat}/"' in page
    assert "+1 555 0123" in page
    assert "Add all the same" in page
    [opened] = house.payloads("records:fields:open")
    assert opened.subjects[0].ids == (pat,)
    assert found(house, born=BORN) == {pat}
    again = ada.post(ADD, PAT | token | {"is_another": "1"})
    assert again.status_code == 302
    assert len(found(house, born=BORN)) == 2
    assert "Is this the same person?" in text_of(ada.get(f"/persons/{pat}/"))


def test_joined_persons_are_shown_once_and_who_differs_is_not(
    house: House, ada: Client, pat: UUID
) -> None:
    twin = house.person(name="Pat Winters", born=BORN)
    actions.join(house.viewer(), person=twin, into=pat, reason="Same card")
    house.person(name="Pat Winters", born=date(1984, 3, 10))
    [known] = queries.persons_alike(house.viewer(), name="Pat Winters", born=BORN)
    assert known.pk == twin
    assert queries.persons_alike(house.viewer(), name="Pat Winters", born=None) == ()
    assert ada.post(ADD, {"name": "Pat Winters", "born": "1984-03-11"}).status_code == 302


def test_pressed_several_times_adds_once(house: House, ada: Client) -> None:
    given = NEW | token_of(ada)

    def press() -> tuple[int, str]:
        answer = house.browser("Ada").post(ADD, given)
        return answer.status_code, answer.headers.get("Location", "")

    assert len(set(at_once([press] * TIMES))) == 1
    assert len(found(house, name="Noa Berg")) == 1
    assert len(house.payloads(CREATE)) == 1


def test_of_two_colleagues_who_add_the_same_person_one_is_told(house: House) -> None:
    def add() -> bool:
        try:
            actions.add_person(house.viewer(), **NOA)
        except KnownAlready:
            return False
        return True

    assert at_once([add] * TIMES).count(True) == 1
    assert len(found(house, name="Noa Berg")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x" * 301},
        {"born": "1971-13-40"},
        {"born": (date.today() + timedelta(days=3)).isoformat()},  # noqa: DTZ011  of this machine
        {"telephone": "none"},
    ],
)
def test_what_cannot_be_used_is_asked_for_and_adds_nobody(
    house: House, ada: Client, wrong: dict[str, str]
) -> None:
    assert ada.post(ADD, NEW | wrong).status_code == 422
    assert house.payloads(CREATE) == []
    assert ada.post(ADD, {"name": "Noa Berg"}).status_code == 302


@pytest.mark.parametrize("who", ["Dee", "Abe", "Tom"])
def test_who_works_with_no_records_adds_nobody(house: House, who: str) -> None:
    house.people["Tom"] = house.clinic.add("Tom", Role.TECHNICIAN)
    browser = house.browser(who)
    assert [browser.get(ADD).status_code, browser.post(ADD, NEW).status_code] == [403, 403]
    assert ADD not in text_of(browser.get("/persons/"))
    viewer = replace(house.viewer("Dee"), role="technician") if who == "Tom" else house.viewer(who)
    with pytest.raises(NotPermitted):
        actions.add_person(viewer, **NOA)
    raised = replace(house.viewer("Abe"), raised=frozenset({"person:add"}))
    with pytest.raises(NotPermitted):  # that somebody is known would say who is
        actions.add_person(raised, **NOA)


def test_a_member_of_some_locations_adds_nobody_whom_they_would_not_see(house: House) -> None:
    ben = house.browser("Ben")
    assert ben.post(ADD, NEW).status_code == 302
    send(house, "Ben", frozenset({house.clinic.open_location(**HILL)}))
    ben = house.browser("Ben")
    assert ADD not in text_of(ben.get("/persons/"))
    assert [ben.get(ADD).status_code, ben.post(ADD, NEW).status_code] == [403, 403]
    assert len(house.payloads(CREATE)) == 1


def test_who_is_known_elsewhere_is_not_known_here(house: House, pat: UUID) -> None:
    cy = house.browser("Cy")
    assert cy.post(ADD, PAT).status_code == 302
    assert queries.persons_alike(house.viewer("Cy"), name="Pat Winters", born=BORN)[0].pk != pat


def test_what_needs_another_look_is_listed_in_the_order_of_the_page(ada: Client) -> None:
    wrong = {"name": "", "born": "1", "email": "nonsense", "telephone": "1"}
    page = text_of(ada.post("/persons/add/", wrong))
    listed = re.findall(r'<li><a href="#(id_\w+)"', page)
    asked = re.findall(r'<input [^>]*\bid="(id_\w+)"', page)
    assert listed == [one for one in asked if one in listed]
    assert len(listed) == 4


def test_who_sent_nothing_is_not_said_to_have_sent_something(
    house: House, ada: Client, pat: UUID
) -> None:
    said = "What this person sent stays as it was sent."
    assert said in text_of(ada.get(f"/persons/{pat}/facts/"))
    added = actions.add_person(
        house.viewer(), name="Rosa Marsh", born=None, email=None, telephone=None
    )
    address = f"/persons/{added.pk}/facts/"
    page = text_of(ada.get(address))
    assert said not in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    sent = {"name": "Rosa Marsch", "reason": "As on the card", "seen": seen[1]}
    page = text_of(ada.post(address, sent, follow=True))
    assert "The facts are corrected." in page
    assert said not in page


def test_who_was_added_is_corrected_as_everybody(house: House, ada: Client) -> None:
    made = actions.add_person(house.viewer(), **NOA)
    facts = NOA | cast("actions.Facts", {"name": "Noah Berg"})
    assert actions.correct_person(
        house.viewer(), person=made.pk, seen=made.entry_id, reason="Spelt", **facts
    )
    page = text_of(ada.get(f"/persons/{made.pk}/?for=care"))
    assert "Noah Berg" in page
    assert "Corrected by a colleague" in page
    assert "What was sent stays" not in page
