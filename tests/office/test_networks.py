"""Allowed networks: who gets in from where, that nobody shuts themselves out, and what is told."""

from dataclasses import replace

import pytest
from django.test import Client

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.errors import LockedOut
from keepwell.safeguards.access.models import AllowedNetwork
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.access.networks import queries as network_queries
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.at_once import at_once
from tests.office.rooms import House, text_of
from tests.people import Person, browser, browser_of
from tests.products.forms.pages.patients import publish

HERE, THERE = "198.51.100.7", "203.0.113.9"
DESK = {"network": "198.51.100.0/24", "name": "Front desk", "role": ""}
ELSEWHERE = {"network": "203.0.113.0/24", "name": "Branch", "role": ""}
AGAIN_UNSENT = "/account/again/networks/?unsent=1"
LIST = "/networks/"
REFUSE, ADD = "access:network:refuse", "access:network:add"


def console(house: House) -> Viewer:
    return viewers.console(house.clinic.organisation.id, account="tests")


def allow(house: House, network: str, role: str = "") -> AllowedNetwork:
    """Put a range on the list from the console, which nothing shuts out."""
    return network_actions.add(
        console(house), network=network, name=f"N {network} {role}", role=role
    )


def listed(house: House) -> list[tuple[str, str]]:
    return [(row.network, row.role) for row in network_queries.listed(console(house))]


def prove(client: Client, person: Person) -> Client:
    """Show both steps again, as the page asks before the list can be changed."""
    shown = {"password": person.password, "code": person.code()}
    answer = client.post("/account/again/networks/", shown)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    return client


@pytest.fixture
def proven(house: House, ada: Client) -> Client:
    return prove(ada, house.people["Ada"])


# Who may come in from where.


def test_without_a_list_everybody_comes_from_anywhere(house: House) -> None:
    for address in (HERE, THERE, "2001:db8::1"):
        assert browser_of(house.people["Ben"], address=address).get("/").status_code == 200


def test_a_session_outside_ends_at_its_next_request_and_one_inside_goes_on(house: House) -> None:
    inside = browser_of(house.people["Ben"], address=HERE)
    outside = browser_of(house.people["Dee"], address=THERE)
    assert outside.get("/").status_code == 200
    allow(house, "198.51.100.0/24")
    answer = outside.get("/trail/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?")
    assert "because=outside-networks" in answer["Location"]
    assert "only from networks it has allowed" in text_of(outside.get(answer["Location"]))
    assert inside.get("/").status_code == 200
    [refused] = house.entries(REFUSE)
    assert refused.payload is not None
    assert refused.payload.outcome == "refused"
    assert refused.payload.address == THERE
    assert refused.payload.actor == house.people["Dee"].user.pk
    assert refused.payload.detail == {"route": "office:trail"}
    [ended] = house.payloads("identity:session:end")
    assert ended.detail == {"because": "outside-networks"}


def test_the_ended_session_stays_ended_when_its_person_comes_back(house: House) -> None:
    allow(house, "198.51.100.0/24")
    laptop = browser_of(house.people["Ben"], address=THERE)
    laptop.get("/")
    assert laptop.get("/", REMOTE_ADDR=HERE).status_code == 302


def test_two_tabs_outside_are_told_alike_and_the_trail_tells_it_once(house: House) -> None:
    allow(house, "198.51.100.0/24")
    outside = browser_of(house.people["Ben"], address=THERE)
    told = [outside.get(path)["Location"] for path in ("/", "/inbox/")]
    assert all("because=outside-networks" in one for one in told)
    assert len(house.entries(REFUSE)) == 1


def test_a_script_outside_is_told_by_401(house: House) -> None:
    allow(house, "198.51.100.0/24")
    outside = browser_of(house.people["Ben"], address=THERE)
    assert outside.get("/inbox/", headers={"HX-Request": "true"}).status_code == 401


def test_a_post_from_outside_changes_nothing(house: House) -> None:
    allow(house, "198.51.100.0/24")
    outside = browser_of(house.people["Ada"], address=THERE)
    assert outside.post("/settings/logo/remove/").status_code == 302
    assert house.entries("office:logo:change") == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("198.51.100.200", 200),
        ("::ffff:198.51.100.200", 200),
        ("2001:db8:12::5", 200),
        ("2001:db8:13::5", 302),
        ("::ffff:203.0.113.9", 302),
        ("", 302),
    ],
)
def test_both_versions_of_addresses_are_told_apart(house: House, address: str, status: int) -> None:
    allow(house, "198.51.100.0/24")
    allow(house, "2001:db8:12::/48")
    assert browser_of(house.people["Ben"], address=address).get("/").status_code == status


