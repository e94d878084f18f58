"""All sessions of a member end at once by a colleague's hand, and nothing else changes."""

import pytest
from django.test import Client

from keepwell.safeguards.access import actions as access
from keepwell.safeguards.access.errors import NotPermitted, OwnMembership
from keepwell.safeguards.access.members import actions
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import Stage, TrustedDevice, User
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.office.lost_phones import membership_of, proven
from tests.office.rooms import House, text_of

WHY = {"reason": "Left a tablet on the bus"}
KIND = "access:member:sign-out"


def address_of(house: House, name: str) -> str:
    return f"/members/{membership_of(house.clinic, house.people[name])}/sign-out/"


def signed_out(house: House, name: str, by: str = "Ada") -> Client:
    address = address_of(house, name)
    here = proven(house, by, address)
    assert here.post(address, WHY)["Location"] == "/members/"
    return here


def test_all_sessions_of_a_member_end_at_once_and_the_membership_stays(house: House) -> None:
    desk, tablet, abe = (house.browser(who) for who in ("Ben", "Ben", "Abe"))
    half = sessions.open_session(house.people["Ben"].user, stage=Stage.PASSWORD)
    assert "3 sessions of Ben are ended" in text_of(signed_out(house, "Ben").get("/members/"))
    for gone in (desk, tablet):
        assert gone.get("/inbox/")["Location"].startswith("/sign-in/")
    assert sessions.decide(half).stage is Stage.ANONYMOUS
    assert abe.get("/members/").status_code == 200, "a colleague's own session goes on"
    assert house.browser("Ben").get("/inbox/").status_code == 200, "who signs in again works on"
    with wall.reading(house.clinic.organisation.id):
        assert Membership.objects.get(user=house.people["Ben"].user).ended is None


def test_it_is_on_the_trail_with_whose_why_and_how_many(house: House) -> None:
    house.browser("Ben")
    signed_out(house, "Ben", by="Abe")
    [said] = house.payloads(KIND)
    assert (said.actor, said.reason) == (house.people["Abe"].user.pk, WHY["reason"])
    assert said.detail == {"sessions": "1", "devices": "0"}
    named = {subject.model: subject.ids for subject in said.subjects}
    assert named["identity.user"] == (house.people["Ben"].user.pk,)
    assert len(named["identity.sessionrecord"]) == 1


def test_no_device_is_trusted_any_more(house: House) -> None:
    for name in ("Ben", "Abe"):
        TrustedDevice.objects.create(
            user=house.people[name].user,
            secret_digest=digest_of(name),
            created=clock.now(),
            expires=clock.now() + sessions.ABSOLUTE_LIMIT,
        )
    signed_out(house, "Ben")
    trusted = TrustedDevice.objects.values_list("user__name", flat=True)
    assert list(trusted) == ["Abe"]


def test_sessions_in_another_organisation_go_on(house: House) -> None:
    elsewhere = sessions.open_session(
        house.people["Ben"].user, stage=Stage.FULL, organisation=house.practice.organisation.id
    )
    signed_out(house, "Ben")
    assert sessions.decide(elsewhere).is_full


def test_of_somebody_who_left_what_still_stands_ends_too(house: House) -> None:
    address = address_of(house, "Ben")
    actions.end(
        house.viewer(), membership=membership_of(house.clinic, house.people["Ben"]), reason="x"
    )
    key = sessions.open_session(
        house.people["Ben"].user, stage=Stage.FULL, organisation=house.clinic.organisation.id
    )
    here = proven(house, "Ada", address)
    report = address.replace("sign-out", "report")
    assert f'href="{address}"' in text_of(here.get(report))
    assert "has ended already" in text_of(here.get(address))
    assert here.post(address, WHY).status_code == 302
    assert not sessions.decide(key).is_full


def test_what_somebody_who_left_does_elsewhere_is_none_of_our_business(house: House) -> None:
    ben = house.people["Ben"]
    access.add_member(house.practice.console, user=ben.user, role=Role.MEMBER)
    address = address_of(house, "Ben")
    actions.end(house.viewer(), membership=membership_of(house.clinic, ben), reason="Left")
    half = sessions.open_session(ben.user, stage=Stage.PASSWORD)
    expires = clock.now() + sessions.ABSOLUTE_LIMIT
    TrustedDevice.objects.create(user=ben.user, secret_digest=digest_of("x"), expires=expires)
    known = User.objects.get(pk=ben.user.pk).device_round
    assert proven(house, "Ada", address).post(address, WHY).status_code == 302
    assert sessions.decide(half).stage is Stage.PASSWORD
    assert TrustedDevice.objects.filter(user=ben.user).exists()
    assert User.objects.get(pk=ben.user.pk).device_round == known


def test_without_both_steps_or_a_reason_nothing_ends(house: House) -> None:
    ben, address = house.browser("Ben"), address_of(house, "Ben")
    answer = house.browser("Ada").post(address, WHY)
    assert answer["Location"].startswith("/account/again/members/")
    assert proven(house, "Ada", address).post(address, {"reason": " "}).status_code == 422
    assert ben.get("/inbox/").status_code == 200
    assert house.payloads(KIND) == []


def test_nobody_ends_those_of_an_owner_but_an_owner_nor_their_own_here(house: House) -> None:
    ada = house.browser("Ada")
    page = text_of(proven(house, "Abe", address_of(house, "Ada")).get(address_of(house, "Ada")))
    assert "Only an owner ends" in page
    owner = membership_of(house.clinic, house.people["Ada"])
    with pytest.raises(NotPermitted):
        actions.end_sessions(house.viewer("Abe"), membership=owner, reason="Me")
    with pytest.raises(OwnMembership):
        actions.end_sessions(house.viewer("Ada"), membership=owner, reason="Me")
    assert ada.get("/members/").status_code == 200


@pytest.mark.parametrize("who", ["Ben", "Dee"])
def test_members_and_auditors_end_nobodys_sessions(house: House, who: str) -> None:
    abe = membership_of(house.clinic, house.people["Abe"])
    assert house.browser(who).get(address_of(house, "Abe")).status_code == 403
    with pytest.raises(NotPermitted):
        actions.end_sessions(house.viewer(who), membership=abe, reason="No")


def test_another_organisations_member_is_not_found(house: House) -> None:
    assert house.browser("Cy").get(address_of(house, "Ben")).status_code == 404
