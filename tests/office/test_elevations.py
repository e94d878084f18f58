"""Access for a while: asked for, decided by somebody else, held until its time, falling back."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from keepwell.safeguards.access import acting
from keepwell.safeguards.access.elevations import actions
from keepwell.safeguards.access.elevations.queries import askable, deciders_of
from keepwell.safeguards.access.errors import (
    AlreadyAsked,
    NotPermitted,
    NotRaisable,
    OwnRequest,
    TooManyAsked,
)
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Elevation
from keepwell.safeguards.access.raising import Decision
from keepwell.safeguards.access.rights.queries import rights_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.tasks import sweep
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.jobs.doing import do, do_all
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_locations import HILL
from tests.office.test_officers import membership_of
from tests.people import PASSWORD
from tests.safeguards.access.test_acting import SEEN, count

if TYPE_CHECKING:
    from collections.abc import Callable

ASK = "/access/ask/"
TRAIL: dict[str, Any] = {
    "permissions": ["trail:read"],
    "minutes": 60,
    "reason": "Year-end report",
}
YES = {"reason": "She prepares the report"}
HOUR = 3600


@pytest.fixture
def ben(house: House) -> Client:
    """Open a browser in which the member is signed in."""
    return house.browser("Ben")


def prove(client: Client, house: House, who: str, address: str = ASK) -> Any:
    asked = client.get(address)
    assert asked["Location"].startswith("/account/again/access/?next=")
    given = {"password": PASSWORD, "code": house.people[who].code(), "next": address}
    return client.post("/account/again/access/", given)


def asked(house: House, who: str = "Ben", **other: Any) -> Elevation:
    row, _ = actions.ask(house.viewer(who), **{**TRAIL, **other})
    return row


def given(house: House, who: str = "Ben", by: str = "Ada", **other: Any) -> Elevation:
    row = actions.approve(house.viewer(by), elevation=asked(house, who, **other).pk, **YES)
    assert row is not None
    return row


def raised(house: House, who: str = "Ben") -> set[str]:
    rights = rights_of(house.people[who].user.pk, house.clinic.organisation.id)
    return set(rights.raised) if rights else set()


def anew(row: Elevation) -> Elevation:
    with wall.reading(row.organisation_id):
        found: Elevation = Elevation.objects.get(pk=row.pk)
    return found


# Asking.


def test_a_page_that_is_not_open_offers_to_ask_and_a_request_is_made(
    house: House, ben: Client
) -> None:
    page = text_of(ben.get("/trail/"))
    way = f"{ASK}?for=trail%3Aread"
    assert f'href="{way}"' in page
    assert prove(ben, house, "Ben", way)["Location"] == way
    form = text_of(ben.get(way))
    boxes = re.findall(r'<input type="checkbox"[^>]*>', form)
    assert [box for box in boxes if "checked" in box] == [box for box in boxes if "trail:" in box]
    answer = text_of(ben.post(ASK, TRAIL, follow=True))
    assert "2 colleagues can decide" in answer
    assert "Read the trail" in answer
    [payload] = house.payloads("access:elevation:ask")
    assert payload.reason == TRAIL["reason"]
    assert payload.detail == {"permissions": "trail:read", "minutes": "60"}


def test_a_page_that_nobody_can_be_given_offers_nothing(house: House, ben: Client) -> None:
    page = text_of(ben.get("/emergency/minutes/"))
    assert "You may not open this" in page
    assert "Ask for access" not in page


def test_whoever_can_decide_is_told_and_nobody_else(house: House, ben: Client) -> None:
    prove(ben, house, "Ben")
    for _twice in range(2):
        ben.post(ASK, TRAIL)
    letters = mailed()
    assert sorted(one.to for one in letters) == ["abe@example.org", "ada@example.org"]
    assert "Year-end" not in letters[0].raw.decode()
    assert "1 request for access waits" in text_of(house.browser("Abe").get("/"))
    assert "request for access" not in text_of(house.browser("Dee").get("/"))
    assert len(house.payloads("access:elevation:ask")) == 1


def test_asking_needs_both_steps_and_something_to_ask_for(house: House, ben: Client) -> None:
    assert ben.post(ASK, TRAIL)["Location"].startswith("/account/again/access/")
    prove(ben, house, "Ben")
    unusable: tuple[dict[str, Any], ...] = (
        {"permissions": []},
        {"permissions": ["person:erase"]},
        {"permissions": ["submission:open"]},  # held already
        {"permissions": ["nothing:known"]},
        {"minutes": 7},
        {"reason": ""},
    )
    for wrong in unusable:
        assert ben.post(ASK, TRAIL | wrong).status_code == 422, wrong
    assert house.payloads("access:elevation:ask") == []


@pytest.mark.parametrize(
    "other",
    [
        {"permissions": []},
        {"permissions": ["elevation:decide"]},
        {"permissions": ["emergency:begin"]},
        {"permissions": ["member:change"]},
        {"permissions": ["person:open"]},
        {"minutes": 0},
        {"minutes": 7 * 24 * 60 + 1},
    ],
)
def test_what_cannot_be_raised_is_refused_by_the_action_too(
    house: House, other: dict[str, Any]
) -> None:
    with pytest.raises(NotRaisable):
        asked(house, **other)


def test_the_same_for_another_time_is_asked_once_the_first_is_withdrawn(house: House) -> None:
    row = asked(house)
    with pytest.raises(AlreadyAsked):
        asked(house, minutes=30)
    for _twice in range(2):
        actions.give_back(house.viewer("Ben"), elevation=row.pk)
    asked(house, minutes=30)
    assert anew(row).decision == Decision.WITHDRAWN
    assert len(house.payloads("access:elevation:withdraw")) == 1


# Deciding.


def test_an_owner_gives_it_and_the_next_request_has_it(
    house: House, ada: Client, ben: Client
) -> None:
    row = asked(house)
    address = f"/access/{row.pk}/"
    assert prove(ada, house, "Ada", address)["Location"] == address
    page = text_of(ada.get(address))
    assert TRAIL["reason"] in page
    assert "1 hour" in page
    assert ben.get("/trail/").status_code == 403
    assert ada.post(address, {"reason": ""}).status_code == 422
    assert "Given." in text_of(ada.post(address, YES, follow=True))
    assert ben.get("/trail/").status_code == 200
    assert 'href="/trail/"' in text_of(ben.get("/"))
    assert [one.to for one in mailed()] == ["ben@example.org"]
    [payload] = house.payloads("access:elevation:approve")
    assert payload.reason == YES["reason"]


def test_deciding_needs_both_steps(house: House, ada: Client) -> None:
    row = asked(house)
    assert ada.post(f"/access/{row.pk}/", YES)["Location"].startswith("/account/again/access/")
    assert anew(row).decision == ""


def test_a_refusal_gives_nothing_and_is_told(house: House, ada: Client, ben: Client) -> None:
    row = asked(house)
    address = f"/access/{row.pk}/"
    prove(ada, house, "Ada", address)
    told = ada.post(address, {"reason": "Ask Dee instead", "refuse": "1"}, follow=True)
    assert "Refused." in text_of(told)
    assert ben.get("/trail/").status_code == 403
    assert "refused" in mailed()[-1].subject
    assert house.payloads("access:elevation:refuse")[0].reason == "Ask Dee instead"


@pytest.mark.parametrize("who", ["Ben", "Dee"])
def test_members_and_auditors_decide_nothing(house: House, who: str) -> None:
    row = asked(house, "Dee", permissions=["form:publish"])
    assert house.browser(who).get(f"/access/{row.pk}/").status_code == 403
    assert house.browser(who).post(f"/access/{row.pk}/", YES).status_code == 403
    for act in (actions.approve, actions.refuse):
        with pytest.raises(NotPermitted):
            act(house.viewer(who), elevation=row.pk, reason="Mine")


def test_nobody_decides_about_their_own(house: House) -> None:
    row = asked(house, "Abe", permissions=["submission:list"])
    for act in (actions.approve, actions.refuse):
        with pytest.raises(OwnRequest):
            act(house.viewer("Abe"), elevation=row.pk, reason="Mine")
    assert raised(house, "Abe") == set()


def test_nobody_gives_what_their_own_role_does_not_hold(house: House, ada: Client) -> None:
    row = asked(house, "Dee", permissions=["submission:open", "form:publish"])
    with pytest.raises(NotPermitted):
        actions.approve(house.viewer("Abe"), elevation=row.pk, **YES)
    abe = replace(house.viewer("Abe"), raised=frozenset({"submission:open"}))
    with pytest.raises(NotPermitted):  # what is raised is passed on to nobody
        actions.approve(abe, elevation=row.pk, **YES)
    browser = house.browser("Abe")
    prove(browser, house, "Abe", f"/access/{row.pk}/")
    assert "Give it" not in text_of(browser.get(f"/access/{row.pk}/"))
    assert actions.approve(house.viewer(), elevation=row.pk, **YES) is not None
    assert raised(house, "Dee") == {"submission:open", "form:publish"}


def test_the_first_decision_counts(house: House) -> None:
    row = asked(house)
    ada, abe = house.viewer(), house.viewer("Abe")
    acts: list[Callable[[], Elevation | None]] = [
        lambda: actions.approve(ada, elevation=row.pk, **YES),
        lambda: actions.refuse(abe, elevation=row.pk, reason="No"),
    ] * 4
    assert len([one for one in at_once(acts) if one is not None]) == 1
    kinds = ("access:elevation:approve", "access:elevation:refuse")
    assert len(house.payloads(*kinds)) == 1


def test_a_request_that_nobody_decides_lapses(house: House) -> None:
    row = asked(house)
    with clock.moved(72 * HOUR + 1):
        assert actions.approve(house.viewer(), elevation=row.pk, **YES) is None
        do(sweep)
        do(sweep)
    assert anew(row).decision == Decision.LAPSED
    assert len(house.payloads("access:elevation:lapse")) == 1


def test_a_lapsed_request_can_be_made_anew_before_anything_swept_it(house: House) -> None:
    row = asked(house)
    with clock.moved(72 * HOUR + 1):
        assert asked(house).pk != row.pk


# Falling back.


def test_it_falls_back_by_itself(house: House, ben: Client) -> None:
    row = given(house, minutes=30)
    assert ben.get("/trail/").status_code == 200
    with clock.moved(30 * 60):
        assert house.browser("Ben").get("/trail/").status_code == 403
        do(sweep)
        do(sweep)
    [payload] = house.payloads("access:elevation:end")
    assert (payload.viewer_kind, payload.detail) == ("system", {"because": "expired"})
    assert anew(row).ended == row.until


def test_its_holder_gives_it_back(house: House, ben: Client) -> None:
    row = given(house)
    for _twice in range(2):
        assert ben.post(f"/access/{row.pk}/back/").status_code == 302
    assert ben.get("/trail/").status_code == 403
    assert house.payloads("access:elevation:end")[0].detail == {"because": "given-back"}


def test_a_colleague_takes_it_back_from_the_next_request_on(
    house: House, ada: Client, ben: Client
) -> None:
    row = given(house)
    assert "Held now" in text_of(ada.get("/access/"))
    prove(ada, house, "Ada", f"/access/{row.pk}/")
    told = ada.post(
        f"/access/{row.pk}/", {"reason": "The report is done", "withdraw": "1"}, follow=True
    )
    assert "Taken back" in text_of(told)
    assert ben.get("/trail/").status_code == 403
    assert "taken back" in mailed()[-1].subject
    [payload] = house.payloads("access:elevation:end")
    assert (payload.reason, payload.detail) == ("The report is done", {"because": "withdrawn"})
    assert ada.get(f"/access/{row.pk}/")["Location"] == "/access/"


def test_it_ends_with_the_role_and_the_membership(house: House, ada: Client) -> None:
    given(house)
    asked(house, permissions=["form:publish"])
    mine = membership_of(house, "Ben")
    members.move(house.viewer(), membership=mine, role=Role.AUDITOR, locations=None, reason="Moved")
    assert raised(house) == set()
    given(house, permissions=["form:publish"])
    gone = members.end(house.viewer(), membership=mine, reason="Left").row
    assert raised(house) == set()
    assert "Access given for a while" in text_of(ada.get(f"/members/{gone.pk}/report/"))
    assert len(house.payloads("access:elevation:withdraw")) == 1
    with pytest.raises(NotPermitted):
        asked(house)


def test_a_job_has_what_is_raised_while_it_is_and_no_longer(house: House) -> None:
    """Whoever started work has, at the time it runs, the rights of that time (ASVS 8.3.3)."""
    SEEN.clear()
    row = given(house, permissions=["member:list"])
    ben = replace(house.viewer("Ben"), raised=frozenset(raised(house)))
    acting.start(ben, count)
    do_all()
    assert [viewer.raised for viewer in SEEN] == [frozenset({"member:list"})]
    acting.start(ben, count)
    actions.give_back(house.viewer("Ben"), elevation=row.pk)
    do_all()
    assert len(SEEN) == 1
    assert house.payloads("access:job:refuse")[0].detail["needed"] == "member:list"


# Walls.


def test_another_organisations_request_is_not_there(house: House) -> None:
    row = given(house)
    cy = house.browser("Cy")
    assert cy.get(f"/access/{row.pk}/").status_code == 404
    assert cy.post(f"/access/{row.pk}/", YES).status_code == 404
    assert cy.post(f"/access/{row.pk}/back/").status_code == 404
    assert "Read the trail" not in text_of(cy.get("/access/"))
    assert house.browser("Dee").post(f"/access/{row.pk}/back/").status_code == 404
    assert raised(house) == {"trail:read"}


def test_a_right_given_here_is_none_elsewhere(house: House) -> None:
    given(house)
    ben, elsewhere = house.people["Ben"].user, house.practice.organisation.id
    assert rights_of(ben.pk, elsewhere) is None


def test_auditors_and_members_see_their_own_only(house: House, ben: Client) -> None:
    asked(house)
    asked(house, "Dee", permissions=["form:publish"])
    page = text_of(ben.get("/access/"))
    assert "Read the trail" in page
    assert "Publish forms" not in page
    assert "Colleagues" not in page


# Locations.


def sent_to(house: House, who: str) -> None:
    """Let somebody belong to Hillside only."""
    hill = house.clinic.open_location(**HILL)
    mine = membership_of(house, who)
    role = Role(house.viewer(who).role)
    members.move(
        house.viewer(), membership=mine, role=role, locations=frozenset({hill}), reason="Rota"
    )


def test_somebody_of_one_location_is_given_what_is_of_it_and_nothing_of_the_whole(
    house: House,
) -> None:
    sent_to(house, "Abe")
    found = rights_of(house.people["Abe"].user.pk, house.clinic.organisation.id)
    assert found is not None
    assert found.locations is not None
    abe = replace(house.viewer("Abe"), locations=found.locations)
    assert set(askable(abe)) == {
        "person:change",
        "person:disclose",
        "person:join",
        "person:list",
        "person:open",
        "submission:list",
        "submission:open",
    }
    with pytest.raises(NotRaisable):
        actions.ask(abe, **{**TRAIL, "permissions": ["trail:read"]})
    row, _ = actions.ask(abe, **{**TRAIL, "permissions": ["submission:list"]})
    assert [one.user.name for one in deciders_of(house.viewer(), row.pk)] == ["Ada"]
    browser = house.browser("Abe")
    assert browser.get("/inbox/").status_code == 403
    actions.approve(house.viewer(), elevation=row.pk, **YES)
    assert browser.get("/inbox/").status_code == 200
    assert browser.get("/trail/").status_code == 403


def test_somebody_of_one_location_decides_nothing_and_a_move_ends_what_was_given(
    house: House,
) -> None:
    given(house)
    sent_to(house, "Ben")
    assert raised(house) == set()
    row = asked(house, "Dee", permissions=["form:publish"])
    browser = house.browser("Abe")
    assert len(deciders_of(house.viewer(), row.pk)) == 2
    members.move(
        house.viewer(),
        membership=membership_of(house, "Abe"),
        role=Role.ADMINISTRATOR,
        locations=frozenset({house.clinic.open_location(**{**HILL, "name": "Valley"})}),
        reason="Rota",
    )
    assert browser.get(f"/access/{row.pk}/").status_code == 403
    assert len(deciders_of(house.viewer(), row.pk)) == 1


def test_pressing_give_twice_gives_and_does_not_take_back(house: House, ada: Client) -> None:
    row = asked(house)
    address = f"/access/{row.pk}/"
    prove(ada, house, "Ada", address)
    ada.post(address, YES)
    assert "Somebody was quicker" in text_of(ada.post(address, YES, follow=True))
    assert house.payloads("access:elevation:withdraw") == []
    with wall.reading(house.clinic.organisation.id):
        assert Elevation.objects.get().is_standing


def test_of_one_member_five_requests_wait_at_most(house: House) -> None:
    wanted = sorted(askable(house.viewer("Dee")))[:6]
    for one in wanted[:5]:
        actions.ask(house.viewer("Dee"), permissions=[one], minutes=60, reason="Work")
    with pytest.raises(TooManyAsked):
        actions.ask(house.viewer("Dee"), permissions=[wanted[5]], minutes=60, reason="Work")