def test_ranges_that_overlap_allow_what_either_does(house: House) -> None:
    wide, narrow = allow(house, "203.0.112.0/20"), allow(house, "203.0.113.0/24")
    ben = browser_of(house.people["Ben"], address=THERE)
    assert ben.get("/").status_code == 200
    network_actions.remove(console(house), wide.pk)
    assert ben.get("/").status_code == 200
    allow(house, "198.51.100.0/24")
    network_actions.remove(console(house), narrow.pk)
    assert ben.get("/").status_code == 302


def test_a_range_for_a_role_binds_that_role_and_no_other(house: House) -> None:
    allow(house, "198.51.100.0/24", Role.ADMINISTRATOR)
    for name, address, status in (
        ("Abe", HERE, 200),
        ("Abe", THERE, 302),
        ("Ben", THERE, 200),
        ("Ada", THERE, 200),
    ):
        assert browser_of(house.people[name], address=address).get("/").status_code == status


def test_a_range_for_a_role_stands_beside_those_for_everybody(house: House) -> None:
    allow(house, "198.51.100.0/24")
    allow(house, "203.0.113.0/24", Role.AUDITOR)
    for name, address, status in (
        ("Dee", HERE, 200),
        ("Dee", THERE, 200),
        ("Ben", HERE, 200),
        ("Ben", THERE, 302),
    ):
        assert browser_of(house.people[name], address=address).get("/").status_code == status


def test_another_organisations_list_binds_nobody_here(house: House) -> None:
    allow(house, "198.51.100.0/24")
    assert browser_of(house.people["Cy"], address=THERE).get("/").status_code == 200


def test_headers_that_name_another_address_are_not_asked(house: House) -> None:
    """The root takes them away (tests of the command line serve it); nothing behind reads them."""
    allow(house, "198.51.100.0/24")
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"):
        outside = browser_of(house.people["Ben"], address=THERE)
        assert outside.get("/", headers={name: HERE}).status_code == 302


def test_patients_pages_are_as_open_as_before_also_to_somebody_turned_away(house: House) -> None:
    link = f"/f/{publish(house.clinic)}/"
    before = browser(address=THERE).get(link)
    allow(house, "198.51.100.0/24")
    after = browser(address=THERE).get(link)
    assert (after.status_code, before.status_code) == (200, 200)
    member = browser_of(house.people["Ben"], address=THERE)
    assert member.get(link).status_code == 200
    assert len(sessions.standing_of(house.people["Ben"].user)) == 1, "looking at it ends nothing"
    assert house.entries(REFUSE) == []


# Signing in.


def sign_in(person: Person, address: str, *, password: str = "") -> tuple[Client, object]:
    here = browser(address=address)
    typed = {"email": person.email, "password": password or person.password}
    answer = here.post("/sign-in/", typed)
    if answer.status_code == 302:
        answer = here.post("/sign-in/code/", {"code": person.code()})
    return here, answer


def test_signing_in_from_elsewhere_is_refused_after_both_steps_and_on_the_trail(
    house: House,
) -> None:
    allow(house, "198.51.100.0/24")
    here, answer = sign_in(house.people["Ben"], THERE)
    page = text_of(answer)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert "Not from this network" in page
    assert THERE in page
    assert here.get("/").status_code == 302
    assert house.entries("identity:session:begin") == []
    [refused] = house.payloads(REFUSE)
    assert (refused.address, refused.outcome) == (THERE, "refused")


def test_signing_in_from_an_allowed_network_goes_on_as_ever(house: House) -> None:
    allow(house, "198.51.100.0/24")
    here, answer = sign_in(house.people["Ben"], HERE)
    assert answer.status_code == 302  # type: ignore[attr-defined]
    assert here.get("/").status_code == 200


def test_a_stranger_outside_learns_nothing_of_who_has_an_account(house: House) -> None:
    allow(house, "198.51.100.0/24")
    ben = house.people["Ben"]
    here = browser(address=THERE)
    pages = []
    for email in (ben.email, "nobody@example.org"):
        answer = here.post("/sign-in/", {"email": email, "password": "not this one"})
        pages.append((answer.status_code, "do not belong together" in text_of(answer)))
    assert pages == [(422, True), (422, True)]
    right = here.post("/sign-in/", {"email": ben.email, "password": ben.password})
    assert right["Location"] == "/sign-in/code/", "the first step alone says nothing of networks"
    wrong = here.post("/sign-in/code/", {"code": "000000"})
    assert "network" not in text_of(wrong)


# Changing the list.


