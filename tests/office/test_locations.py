"""Locations: added, changed, closed; who belongs to which, from the invitation to another move."""

from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from keepwell.safeguards.access.errors import (
    LastLocation,
    LocationInUse,
    LocationUnknown,
    NotPermitted,
    OutOfReach,
    OwnerEverywhere,
)
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.locations import actions, queries
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Invitation, Membership
from keepwell.safeguards.access.queries import belonging_of, may
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import links
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Location, Placement
from tests.at_once import at_once
from tests.office.lost_phones import proven
from tests.office.rooms import House, text_of
from tests.people import make_person

HILL = {
    "name": "Hillside",
    "telephone": "+1 555 0177",
    "hours": "Monday to Friday, 8 am to 5 pm",
    "address": "4 Hill Street",
}
NOA = {"name": "Noa", "email": "noa@example.org", "role": "member", "reason": "Begins on Monday"}


def first(house: House) -> Location:
    """Return the location that the clinic began with."""
    with wall.reading(house.clinic.organisation.id):
        found: Location = Location.objects.order_by("pk")[0]
    return found


@pytest.fixture
def hill(house: House) -> UUID:
    """Open Hillside beside the first location."""
    return house.clinic.open_location(**HILL)


def membership_of(house: House, name: str) -> Membership:
    with wall.reading(house.clinic.organisation.id):
        found: Membership = Membership.objects.filter(user=house.people[name].user).latest("joined")
    return found


def where(house: House, name: str) -> frozenset[UUID] | None:
    found = belonging_of(house.people[name].user.pk, house.clinic.organisation.id)
    assert found is not None
    return found.locations


def send(house: House, name: str, at: frozenset[UUID] | None, by: str = "Ada") -> None:
    """Move somebody, the role as it is."""
    row = membership_of(house, name)
    members.move(
        house.viewer(by), membership=row.pk, role=Role(row.role), locations=at, reason="Rota"
    )


# What there is.


def test_an_organisation_begins_with_one_location_named_as_itself(house: House) -> None:
    row = first(house)
    assert (row.name, row.telephone) == ("Ashgrove Clinic", "+1 555 0100")
    assert queries.open_locations(house.viewer()) == [row]


def test_an_organisation_from_before_locations_were_gets_one(house: House) -> None:
    organisation = house.clinic.organisation
    migration = import_module("keepwell.safeguards.tenancy.migrations.0004_first_locations")
    state = MigrationLoader(connection).project_state(("tenancy", "0003_locations"))
    # The column has gone since; what is tested reads the rows as they are now.
    state.remove_field("tenancy", "organisation", "privacy_notice_url")
    with wall.writing(organisation.id):
        Location.objects.all().delete()
        migration.open_first_locations(state.apps, None)
        migration.open_first_locations(state.apps, None)
        [row] = Location.objects.all()
    assert (row.name, row.telephone) == (organisation.name, organisation.telephone)


def test_a_location_is_added_changed_and_told_on_the_trail(house: House, ada: Client) -> None:
    assert "is added" in text_of(ada.post("/settings/locations/add/", HILL, follow=True))
    [row] = [one for one in queries.open_locations(house.viewer()) if one.name == "Hillside"]
    changed = HILL | {"hours": "Tuesdays"}
    ada.post(f"/settings/locations/{row.pk}/", changed)
    ada.post(f"/settings/locations/{row.pk}/", changed)
    assert "Tuesdays" in text_of(ada.get("/settings/locations/"))
    [added] = house.payloads("access:location:add")
    [told] = house.payloads("access:location:change")
    assert added.subjects[0].ids == told.subjects[0].ids == (row.pk,)
    assert told.subjects[0].fields == ("hours",)


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "ashgrove CLINIC"}, {"telephone": "call"}, {"hours": "x" * 201}],
)
def test_what_cannot_be_used_is_said_and_adds_nothing(
    house: House, ada: Client, wrong: dict[str, str]
) -> None:
    assert ada.post("/settings/locations/add/", HILL | wrong).status_code == 422
    assert len(queries.open_locations(house.viewer())) == 1


def test_pressed_ten_times_at_once_adds_one(house: House) -> None:
    def press() -> int:
        return house.browser("Ada").post("/settings/locations/add/", HILL).status_code

    assert sorted(at_once([press] * 10)) == [302] + [422] * 9


@pytest.mark.parametrize("name", ["Ben", "Dee"])
def test_members_and_auditors_change_no_location(house: House, hill: UUID, name: str) -> None:
    for address in ("", "add/", f"{hill}/", f"{hill}/close/"):
        assert house.browser(name).get(f"/settings/locations/{address}").status_code == 403
    with pytest.raises(NotPermitted):
        actions.change(house.viewer(name), location=hill, values=HILL)


