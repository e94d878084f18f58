"""Members come and go: who may do what, what ends when somebody leaves, what the trail says."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keepwell.jobs import queue
from keepwell.jobs.models import Job, State
from keepwell.office.tasks import write_checkpoint
from keepwell.safeguards.access.actions import add_member
from keepwell.safeguards.access.errors import LastOwner, NotPermitted
from keepwell.safeguards.access.members import actions
from keepwell.safeguards.access.models import EndedAccess, Invitation, Membership
from keepwell.safeguards.access.queries import role_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.identity import accounts, links, sessions
from keepwell.safeguards.identity.models import Door, LinkPurpose, SessionRecord, Stage
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.people import PASSWORD, Person, browser, browser_of

WHY = {"reason": "Her last day was yesterday"}
NOA = {"name": "Noa", "email": "noa@example.org", "role": "member", "reason": "Begins on Monday"}


def membership_of(house: House, name: str) -> Membership:
    with wall.reading(house.clinic.organisation.id):
        rows = Membership.objects.filter(user=house.people[name].user)
        found: Membership = rows.select_related("user").latest("joined")
    return found


def address_of(house: House, name: str, act: str) -> str:
    return f"/members/{membership_of(house, name).pk}/{act}/"


def invitation_of(house: House) -> Invitation:
    with wall.reading(house.clinic.organisation.id):
        found: Invitation = Invitation.objects.latest("created")
    return found


def prove(client: Client, person: Person, address: str, *, steps: int = 0) -> Any:
    """Give both steps again, as the page asks, and return where that leads."""
    asked = client.get(address)
    assert asked["Location"].startswith("/account/again/members/?next=")
    typed = {"password": PASSWORD, "code": person.code(steps=steps), "next": address}
    return client.post("/account/again/members/", typed)


def role_now(house: House, name: str) -> Role | None:
    return role_of(house.people[name].user.pk, house.clinic.organisation.id)


# Inviting.


@pytest.mark.parametrize("name", ["Ada", "Abe"])
def test_owners_and_administrators_invite(house: House, name: str) -> None:
    answer = house.browser(name).post("/members/invite/", NOA, follow=True)
    assert "Noa is invited" in text_of(answer)
    [letter] = [one for one in mailed() if one.to == NOA["email"]]
    assert "Ashgrove Clinic" in letter.body
    [payload] = house.payloads("access:invitation:send")
    assert payload.reason == NOA["reason"]
    assert b"noa" not in payload.encode().lower().replace(b"known", b"")


@pytest.mark.parametrize("name", ["Ben", "Dee"])
def test_members_and_auditors_invite_nobody(house: House, name: str) -> None:
    assert house.browser(name).post("/members/invite/", NOA).status_code == 403
    assert mailed() == []


def test_only_an_owner_invites_an_owner(house: House) -> None:
    owner = NOA | {"role": "owner"}
    assert house.browser("Abe").post("/members/invite/", owner).status_code == 422
    assert house.browser("Ada").post("/members/invite/", owner).status_code == 302
    with pytest.raises(NotPermitted):
        actions.allow_role(house.viewer("Abe"), Role.OWNER)


@pytest.mark.parametrize(
    "wrong", [{"email": "noa"}, {"email": ""}, {"name": ""}, {"role": "chief"}, {"reason": ""}]
)
def test_what_cannot_be_used_is_said_and_sends_nothing(
    house: House, ada: Client, wrong: dict[str, str]
) -> None:
    answer = ada.post("/members/invite/", NOA | wrong)
    assert answer.status_code == 422
    assert mailed() == []


def test_pressing_twice_invites_once(house: House, ada: Client) -> None:
    ada.post("/members/invite/", NOA)
    again = ada.post("/members/invite/", NOA | {"email": "NOA@example.org "})
    assert "invited already" in text_of(again)
    assert len([one for one in mailed() if one.to == NOA["email"]]) == 1


def test_of_ten_who_invite_one_address_at_once_one_does(house: House) -> None:
    posts = [
        lambda: house.browser("Ada").post("/members/invite/", NOA).status_code for _ in range(10)
    ]
    assert sorted(at_once(posts)) == [302] + [422] * 9


def test_who_works_here_is_not_invited(house: House, ada: Client) -> None:
    answer = ada.post("/members/invite/", NOA | {"email": house.people["Ben"].email})
    assert "already works here" in text_of(answer)


def test_an_invitation_is_listed_sent_again_and_withdrawn(house: House, ada: Client) -> None:
    ada.post("/members/invite/", NOA)
    mailed()
    one = invitation_of(house)
    page = text_of(ada.get("/members/"))
    assert NOA["name"] in page
    assert "invited by Ada" in page
    ada.post(f"/members/invitations/{one.pk}/send/")
    assert len([letter for letter in mailed() if letter.to == NOA["email"]]) == 2
    for _twice in range(2):
        assert ada.post(f"/members/invitations/{one.pk}/withdraw/").status_code == 302
    assert len(house.payloads("access:invitation:withdraw")) == 1
    assert "invited by Ada" not in text_of(ada.get("/members/"))


def test_an_auditor_sees_who_is_invited_and_can_do_nothing_about_it(
    house: House, ada: Client
) -> None:
    ada.post("/members/invite/", NOA)
    page = text_of(house.browser("Dee").get("/members/"))
    assert NOA["name"] in page
    for act in ("Send again", "Withdraw", "Has left", ">Move<", "Invite a colleague"):
        assert act not in page


def test_an_invitation_of_another_organisation_is_not_there(house: House, ada: Client) -> None:
    ada.post("/members/invite/", NOA)
    one = invitation_of(house)
    cy = house.browser("Cy")
    for act in ("send", "withdraw"):
        assert cy.post(f"/members/invitations/{one.pk}/{act}/").status_code == 404
    for act in ("let-in", "role", "left", "report", "let-back-in"):
        assert cy.get(address_of(house, "Ben", act)).status_code == 404
        assert cy.post(address_of(house, "Ben", act), WHY).status_code in {404, 405}
    assert role_now(house, "Ben") is Role.MEMBER


# Letting in.


def pending(house: House) -> Person:
    """Let Eve accept: she has both steps and waits."""
    eve = house.clinic.add("Eve", Role.MEMBER)
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(user=eve.user).update(approved=None)
    house.people["Eve"] = eve
    return eve


def test_letting_in_asks_for_both_steps_and_how_one_knows(house: House, ada: Client) -> None:
    pending(house)
    address = address_of(house, "Eve", "let-in")
    assert "1 colleague waits to be let in" in text_of(ada.get("/"))
    assert prove(ada, house.people["Ada"], address)["Location"] == address
    assert ada.post(address, {"reason": ""}).status_code == 422
    assert role_now(house, "Eve") is None
    told = ada.post(address, {"reason": "Asked at the desk"}, follow=True)
    assert "Eve can sign in now" in text_of(told)
    assert role_now(house, "Eve") is Role.MEMBER
    [payload] = house.payloads("access:member:approve")
    assert payload.reason == "Asked at the desk"
    assert [one.subject for one in mailed() if one.to == "eve@example.org"] == [
        "You can sign in to Keepwell now"
    ]


def test_without_both_steps_again_nobody_is_let_in(house: House, ada: Client) -> None:
    pending(house)
    answer = ada.post(address_of(house, "Eve", "let-in"), {"reason": "At the desk"})
    assert answer["Location"].startswith("/account/again/")
    assert role_now(house, "Eve") is None


def test_a_proof_holds_for_five_minutes(house: House, ada: Client) -> None:
    pending(house)
    address = address_of(house, "Eve", "let-in")
    prove(ada, house.people["Ada"], address)
    assert ada.get(address).status_code == 200
    with clock.moved(5 * 60 + 1):
        assert ada.get(address)["Location"].startswith("/account/again/")


def test_letting_in_twice_is_letting_in_once(house: House, ada: Client) -> None:
    pending(house)
    address = address_of(house, "Eve", "let-in")
    prove(ada, house.people["Ada"], address)
    for _twice in range(2):
        assert ada.post(address, {"reason": "At the desk"}).status_code == 302
    assert len(house.payloads("access:member:approve")) == 1


def test_nobody_is_let_in_without_a_second_step(house: House, ada: Client) -> None:
    eve = pending(house)
    Authenticator.objects.filter(user=eve.user).delete()
    address = address_of(house, "Eve", "let-in")
    prove(ada, house.people["Ada"], address)
    assert "no second step yet" in text_of(ada.get(address))
    assert ada.post(address, {"reason": "At the desk"}).status_code == 409
    assert role_now(house, "Eve") is None


def test_an_administrator_lets_no_owner_in(house: House) -> None:
    eve = pending(house)
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(user=eve.user).update(role="owner")
    row = membership_of(house, "Eve")
    with pytest.raises(NotPermitted):
        actions.approve(house.viewer("Abe"), membership=row.pk, reason="He says so")


def test_who_waits_can_be_turned_down(house: House, ada: Client) -> None:
    pending(house)
    answer = ada.post(address_of(house, "Eve", "left"), WHY, follow=True)
    assert answer.status_code == 200
    assert "Never let in" in text_of(ada.get("/members/"))


# Another role.


def test_another_role_holds_from_the_next_click_on(house: House, ada: Client) -> None:
    ben = house.browser("Ben")
    assert ben.get("/members/").status_code == 403
    address = address_of(house, "Ben", "role")
    prove(ada, house.people["Ada"], address)
    assert ada.post(address, {"role": "auditor", "reason": "New task"}).status_code == 302
    assert ben.get("/members/").status_code == 200
    [payload] = house.payloads("access:member:change")
    assert payload.detail == {"before": "member", "role": "auditor"}
    assert payload.reason == "New task"


def test_the_same_role_is_no_change(house: House) -> None:
    row = membership_of(house, "Ben")
    actions.move(house.viewer(), membership=row.pk, role=Role.MEMBER, locations=None, reason="None")
    assert house.payloads("access:member:change") == []


@pytest.mark.parametrize(
    ("by", "name", "role"),
    [("Abe", "Ada", Role.MEMBER), ("Abe", "Ben", Role.OWNER), ("Ben", "Dee", Role.MEMBER)],
)
def test_nobody_gives_or_takes_more_than_the_own_role_allows(
    house: House, by: str, name: str, role: Role
) -> None:
    row = membership_of(house, name)
    with pytest.raises(NotPermitted):
        actions.move(house.viewer(by), membership=row.pk, role=role, locations=None, reason="Why")


def test_nobody_changes_the_own_role(house: House, ada: Client) -> None:
    address = address_of(house, "Ada", "role")
    prove(ada, house.people["Ada"], address)
    assert ada.post(address, {"role": "member", "reason": "Less"}).status_code == 409
    assert role_now(house, "Ada") is Role.OWNER


# Leaving.


def busy(house: House) -> tuple[Client, dict[str, Any]]:
    """Let Ben have two devices, a sign-in half done, a link and a job."""
    ben, organisation = house.people["Ben"], house.clinic.organisation.id
    here = browser_of(ben)
    browser_of(ben, address="203.0.113.9")
    browser_of(ben, stage=Stage.FACTORS)
    token = links.make(LinkPurpose.RESET_PASSWORD, lasts=timedelta(hours=1), user=ben.user)
    job = queue.put(
        write_checkpoint,
        organisation=organisation,
        on_behalf_of=ben.user.pk,
        account=ben.user.pk,
    )
    return here, {"token": token, "job": job}


def test_one_step_ends_everything_and_the_report_shows_each_thing(
    house: House, ada: Client
) -> None:
    here, held = busy(house)
    assert here.get("/account/").status_code == 200
    address = address_of(house, "Ben", "left")
    assert "What ends, at once" in text_of(ada.get(address))
    answer = ada.post(address, WHY)
    assert answer["Location"] == address_of(house, "Ben", "report")
    gone = here.get("/account/")
    assert "because=membership-ended" in gone["Location"]
    assert "was ended" in text_of(here.get(gone["Location"]))
    assert not SessionRecord.objects.filter(
        user=house.people["Ben"].user, ended__isnull=True
    ).exists()
    assert browser().get(f"/password/new/{held['token']}/").status_code == 410
    assert Job.objects.get(pk=held["job"]).state == State.CANCELLED
    page = text_of(ada.get(answer["Location"]))
    for words in ("Membership", "Session", "Sign-in half done", "Link by mail", "203.0.113.9"):
        assert words in page, words
    with wall.reading(house.clinic.organisation.id):
        ended = list(EndedAccess.objects.values_list("kind", flat=True))
    assert sorted(ended) == ["job", "link", "membership", "session", "session", "sign-in"]


def test_the_trail_says_who_ended_it_and_why_and_keeps_the_name(house: House, ada: Client) -> None:
    busy(house)
    ada.post(address_of(house, "Ben", "left"), WHY)
    [payload] = house.payloads("access:member:end")
    assert payload.reason == WHY["reason"]
    assert payload.actor == house.people["Ada"].user.pk
    models = {subject.model: len(subject.ids) for subject in payload.subjects}
    assert models == {
        "access.membership": 1,
        "identity.onetimelink": 1,
        "identity.sessionrecord": 3,
        "identity.user": 1,
        "jobs.job": 1,
    }
    who = f'<option value="{house.people["Ben"].user.pk}"'
    assert who in text_of(ada.get("/trail/"))


def test_leaving_twice_ends_it_once_and_back_shows_the_report(house: House, ada: Client) -> None:
    address = address_of(house, "Ben", "left")
    for _twice in range(2):
        assert ada.post(address, WHY)["Location"] == address_of(house, "Ben", "report")
    assert ada.get(address)["Location"] == address_of(house, "Ben", "report")
    assert len(house.payloads("access:member:end")) == 1


def test_what_ends_here_does_not_end_elsewhere(house: House, ada: Client) -> None:
    ben = house.people["Ben"]
    elsewhere = Person(ben.user, ben.password, ben.secret, house.practice.organisation.id)
    viewer = console(house.practice.organisation.id, account="tests")
    add_member(viewer, user=ben.user, role=Role.MEMBER)
    there = browser_of(elsewhere)
    ada.post(address_of(house, "Ben", "left"), WHY)
    assert there.get("/account/").status_code == 200
    assert [door.closed is None for door in Door.objects.filter(user=ben.user).order_by("id")] == [
        False,
        True,
    ]


def test_who_left_goes_with_the_organisation_when_it_is_erased(house: House, ada: Client) -> None:
    ada.post(address_of(house, "Ben", "left"), WHY)
    accounts_of_it = accounts.of_this_alone(house.clinic.organisation.id)
    assert house.people["Ben"].user in accounts_of_it


def test_what_happens_to_the_account_later_is_not_told_here(house: House, ada: Client) -> None:
    ben = house.people["Ben"]
    ada.post(address_of(house, "Ben", "left"), WHY)
    browser().post("/sign-in/", {"email": ben.email, "password": "not this one"})
    assert house.payloads("identity:password:fail") == []


def test_who_left_signs_in_to_nothing(house: House, ada: Client) -> None:
    ben = house.people["Ben"]
    ada.post(address_of(house, "Ben", "left"), WHY)
    here = browser()
    here.post("/sign-in/", {"email": ben.email, "password": PASSWORD})
    answer = here.post("/sign-in/code/", {"code": ben.code()})
    assert answer.status_code == 403
    assert "no organisation" in text_of(answer)
    key = sessions.open_session(
        ben.user, stage=Stage.FULL, organisation=house.clinic.organisation.id
    )
    assert key  # a session that slipped in beside it is good for nothing
    late = browser_of(ben)
    assert late.get("/account/")["Location"].startswith("/sign-in/")
    assert late.get("/sign-in/").status_code == 200


def test_a_reason_is_needed(house: House, ada: Client) -> None:
    assert ada.post(address_of(house, "Ben", "left"), {"reason": " "}).status_code == 422
    assert role_now(house, "Ben") is Role.MEMBER


def test_the_last_owner_cannot_leave(house: House, ada: Client) -> None:
    row = membership_of(house, "Ada")
    assert "your own membership" in text_of(ada.get(address_of(house, "Ada", "left")))
    assert ada.post(address_of(house, "Ada", "left"), WHY).status_code == 409
    root = console(house.clinic.organisation.id, account="tests")
    with pytest.raises(LastOwner):
        actions.end(root, membership=row.pk, reason="Gone")
    with pytest.raises(LastOwner):
        actions.move(root, membership=row.pk, role=Role.MEMBER, locations=None, reason="Less")
    assert role_now(house, "Ada") is Role.OWNER


def test_of_two_owners_who_end_each_other_at_once_one_stays(house: House) -> None:
    house.people["Eve"] = house.clinic.add("Eve", Role.OWNER)
    pairs = (("Ada", "Eve"), ("Eve", "Ada"))

    def act(by: str, name: str) -> str:
        viewer = Viewer(
            kind=ViewerKind.MEMBER,
            organisation=house.clinic.organisation.id,
            actor=house.people[by].user.pk,
            role="owner",
        )
        try:
            actions.end(viewer, membership=rows[name], reason="At odds")
        except NotPermitted as refused:  # whose own rights had ended meanwhile
            return type(refused).__name__
        return "ended"

    rows = {name: membership_of(house, name).pk for name, _ in pairs}
    acts = [lambda by=by, name=name: act(by, name) for by, name in pairs]
    assert sorted(at_once(acts)) == ["NotPermitted", "ended"]


@pytest.mark.parametrize(("by", "name"), [("Abe", "Ada"), ("Ben", "Dee"), ("Dee", "Ben")])
def test_who_may_not_end_it_does_not(house: House, by: str, name: str) -> None:
    answer = house.browser(by).post(address_of(house, name, "left"), WHY)
    assert answer.status_code == 403
    assert role_now(house, name) is not None


# Coming back.


def test_coming_back_is_a_new_approval(house: House, ada: Client) -> None:
    ada.post(address_of(house, "Ben", "left"), WHY)
    address = address_of(house, "Ben", "let-back-in")
    prove(ada, house.people["Ada"], address)
    for _twice in range(2):
        answer = ada.post(address, {"role": "auditor", "reason": "Back from leave"})
        assert answer.status_code == 302
    assert role_now(house, "Ben") is Role.AUDITOR
    with wall.reading(house.clinic.organisation.id):
        rows = Membership.objects.filter(user=house.people["Ben"].user)
        assert [row.ended is None for row in rows.order_by("joined")] == [False, True]
    [payload] = house.payloads("access:member:return")
    assert payload.reason == "Back from leave"
    assert Door.objects.get(user=house.people["Ben"].user).closed is None


def test_the_list_asks_the_database_as_often_for_many_as_for_few(house: House, ada: Client) -> None:
    few = queries_of(ada)
    for number in range(20):
        house.clinic.add(f"Member-{number}", Role.MEMBER)
    assert queries_of(ada) == few


def queries_of(client: Client) -> int:
    """Count what a page asks; the second time, for the first may note that somebody is there."""
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/members/").status_code == 200
    return len(asked)