def test_the_list_is_changed_only_after_both_steps_were_shown_again(
    house: House, ada: Client
) -> None:
    row = allow(house, "198.51.100.0/24")
    for path, typed in (
        ("add/", ELSEWHERE),
        ("resume/", {}),
        (f"{row.pk}/", {"name": "Other"}),
        (f"{row.pk}/remove/", {}),
    ):
        answer = ada.post(LIST + path, typed)
        assert (answer.status_code, answer["Location"]) == (302, AGAIN_UNSENT), path
    assert listed(house) == [("198.51.100.0/24", "")]
    assert "Show that it is you" in text_of(ada.get(LIST))


def test_the_proof_lasts_five_minutes(house: House, proven: Client) -> None:
    with clock.moved(6 * 60):
        answer = proven.post(f"{LIST}add/", DESK)
    assert answer["Location"] == AGAIN_UNSENT
    assert listed(house) == []


def test_the_page_says_where_you_come_from_and_has_your_network_written_down(
    proven: Client,
) -> None:
    page = text_of(proven.get(LIST))
    assert HERE in page
    assert 'value="198.51.100.7/32"' in page


def test_a_network_is_added_named_and_removed_and_each_is_on_the_trail(
    house: House, proven: Client
) -> None:
    assert proven.post(f"{LIST}add/", DESK).status_code == 302
    assert "You are here" in text_of(proven.get(LIST))
    [row] = network_queries.listed(console(house))
    proven.post(f"{LIST}{row.pk}/", {"name": "Reception"})
    assert "Reception" in text_of(proven.get(LIST))
    assert proven.post(f"{LIST}{row.pk}/remove/").status_code == 302
    assert listed(house) == []
    kinds = [f"access:network:{verb}" for verb in ("add", "rename", "remove")]
    told = house.entries(*kinds)
    assert [entry.kind for entry in told] == kinds
    assert all(one.payload and one.payload.detail == {"network": row.network} for one in told)
    assert not any(b"Reception" in one.payload.encode() for one in told if one.payload)


def test_a_change_that_would_shut_out_its_author_is_refused_with_a_way_on(
    house: House, proven: Client
) -> None:
    answer = proven.post(f"{LIST}add/", ELSEWHERE)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "would shut you out yourself" in page
    assert "Add 198.51.100.7/32, the network I am on" in page
    assert listed(house) == []
    assert house.entries(ADD) == []
    own = {"network": "198.51.100.7/32", "name": "Where I am now", "role": ""}
    for typed in (own, ELSEWHERE):
        assert proven.post(f"{LIST}add/", typed).status_code == 302
    assert set(listed(house)) == {("198.51.100.7/32", ""), ("203.0.113.0/24", "")}
    assert proven.get(LIST).status_code == 200


def test_removing_ones_own_network_is_refused_while_others_stand(
    house: House, proven: Client
) -> None:
    proven.post(f"{LIST}add/", DESK)
    proven.post(f"{LIST}add/", ELSEWHERE)
    own = next(row for row in network_queries.listed(console(house)) if row.name == "Front desk")
    assert "would shut you out" in text_of(proven.get(f"{LIST}{own.pk}/"))
    answer = proven.post(f"{LIST}{own.pk}/remove/")
    assert answer.status_code == 409
    assert "Nothing was changed" in text_of(answer)
    assert len(listed(house)) == 2


def test_a_range_for_ones_own_role_counts_for_the_lock_out(house: House, proven: Client) -> None:
    refused = proven.post(f"{LIST}add/", ELSEWHERE | {"role": "owner"})
    assert refused.status_code == 409
    assert proven.post(f"{LIST}add/", ELSEWHERE | {"role": "auditor"}).status_code == 302


def test_the_preview_tells_and_keeps_nothing(house: House, proven: Client) -> None:
    browser_of(house.people["Ben"], address=THERE)
    browser_of(house.people["Dee"], address=HERE)
    page = text_of(proven.post(f"{LIST}add/", DESK | {"preview": "1"}))
    assert "still lets you in from 198.51.100.7" in page
    assert "1 colleague who is signed in now comes from elsewhere" in page
    page = text_of(proven.post(f"{LIST}add/", ELSEWHERE | {"preview": "1"}))
    assert "would shut you out yourself" in page
    assert listed(house) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write an address or a range."),
        ("front desk", "This is no address or range."),
        ("198.51.100.7/24", "If you mean the whole network, write 198.51.100.0/24"),
        ("0.0.0.0/0", "That is every address there is."),
        ("::/0", "That is every address there is."),
        ("fe80::1%eth0", "This is no address or range."),
        ("<script>alert(1)</script>", "This is no address or range."),
    ],
)
def test_what_is_no_range_is_told_kindly_and_kept_on_the_page(
    house: House, proven: Client, typed: str, said: str
) -> None:
    answer = proven.post(f"{LIST}add/", DESK | {"network": typed})
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert "Front desk" in page
    assert "<script>alert" not in page
    assert listed(house) == []