def test_a_location_of_another_organisation_is_out_of_reach(house: House) -> None:
    foreign = house.practice.open_location("Foreign")
    with pytest.raises(OutOfReach):
        actions.close(house.viewer(), location=foreign, move_to=None, reason="Why not")
    with pytest.raises(LocationUnknown):
        send(house, "Ben", frozenset({foreign}))
    assert where(house, "Ben") is None


# Closing.


def test_a_session_alone_closes_none(house: House, ada: Client, hill: UUID) -> None:
    address = f"/settings/locations/{hill}/close/"
    typed = {"reason": "Because I can", "move_to": str(first(house).pk)}
    asked = ada.post(address, typed)
    assert asked["Location"].startswith("/account/again/locations/?next=")
    assert "it was not sent" in text_of(ada.get(asked["Location"])).lower()
    assert len(queries.open_locations(house.viewer())) == 2
    assert proven(house, "Ada", address, "locations").post(address, typed).status_code == 302
    assert len(queries.open_locations(house.viewer())) == 1


def test_what_belongs_to_a_closed_location_moves_to_another_in_the_same_step(
    house: House, hill: UUID
) -> None:
    send(house, "Ben", frozenset({hill}))
    address = f"/settings/locations/{hill}/close/"
    ada = proven(house, "Ada", address, "locations")
    assert ada.post(address, {"reason": "The lease ended"}).status_code == 422
    ada.post(address, {"reason": "The lease ended", "move_to": str(first(house).pk)})
    assert where(house, "Ben") == frozenset({first(house).pk})
    assert "Closed" in text_of(ada.get("/settings/locations/"))
    [told] = house.payloads("access:location:close")
    assert told.reason == "The lease ended"
    assert {one.model for one in told.subjects} == {"tenancy.location", "access.membership"}
    assert ada.post(address, {"reason": "Again"})["Location"] == "/settings/locations/"
    assert len(house.payloads("access:location:close")) == 1
    assert ada.post(f"/settings/locations/{hill}/", HILL).status_code == 404


def test_whoever_belongs_to_both_belongs_to_the_other_once(house: House, hill: UUID) -> None:
    main = first(house).pk
    send(house, "Ben", frozenset({hill, main}))
    actions.close(house.viewer(), location=hill, move_to=main, reason="Merged")
    assert where(house, "Ben") == frozenset({main})
    with wall.reading(house.clinic.organisation.id):
        assert Placement.objects.count() == 1


def test_a_location_in_use_closes_only_with_a_place_to_move_to(house: House, hill: UUID) -> None:
    send(house, "Ben", frozenset({hill}))
    with pytest.raises(LocationInUse):
        actions.close(house.viewer(), location=hill, move_to=None, reason="Why not")
    with pytest.raises(OutOfReach):
        actions.close(house.viewer(), location=hill, move_to=hill, reason="Why not")
    assert where(house, "Ben") == frozenset({hill})


def test_the_only_location_stays_open(house: House) -> None:
    with pytest.raises(LastLocation):
        actions.close(house.viewer(), location=first(house).pk, move_to=None, reason="Why not")
    address = f"/settings/locations/{first(house).pk}/close/"
    ada = proven(house, "Ada", address, "locations")
    assert "only open location" in text_of(ada.get(address))


def test_of_two_that_close_at_once_one_stays(house: House, hill: UUID) -> None:
    def close(which: UUID) -> str:
        try:
            actions.close(house.viewer(), location=which, move_to=None, reason="Both")
        except LastLocation:
            return "stays"
        return "closed"

    found = at_once([lambda: close(hill), lambda: close(first(house).pk)])
    assert sorted(found) == ["closed", "stays"]


def test_whoever_has_left_keeps_no_location_open(house: House, hill: UUID) -> None:
    send(house, "Ben", frozenset({hill}))
    row = membership_of(house, "Ben")
    members.end(house.viewer(), membership=row.pk, reason="Gone")
    actions.close(house.viewer(), location=hill, move_to=None, reason="Empty now")


# Belonging.


def test_an_invitation_names_locations_and_whoever_accepts_belongs_there(
    house: House, ada: Client, hill: UUID
) -> None:
    assert ada.post("/members/invite/", NOA).status_code == 422
    ada.post("/members/invite/", NOA | {"locations": str(hill)})
    page = text_of(ada.get("/members/"))
    assert "Hillside" in page
    person = make_person("Noa")
    with wall.reading(house.clinic.organisation.id):
        row = Invitation.objects.get()
    token = links.make(
        LinkPurpose.JOIN,
        lasts=invitations.LASTS,
        organisation=house.clinic.organisation.id,
        about=row.pk,
    )
    link = links.find(LinkPurpose.JOIN, token)
    assert link is not None
    made = invitations.accept(link=link, user=person.user)
    members.approve(house.viewer(), membership=made.pk, reason="Seen")
    found = belonging_of(person.user.pk, house.clinic.organisation.id)
    assert found is not None
    assert found.locations == frozenset({hill})


