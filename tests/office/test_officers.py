"""The security officer and the privacy officer: who names them, who stands in, who is told."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.errors import CannotServe, NotPermitted, OutOfReach
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.officers import actions, queries
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_locations import HILL
from tests.people import PASSWORD

SECURITY = "/members/officers/security/"
WHY = "She knows the server"


def membership_of(house: House, name: str) -> UUID:
    person = house.people[name]
    assert person.organisation
    with wall.reading(person.organisation):
        found: UUID = Membership.objects.get(user=person.user, ended__isnull=True).pk
    return found


def name(house: House, who: str | None, duty: Duty = Duty.SECURITY) -> Membership | None:
    member = membership_of(house, who) if who else None
    return actions.name_officer(house.viewer(), duty=duty, membership=member, reason=WHY)


def told(house: House, *, but: str = "") -> set[str]:
    without = house.people[but].user.pk if but else None
    return {row.user.name for row in queries.officers_of(house.viewer(), but=without)}


def prove(client: Client, house: House, address: str = SECURITY) -> Any:
    ada = house.people["Ada"]
    asked = client.get(address)
    assert asked["Location"].startswith("/account/again/members/")
    given = {"password": PASSWORD, "code": ada.code(), "next": address}
    return client.post("/account/again/members/", given)


def test_an_owner_names_an_officer_who_is_told_by_mail(house: House, ada: Client) -> None:
    assert "Name a security and a privacy officer" in text_of(ada.get("/"))
    assert prove(ada, house)["Location"] == SECURITY
    answer = ada.post(SECURITY, {"member": membership_of(house, "Dee"), "reason": WHY}, follow=True)
    page = text_of(answer)
    assert "Written down" in page
    assert page.count("Nobody: owners stand in") == 1
    [letter] = [one for one in mailed() if one.to == "dee@example.org"]
    assert "Ashgrove Clinic" in letter.body
    [payload] = house.payloads("access:officer:name")
    assert (payload.reason, payload.detail) == (WHY, {"duty": "security"})


def test_without_both_steps_again_nobody_is_named(house: House, ada: Client) -> None:
    answer = ada.post(SECURITY, {"member": membership_of(house, "Dee"), "reason": WHY})
    assert answer["Location"].startswith("/account/again/members/")
    assert house.payloads("access:officer:name") == []


@pytest.mark.parametrize("who", ["Abe", "Dee", "Ben"])
def test_only_an_owner_names_officers(house: House, who: str) -> None:
    assert house.browser(who).get(SECURITY).status_code == 403
    member = membership_of(house, "Dee")
    with pytest.raises(NotPermitted):
        actions.name_officer(house.viewer(who), duty=Duty.SECURITY, membership=member, reason=WHY)


def test_pressing_twice_names_once(house: House, ada: Client) -> None:
    prove(ada, house)
    for _twice in range(2):
        ada.post(SECURITY, {"member": membership_of(house, "Dee"), "reason": WHY})
    assert len(house.payloads("access:officer:name")) == 1
    assert len([one for one in mailed() if one.to == "dee@example.org"]) == 1


def test_whose_role_does_not_open_the_trail_cannot_serve(house: House, ada: Client) -> None:
    prove(ada, house)
    answer = ada.post(SECURITY, {"member": membership_of(house, "Ben"), "reason": WHY})
    assert answer.status_code == 422
    with pytest.raises(CannotServe):
        name(house, "Ben")


def test_a_member_of_another_organisation_is_not_there(house: House, ada: Client) -> None:
    cys = membership_of(house, "Cy")
    with pytest.raises(OutOfReach):
        actions.name_officer(house.viewer(), duty=Duty.SECURITY, membership=cys, reason=WHY)
    prove(ada, house)
    assert ada.post(SECURITY, {"member": cys, "reason": WHY}).status_code == 422
    assert ada.get("/members/officers/cleaning/").status_code == 404


def test_owners_stand_in_for_each_empty_place(house: House) -> None:
    assert told(house) == {"Ada"}
    name(house, "Dee")
    assert told(house) == {"Ada", "Dee"}
    name(house, "Abe", Duty.PRIVACY)
    assert told(house) == {"Dee", "Abe"}
    assert told(house, but="Dee") == {"Abe"}


def test_if_only_the_one_spoken_of_is_left_owners_are_told(house: House) -> None:
    for duty in Duty:
        name(house, "Abe", duty)
    assert told(house) == {"Abe"}
    assert told(house, but="Abe") == {"Ada"}


def test_a_place_is_left_empty_with_a_reason(house: House) -> None:
    name(house, "Dee")
    name(house, None)
    name(house, None)
    assert told(house) == {"Ada"}
    [payload] = house.payloads("access:officer:release")
    assert payload.reason == WHY


def test_when_an_officer_leaves_owners_see_the_place_empty(house: House, ada: Client) -> None:
    name(house, "Dee")
    assert "Empty place" not in text_of(ada.get("/"))
    gone = membership_of(house, "Dee")
    members.end(house.viewer(), membership=gone, reason="Retired")
    assert told(house) == {"Ada"}
    assert "Empty place: Security officer" in text_of(ada.get("/"))
    assert "was Dee" in text_of(ada.get("/members/"))
    assert "Place of an officer" in text_of(ada.get(f"/members/{gone}/report/"))
    assert "Empty place" not in text_of(house.browser("Abe").get("/"))


def test_another_role_that_cannot_serve_empties_the_place(house: House, ada: Client) -> None:
    name(house, "Dee")
    dee = membership_of(house, "Dee")
    members.move(house.viewer(), membership=dee, role=Role.MEMBER, locations=None, reason="Desk")
    assert told(house) == {"Ada"}
    assert "Empty place: Security officer" in text_of(ada.get("/"))


def test_somebody_of_one_location_cannot_serve(house: House) -> None:
    name(house, "Dee")
    hill = frozenset({house.clinic.open_location(**HILL)})
    dee = membership_of(house, "Dee")
    members.move(
        house.viewer(), membership=dee, role=Role.AUDITOR, locations=hill, reason="Works there"
    )
    assert told(house) == {"Ada"}
    with pytest.raises(CannotServe):
        name(house, "Dee", Duty.PRIVACY)


@pytest.mark.parametrize(("who", "may_name"), [("Ada", True), ("Abe", False), ("Dee", False)])
def test_whoever_sees_members_sees_the_officers(house: House, who: str, may_name: bool) -> None:
    name(house, "Dee")
    page = text_of(house.browser(who).get("/members/"))
    assert "Security officer" in page
    assert (f'href="{SECURITY}"' in page) is may_name