@pytest.mark.parametrize("role", ["king", "owner ", "OWNER"])
def test_a_role_that_is_none_is_refused(house: House, proven: Client, role: str) -> None:
    assert proven.post(f"{LIST}add/", DESK | {"role": role}).status_code == 422
    assert listed(house) == []


def test_a_button_pressed_twice_allows_once(house: House, proven: Client) -> None:
    for _time in range(2):
        assert proven.post(f"{LIST}add/", DESK).status_code == 302
    assert len(listed(house)) == 1
    assert len(house.entries(ADD)) == 1
    other_name = proven.post(f"{LIST}add/", DESK | {"name": "Again"})
    assert other_name.status_code == 422
    assert "on the list for the same people already" in text_of(other_name)


def test_a_page_gone_back_to_changes_nothing_twice(house: House, proven: Client) -> None:
    proven.post(f"{LIST}add/", DESK)
    [row] = network_queries.listed(console(house))
    proven.post(f"{LIST}{row.pk}/remove/")
    assert proven.post(f"{LIST}{row.pk}/remove/").status_code == 404
    assert len(house.entries("access:network:remove")) == 1


@pytest.mark.parametrize(
    ("name", "sees", "may"), [("Abe", 200, True), ("Dee", 200, False), ("Ben", 403, False)]
)
def test_who_sees_the_list_and_who_changes_it(
    house: House, name: str, sees: int, may: bool
) -> None:
    client = house.browser(name)
    assert client.get(LIST).status_code == sees
    prove(client, house.people[name])
    answer = client.post(f"{LIST}add/", DESK | {"role": "all-but-owners"})
    assert answer.status_code == (302 if may else 403)
    assert bool(listed(house)) is may


def test_a_strangers_network_is_as_unknown_as_one_that_never_was(
    house: House, proven: Client
) -> None:
    cys = viewers.console(house.practice.organisation.id, account="tests")
    theirs = network_actions.add(cys, network="203.0.113.0/24", name="Cedar")
    for path in ("{}/", "{}/remove/"):
        for one in (theirs.pk, uuid7()):
            assert proven.post(LIST + path.format(one), {"name": "Mine"}).status_code == 404
    assert [row.name for row in network_queries.listed(cys)] == ["Cedar"]


# The console's way back.


def test_the_console_suspends_the_list_and_its_owner_lets_it_count_again(
    house: House, proven: Client
) -> None:
    proven.post(f"{LIST}add/", DESK)
    assert network_actions.suspend(console(house), reason="The line was changed") == 1
    assert network_actions.suspend(console(house), reason="Again") == 0
    assert browser_of(house.people["Ben"], address=THERE).get("/").status_code == 200
    assert "This list is suspended" in text_of(proven.get(LIST))
    [told] = house.payloads("access:networks:suspend")
    assert (told.account, told.reason) == ("tests", "The line was changed")
    assert proven.post(f"{LIST}resume/").status_code == 302
    assert browser_of(house.people["Ben"], address=THERE).get("/").status_code == 302
    assert len(house.entries("access:networks:resume")) == 1


def test_a_suspended_list_that_would_shut_out_its_author_stays_suspended_until_mended(
    house: House, ada: Client
) -> None:
    allow(house, "203.0.113.0/24")
    network_actions.suspend(console(house), reason="Nobody got in")
    prove(ada, house.people["Ada"])
    refused = ada.post(f"{LIST}resume/")
    assert refused.status_code == 409
    assert "would shut you out yourself" in text_of(refused)
    assert ada.post(f"{LIST}add/", DESK).status_code == 302
    assert ada.get("/", REMOTE_ADDR="192.0.2.1").status_code == 200, "still suspended"
    assert ada.post(f"{LIST}resume/").status_code == 302
    assert ada.get("/").status_code == 200


def test_two_changes_at_once_cannot_together_shut_their_authors_out(house: House) -> None:
    """Ada removes a range while another owner, from elsewhere, removes hers: one is refused."""
    house.people["Eve"] = house.clinic.add("Eve", Role.OWNER)
    first, second = allow(house, "198.51.100.0/24"), allow(house, "203.0.113.0/24")
    third = allow(house, "192.0.2.0/24")

    def removing(name: str, address: str, row: AllowedNetwork) -> bool:
        owner = replace(house.viewer(name), address=address)
        try:
            network_actions.remove(owner, row.pk)
        except LockedOut:
            return False
        return True

    outcomes = at_once(
        [
            lambda: removing("Ada", HERE, second),
            lambda: removing("Eve", THERE, first),
        ]
    )
    assert outcomes.count(True) == 1
    with wall.reading(house.clinic.organisation.id):
        left = set(AllowedNetwork.objects.values_list("pk", flat=True))
    assert third.pk in left
    assert len(left) == 2
