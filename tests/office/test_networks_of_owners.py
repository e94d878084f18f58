"""Only owners say from where owners come: by a line for them, for everybody, or a resumed list."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from keepwell.safeguards.access.errors import LockedOut, NotPermitted
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks.rules import ALL_BUT_OWNERS, holds_for
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.office import test_elevations as elevations
from tests.office.rooms import House, text_of
from tests.office.test_networks import DESK, HERE, LIST, THERE, allow, console, listed
from tests.people import browser_of, show_both_steps

FOR_OWNERS = ["", "owner"]
OTHERS = DESK | {"role": ALL_BUT_OWNERS}
WHY = "The line was changed"


def proven_as(house: House, name: str, address: str = HERE) -> Client:
    client = browser_of(house.people[name], address=address)
    show_both_steps(client, house.people[name], "networks")
    return client


def administrator(house: House, address: str = HERE) -> Viewer:
    return replace(house.viewer("Abe"), address=address)


def choices_on(client: Client) -> list[str]:
    return re.findall(r'<option value="([\w-]*)"', client.get(LIST).content.decode())


def status(house: House, name: str, address: str) -> int:
    return browser_of(house.people[name], address=address).get("/").status_code


def test_a_line_holds_for_whom_it_names() -> None:
    held = {whom: [role for role in Role if holds_for(whom, role)] for whom in ("", "owner")}
    assert held == {"": list(Role), "owner": [Role.OWNER]}
    others = [role for role in Role if holds_for(ALL_BUT_OWNERS, role)]
    assert others == [role for role in Role if role is not Role.OWNER]


def test_the_page_offers_others_than_owners_what_is_not_for_owners(house: House) -> None:
    roles = {role.value for role in Role}
    assert set(choices_on(proven_as(house, "Ada"))) == {"", ALL_BUT_OWNERS, *roles}
    abe = proven_as(house, "Abe")
    assert set(choices_on(abe)) == {ALL_BUT_OWNERS, *roles} - {"owner"}
    assert choices_on(abe)[0] == ALL_BUT_OWNERS, "the clinic's network for all is what they want"
    assert "From where owners come, owners say themselves" in text_of(abe.get(LIST))


@pytest.mark.parametrize("whom", FOR_OWNERS)
def test_an_administrator_does_not_add_what_holds_for_owners(house: House, whom: str) -> None:
    abe = proven_as(house, "Abe")
    assert abe.post(f"{LIST}add/", DESK | {"role": whom}).status_code == 422
    with pytest.raises(NotPermitted):
        network_actions.add(administrator(house), network=HERE, name="Abe", role=whom)
    assert listed(house) == []
    assert proven_as(house, "Ada").post(f"{LIST}add/", DESK | {"role": whom}).status_code == 302


def test_what_an_act_refuses_is_on_the_trail_as_the_page_says(house: House) -> None:
    owners = allow(house, "198.51.100.0/24", "owner")
    abe = proven_as(house, "Abe")
    answer = abe.post(f"{LIST}{owners.pk}/remove/")
    assert answer.status_code == 403
    assert "The refusal is on the trail." in text_of(answer)
    [said] = house.payloads("access:request:refuse")
    assert (said.actor, said.outcome) == (house.people["Abe"].user.pk, "refused")
    assert said.detail == {"route": "office:remove_network", "method": "POST"}


def test_an_administrators_line_for_all_others_does_not_shut_owners_out(house: House) -> None:
    assert proven_as(house, "Abe").post(f"{LIST}add/", OTHERS).status_code == 302
    names = ("Ada", "Abe", "Ben", "Dee")
    assert [status(house, name, HERE) for name in names] == [200, 200, 200, 200]
    assert [status(house, name, THERE) for name in names] == [200, 302, 302, 302]


@pytest.mark.parametrize("whom", FOR_OWNERS)
def test_an_administrators_line_for_all_others_does_not_let_owners_in(
    house: House, whom: str
) -> None:
    allow(house, "198.51.100.0/24", whom)
    abe = proven_as(house, "Abe")
    for half in ("128.0.0.0/1", "0.0.0.0/1"):  # his own first
        assert abe.post(f"{LIST}add/", OTHERS | {"network": half}).status_code == 302
    assert (status(house, "Ben", THERE), status(house, "Ada", THERE)) == (200, 302)


def test_the_page_and_the_trail_say_that_a_line_is_for_all_others(house: House) -> None:
    abe = proven_as(house, "Abe")
    abe.post(f"{LIST}add/", OTHERS)
    page = text_of(abe.get(LIST))
    assert "<td>Everybody but owners</td>" in page
    assert "You are here" in page
    assert "You are here" not in text_of(house.browser("Ada").get(LIST)), "it is not for her"
    [told] = house.payloads("access:network:add")
    assert told.detail == {"network": "198.51.100.0/24", "for": ALL_BUT_OWNERS}


def test_an_administrator_does_not_shut_out_the_own_role_by_it(house: House) -> None:
    with pytest.raises(LockedOut):
        network_actions.add(
            administrator(house), network="203.0.113.0/24", name="Branch", role=ALL_BUT_OWNERS
        )
    owner = replace(house.viewer("Ada"), address=HERE)
    network_actions.add(owner, network="203.0.113.0/24", name="Branch", role=ALL_BUT_OWNERS)
    assert status(house, "Ada", HERE) == 200


@pytest.mark.parametrize("whom", FOR_OWNERS)
def test_an_administrator_does_not_take_off_what_holds_for_owners(house: House, whom: str) -> None:
    row, others = allow(house, "198.51.100.0/24", whom), allow(house, HERE, ALL_BUT_OWNERS)
    abe = proven_as(house, "Abe")
    assert "An owner takes it off the list" in text_of(abe.get(f"{LIST}{row.pk}/"))
    assert abe.post(f"{LIST}{row.pk}/remove/").status_code == 403
    assert abe.post(f"{LIST}{others.pk}/remove/").status_code == 302
    assert listed(house) == [("198.51.100.0/24", whom)]
    assert proven_as(house, "Ada").post(f"{LIST}{row.pk}/remove/").status_code == 302


@pytest.mark.parametrize("whom", FOR_OWNERS)
def test_a_list_that_holds_for_owners_is_suspended_and_resumed_by_them(
    house: House, whom: str
) -> None:
    allow(house, "198.51.100.0/24", whom)
    with pytest.raises(NotPermitted):
        network_actions.suspend(administrator(house), reason=WHY)
    assert network_actions.suspend(console(house), reason=WHY) == 1
    abe, ada = proven_as(house, "Abe"), proven_as(house, "Ada")
    assert "An owner lets the list count again" in text_of(abe.get(LIST))
    assert abe.post(f"{LIST}resume/").status_code == 403
    assert status(house, "Ada", THERE) == 200, "still suspended"
    assert "Let the list count again" in text_of(ada.get(LIST))
    assert ada.post(f"{LIST}resume/").status_code == 302
    assert status(house, "Ada", THERE) == 302


def test_a_list_that_says_nothing_of_owners_is_resumed_by_an_administrator(house: House) -> None:
    allow(house, "198.51.100.0/24", ALL_BUT_OWNERS)
    network_actions.suspend(console(house), reason=WHY)
    abe = proven_as(house, "Abe")
    assert "Let the list count again" in text_of(abe.get(LIST))
    assert abe.post(f"{LIST}resume/").status_code == 302
    assert (status(house, "Ben", THERE), status(house, "Ada", THERE)) == (302, 200)


def test_a_member_who_may_change_the_list_for_a_while_says_nothing_of_owners(house: House) -> None:
    elevations.given(house, permissions=["network:change", "network:list"])
    ben = proven_as(house, "Ben")
    assert [ben.post(f"{LIST}add/", DESK | {"role": whom}).status_code for whom in FOR_OWNERS] == [
        422,
        422,
    ]
    assert listed(house) == []
    assert ben.post(f"{LIST}add/", OTHERS).status_code == 302