def test_where_there_is_one_location_nobody_is_asked(ada: Client) -> None:
    assert "All locations" not in text_of(ada.get("/members/invite/"))
    assert ada.post("/members/invite/", NOA).status_code == 302


def test_all_locations_and_one_of_them_are_not_taken_for_all(
    house: House, ada: Client, hill: UUID
) -> None:
    both = {"locations": ["all", str(hill)]}
    refused = ada.post("/members/invite/", NOA | both)
    assert refused.status_code == 422
    assert "Choose all locations, or some of them, not both." in text_of(refused)
    address = f"/members/{membership_of(house, 'Ben').pk}/role/"
    moving = proven(house, "Ada", address)
    assert moving.post(address, {"role": "member", "reason": "Rota"} | both).status_code == 422
    assert where(house, "Ben") is None
    assert ada.post("/members/invite/", NOA | {"locations": "all"}).status_code == 302


def test_who_belongs_to_all_locations_is_listed_so_where_there_are_several(
    house: House, ada: Client
) -> None:
    ada.post("/members/invite/", NOA | {"locations": "all"})
    assert "All locations" not in text_of(ada.get("/members/"))
    hill = house.clinic.open_location(**HILL)
    send(house, "Ben", frozenset({hill}))
    page = text_of(ada.get("/members/"))
    assert page.count("All locations") == 4, "Ada, Abe, Dee and Noa, not Ben"


@pytest.mark.parametrize("said", ["nonsense", "01890000-0000-7000-8000-000000000000"])
def test_a_location_that_is_not_there_invites_nobody(ada: Client, hill: UUID, said: str) -> None:
    assert ada.post("/members/invite/", NOA | {"locations": said}).status_code == 422


def test_another_role_and_other_locations_are_one_step_from_the_next_click_on(
    house: House, hill: UUID
) -> None:
    ben = house.browser("Ben")
    assert ben.get("/members/").status_code == 403
    row = membership_of(house, "Ben")
    to: dict[str, Any] = {"role": Role.AUDITOR, "locations": None, "reason": "Audits now"}
    members.move(house.viewer(), membership=row.pk, **to)
    assert ben.get("/members/").status_code == 200
    members.move(house.viewer(), membership=row.pk, **to | {"locations": frozenset({hill})})
    assert ben.get("/members/").status_code == 403
    assert where(house, "Ben") == frozenset({hill})
    before, after = house.payloads("access:member:change")
    assert before.detail == {"before": "member", "role": "auditor"}
    assert after.reason == "Audits now"
    assert [one.ids for one in after.subjects if one.model == "tenancy.location"] == [(hill,)]


def test_moving_to_where_somebody_is_leaves_no_entry(house: House, hill: UUID) -> None:
    for _twice in range(2):
        send(house, "Ben", frozenset({hill}))
    assert len(house.payloads("access:member:change")) == 1


def test_owners_belong_to_all_locations(house: House, hill: UUID) -> None:
    row = membership_of(house, "Ben")
    to: dict[str, Any] = {"role": Role.OWNER, "locations": frozenset({hill}), "reason": "Owns"}
    with pytest.raises(OwnerEverywhere):
        members.move(house.viewer(), membership=row.pk, **to)
    with pytest.raises(IntegrityError), wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(role=Role.OWNER).update(is_everywhere=False)


def test_nobody_can_belong_to_no_location(house: House, hill: UUID) -> None:
    with pytest.raises(LocationUnknown):
        send(house, "Ben", frozenset())
    assert where(house, "Ben") is None


def test_an_administrator_of_one_location_gives_nobody_more(house: House, hill: UUID) -> None:
    send(house, "Abe", frozenset({hill}))
    abe = house.browser("Abe")
    for address in ("/members/invite/", "/settings/locations/add/", "/trail/", "/settings/"):
        assert abe.get(address).status_code == 403, address
    found = belonging_of(house.people["Abe"].user.pk, house.clinic.organisation.id)
    assert found is not None
    viewer = house.viewer("Abe")
    assert may(viewer, "member:add")
    assert not may(replace(viewer, locations=found.locations), "member:add")
    assert "/members/" not in text_of(abe.get("/"))


def test_a_closed_location_is_offered_to_nobody(house: House, ada: Client, hill: UUID) -> None:
    house.clinic.open_location("Riverside")
    actions.close(house.viewer(), location=hill, move_to=None, reason="Closed")
    assert "Hillside" not in text_of(ada.get("/members/invite/"))
    assert ada.post("/members/invite/", NOA | {"locations": str(hill)}).status_code == 422
