"""Nobody brings in an account of their own alone: whoever else lets people in has time to look."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from keepwell.safeguards.access.errors import OthersAreAsked
from keepwell.safeguards.access.giving.queries import OTHERS_LOOK
from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.invitations.actions import Invited
from keepwell.safeguards.access.members import actions
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.queries import role_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import links
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.identity.replacements import SETTLED
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.office.rooms import House, text_of
from tests.people import PASSWORD, Person, make_person

AT_THE_DESK = "Seen at the desk"


def accepted(house: House, by: str, role: Role = Role.MEMBER) -> Membership:
    """Let Eve accept what somebody sent her; both steps are hers already."""
    eve = house.people["Eve"] = make_person("Eve")
    whom = Invited(email=eve.email, name="Eve", role=role, locations=None)
    sent = invitations.invite(house.viewer(by), whom=whom, reason="Begins on Monday")
    token = links.make(
        LinkPurpose.JOIN,
        about=sent.pk,
        organisation=house.clinic.organisation.id,
        lasts=timedelta(hours=1),
    )
    found = links.find(LinkPurpose.JOIN, token)
    assert found is not None
    return invitations.accept(link=found, user=eve.user)


def long_here(house: House, *names: str) -> None:
    before = clock.now() - timedelta(days=2)
    users = [house.people[name].user for name in names]
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(user__in=users).update(approved=before, joined=before)


def let_in(house: House, by: str, row: Membership) -> bool:
    actions.approve(house.viewer(by), membership=row.pk, reason=AT_THE_DESK)
    return role_of(row.user_id, row.organisation_id) == row.role


def test_whoever_invited_to_more_than_they_may_waits_while_another_looks(house: House) -> None:
    long_here(house, "Ada", "Abe")
    row = accepted(house, "Abe")
    with pytest.raises(OthersAreAsked):
        let_in(house, "Abe", row)
    assert role_of(row.user_id, row.organisation_id) is None
    with clock.moved((OTHERS_LOOK + timedelta(seconds=1)).total_seconds()):
        assert let_in(house, "Abe", row)


def test_an_owner_may_everything_and_does_not_wait(house: House) -> None:
    long_here(house, "Abe")
    assert let_in(house, "Ada", accepted(house, "Ada"))


def test_to_no_more_than_they_may_themselves_nobody_waits(house: House) -> None:
    long_here(house, "Ada", "Abe")
    assert let_in(house, "Abe", accepted(house, "Abe", Role.ADMINISTRATOR))


def test_letting_in_as_less_and_moving_is_no_way_around(house: House) -> None:
    long_here(house, "Ada", "Abe")
    row = accepted(house, "Abe", Role.ADMINISTRATOR)
    assert let_in(house, "Abe", row)
    move: dict[str, Any] = {"role": Role.MEMBER, "locations": None, "reason": "The rota"}
    with pytest.raises(OthersAreAsked):
        actions.move(house.viewer("Abe"), membership=row.pk, **move)
    assert actions.move(house.viewer("Ada"), membership=row.pk, **move).row.role == Role.MEMBER


def test_letting_back_in_is_no_way_around(house: House) -> None:
    long_here(house, "Ada", "Abe")
    row = accepted(house, "Abe", Role.ADMINISTRATOR)
    assert let_in(house, "Abe", row)
    actions.end(house.viewer("Abe"), membership=row.pk, reason="A slip")
    back: dict[str, Any] = {"role": Role.MEMBER, "locations": None, "reason": "Back again"}
    with pytest.raises(OthersAreAsked):
        actions.readmit(house.viewer("Abe"), membership=row.pk, **back)
    assert actions.readmit(house.viewer("Ada"), membership=row.pk, **back) is not None


def test_an_account_of_ones_own_is_no_second_person_for_a_day(house: House) -> None:
    """What Abe let in as administrator neither lets in his member nor makes him one."""
    long_here(house, "Ada", "Abe")
    second = accepted(house, "Abe", Role.ADMINISTRATOR)
    assert let_in(house, "Abe", second)
    as_second = replace(house.viewer("Abe"), actor=second.user_id)
    with wall.reading(second.organisation_id):
        abe = Membership.objects.get(user=house.people["Abe"].user)
    move: dict[str, Any] = {"role": Role.MEMBER, "locations": None, "reason": "The rota"}
    with clock.moved(OTHERS_LOOK.total_seconds() + 1), pytest.raises(OthersAreAsked):
        actions.move(as_second, membership=abe.pk, **move)
    with clock.moved(SETTLED.total_seconds() + 1):
        assert actions.move(as_second, membership=abe.pk, **move).row.role == Role.MEMBER


def test_whom_somebody_else_invited_who_is_long_here_is_let_in_at_once(house: House) -> None:
    long_here(house, "Ada")
    assert let_in(house, "Abe", accepted(house, "Ada")), "Abe came today, and Ada invited"


def test_who_works_here_long_is_moved_at_once(house: House) -> None:
    long_here(house, "Ada", "Abe", "Dee")
    with wall.reading(house.clinic.organisation.id):
        dee = Membership.objects.get(user=house.people["Dee"].user)
    move: dict[str, Any] = {"role": Role.MEMBER, "locations": None, "reason": "The rota"}
    assert actions.move(house.viewer("Abe"), membership=dee.pk, **move).row.role == Role.MEMBER


def test_another_lets_in_at_once(house: House) -> None:
    long_here(house, "Ada")
    assert let_in(house, "Ada", accepted(house, "Abe"))


def test_where_nobody_else_lets_in_nobody_is_waited_for(house: House) -> None:
    long_here(house, "Ben")  # a member, who lets nobody in
    assert let_in(house, "Abe", accepted(house, "Abe"))


def test_whoever_came_today_is_not_another(house: House) -> None:
    """As far as the rule knows, Ada was let in just now: Abe may have done that."""
    assert let_in(house, "Abe", accepted(house, "Abe"))


def test_the_page_says_who_is_asked_and_from_when(house: House) -> None:
    long_here(house, "Ada")
    row = accepted(house, "Abe")
    abe: Person = house.people["Abe"]
    client, address = house.browser("Abe"), f"/members/{row.pk}/let-in/"
    typed = {"password": PASSWORD, "code": abe.code(), "next": address}
    client.post("/account/again/members/", typed)
    page = text_of(client.get(address))
    assert "This role may do what yours does not" in page
    assert 'name="reason"' not in page
    answer = client.post(address, {"reason": AT_THE_DESK})
    assert answer.status_code == 409
    assert "Ask one of them" in text_of(answer)
