"""A lost phone is replaced by a colleague: with notice and delay, stoppable, never off (SG33)."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from keepwell.office.second_steps import actions as second_steps
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.actions import add_member
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach, OwnMembership
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.replacements import actions
from keepwell.safeguards.access.replacements.errors import OnTheServerOnly
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import accounts, links, replacements, second_factor
from keepwell.safeguards.identity.errors import ReplacementStands
from keepwell.safeguards.identity.models import FactorReplacement, LinkPurpose, OneTimeLink
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.office.lost_phones import (
    CHECK,
    CHECKED,
    HOUR,
    NEW,
    address_of,
    confirmed,
    counts,
    letter_to,
    link_to,
    membership_of,
    payloads_of,
    proven,
    started,
    use,
)
from tests.office.rooms import House, text_of
from tests.office.test_officers import name as name_officer
from tests.people import PASSWORD, Person, browser

# The whole way.


def test_the_link_opens_after_an_hour_and_ends_in_a_new_app_new_codes_and_no_old_session(
    house: House,
) -> None:
    ben = house.people["Ben"]
    old_codes = [code.replace(" ", "") for code in _codes(ben)]
    started(house)
    link = link_to(ben)
    with clock.moved(HOUR - 30):
        assert "not open yet" in text_of(browser().get(link))
        assert browser().post(link, {"password": PASSWORD}).status_code == 409
    with clock.moved(HOUR), early_in_a_half_minute():
        old = house.browser("Ben")
        assert old.get("/account/").status_code == 200
        here, secret = use(link, ben)
        assert here.post("/second-step/recovery-codes/")["Location"] == "/"
        assert here.get("/").status_code == 200
        assert old.get("/account/")["Location"].startswith("/sign-in/")
        assert not second_factor.use_recovery_code(ben.user, old_codes[0])
        assert second_factor.use_code(ben.user, ben.code()) == "wrong"
        assert browser().get(link).status_code == 410
        [used] = house.payloads("identity:replacement:use")
        assert used.actor == ben.user.pk
        assert FactorReplacement.objects.get().ended_because == "used"
        assert house.payloads("identity:replacement:stop") == []
        code = second_factor.code_at(secret, second_factor.current_counter())
        assert second_factor.use_code(ben.user, code) == "used"


def _codes(person: Person) -> list[str]:
    second_factor.renew_codes(person.user)
    shown = person.recovery_codes()
    second_factor.keep_codes(person.user)
    return shown


def test_a_second_administrator_opens_it_at_once(house: House) -> None:
    started(house)
    link = link_to(house.people["Ben"])
    assert "not open yet" in text_of(browser().get(link))
    confirmed(house)
    use(link, house.people["Ben"])
    [entry] = house.payloads("identity:replacement:confirm")
    assert entry.actor == house.people["Abe"].user.pk
    assert (entry.reason, entry.detail) == (CHECKED["reason"], {"check": "in-person"})
    assert "can be used now" in letter_to(house.people["Ben"], "was confirmed").body


def test_until_then_the_old_app_and_codes_are_asked_for_and_open(house: House) -> None:
    ben = house.people["Ben"]
    codes = _codes(ben)
    started(house)
    link = link_to(ben)
    confirmed(house)
    here = browser()
    here.post(link, {"password": PASSWORD})
    assert here.get("/")["Location"].startswith("/sign-in/")
    assert here.post(NEW, {"code": "000000"}).status_code == 422
    assert counts(ben)
    assert second_factor.use_recovery_code(ben.user, codes[0])


def test_it_is_on_the_trail_with_who_and_why_and_how_one_made_sure(house: House) -> None:
    started(house)
    [entry] = house.payloads("identity:replacement:start")
    assert entry.actor == house.people["Ada"].user.pk
    assert (entry.reason, entry.detail) == (CHECKED["reason"], {"check": "in-person"})
    assert entry.subjects[0].ids == (house.people["Ben"].user.pk,)


def test_the_member_gets_the_link_and_whoever_can_stop_it_is_told_without_link_name_or_reason(
    house: House,
) -> None:
    started(house)
    link, told = link_to(house.people["Ben"]), {one.to: one for one in mailed()}
    assert set(told) == {house.people[name].email for name in ("Ada", "Abe", "Ben")}
    token = link.split("/")[-2]
    for name in ("Ada", "Abe"):
        letter = told[house.people[name].email]
        assert token not in letter.body + letter.html
        assert "Ben" not in letter.body
        assert "train" not in letter.body
    assert "train" not in told[house.people["Ben"].email].body
    assert token not in str(list(OneTimeLink.objects.values()))


# Who may, and what is asked.


def test_a_security_officer_who_cannot_stop_it_is_told_too(house: House) -> None:
    name_officer(house, "Dee")
    started(house)
    told = {one.to for one in mailed() if "was started" in one.subject}
    assert told == {house.people[name].email for name in ("Ada", "Abe", "Dee")}


@pytest.mark.parametrize("name", ["Ben", "Dee"])
@pytest.mark.parametrize("act", ["", "confirm/", "stop/"])
def test_members_and_auditors_do_none_of_it(house: House, name: str, act: str) -> None:
    started(house)
    assert house.browser(name).post(address_of(house, "Ben", act), CHECKED).status_code == 403
    assert replacements.standing_of(house.people["Ben"].user.pk) is not None


def test_it_asks_for_both_steps_again_and_for_how_one_made_sure(house: House) -> None:
    address = address_of(house, "Ben")
    assert house.browser("Ada").post(address, CHECKED)["Location"].startswith("/account/again/")
    here = proven(house, "Ada", address)
    for wrong in ({"check": ""}, {"check": "telepathy"}, {"reason": " "}):
        assert here.post(address, CHECKED | wrong).status_code == 422
    assert not FactorReplacement.objects.exists()
    assert mailed() == []


def test_only_an_owner_starts_it_for_an_owner_and_confirms_it(house: House) -> None:
    eve = house.clinic.add("Eve", Role.OWNER)
    house.people["Eve"] = eve
    one = {"membership": membership_of(house.clinic, eve), **CHECK}
    with pytest.raises(NotPermitted):
        actions.start(house.viewer("Abe"), **one)  # type: ignore[arg-type]  # as a form gives it
    assert "Only an owner" in text_of(_asked(house, "Abe", "Eve"))
    started(house, "Eve")
    with pytest.raises(NotPermitted):
        actions.confirm(house.viewer("Abe"), **one)  # type: ignore[arg-type]  # as a form gives it


def _asked(house: House, by: str, about: str) -> Any:
    address = address_of(house, about)
    return proven(house, by, address).get(address)


def test_nobody_starts_or_confirms_it_for_themselves_and_the_starter_does_not_confirm(
    house: House,
) -> None:
    for name in ("Ada", "Abe"):
        own = membership_of(house.clinic, house.people[name])
        with pytest.raises(OwnMembership):
            actions.start(house.viewer(name), membership=own, **CHECK)  # type: ignore[arg-type]
    started(house, "Abe")
    own = membership_of(house.clinic, house.people["Abe"])
    with pytest.raises(OwnMembership):
        actions.confirm(house.viewer("Abe"), membership=own, **CHECK)  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        actions.confirm(house.viewer("Ada"), membership=own, **CHECK)  # type: ignore[arg-type]
    one = replacements.standing_of(house.people["Abe"].user.pk)
    assert one is not None
    assert not replacements.is_open(one)
    with pytest.raises(IntegrityError), transaction.atomic():
        replacements.confirm(one, by=one.started_by, opens_now=True)


def test_pages_say_what_cannot_be_done_here(house: House) -> None:
    here = started(house)
    assert "your own account" in text_of(here.get(address_of(house, "Ada")))
    assert "under way for this person" in text_of(here.get(address_of(house, "Ben")))
    assert "started it yourself" in text_of(here.get(address_of(house, "Ben", "confirm/")))


def test_another_organisations_member_is_not_there(house: House) -> None:
    started(house)
    cy = house.browser("Cy")
    for act in ("", "confirm/"):
        assert cy.get(address_of(house, "Ben", act)).status_code == 404
    for act in ("", "confirm/", "stop/"):
        assert cy.post(address_of(house, "Ben", act), CHECKED).status_code == 404
    assert replacements.standing_of(house.people["Ben"].user.pk) is not None


# Twice, at once, back and forth.


def test_pressing_twice_starts_one_and_says_so(house: House) -> None:
    here = started(house)
    assert here.post(address_of(house, "Ben"), CHECKED).status_code == 409
    assert len(house.payloads("identity:replacement:start")) == 1
    assert len([one for one in mailed() if one.to == house.people["Ben"].email]) == 1


def test_of_several_who_start_it_at_once_one_does(house: House) -> None:
    membership = membership_of(house.clinic, house.people["Ben"])

    def act(name: str) -> bool:
        try:
            second_steps.start(house.viewer(name), membership=membership, **CHECK)  # type: ignore[arg-type]
        except ReplacementStands:
            return False
        return True

    acts = [partial(act, name) for name in ("Ada", "Abe", "Ada", "Abe")]
    assert sorted(at_once(acts)) == [False, False, False, True]


def test_confirming_twice_is_confirming_once(house: House) -> None:
    started(house)
    address = address_of(house, "Ben", "confirm/")
    here = proven(house, "Abe", address)
    for _twice in range(2):
        assert here.post(address, CHECKED)["Location"] == "/members/"
    assert len(house.payloads("identity:replacement:confirm")) == 1


def test_a_stop_and_a_use_at_once_leave_one_of_them(house: House) -> None:
    ben = house.people["Ben"]
    started(house)
    link = link_to(ben)
    confirmed(house)
    here = browser()
    here.post(link, {"password": PASSWORD})
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", text_of(here.get(NEW)))
    assert found
    secret = found[1].replace(" ", "")
    code = second_factor.code_at(secret, second_factor.current_counter())
    membership = membership_of(house.clinic, ben)

    def follow() -> str:
        here.post(NEW, {"code": code})
        return "used"

    def stop() -> str:
        second_steps.stop(house.viewer("Abe"), membership=membership)
        return "stopped"

    at_once([follow, stop])
    ended = FactorReplacement.objects.get(user=ben.user).ended_because
    has_new = second_factor.use_code(ben.user, code) == "used"
    assert has_new is (ended == "used"), ended


# Stopping it.


def test_the_member_sees_it_after_signing_in_as_always_and_stops_it(house: House) -> None:
    ben = house.people["Ben"]
    started(house)
    link, here = link_to(ben), house.browser("Ben")
    assert "A new second step for your account was started" in text_of(here.get("/"))
    assert "It was not me" in text_of(here.get("/account/"))
    for _twice in range(2):
        answer = here.post("/account/second-step/stop/", follow=True)
        assert "It was not me" not in text_of(answer)
    with clock.moved(HOUR + 1):
        assert browser().get(link).status_code == 410
    [entry] = house.payloads("identity:replacement:stop")
    assert (entry.actor, entry.detail) == (ben.user.pk, {"because": "stopped-by-member"})
    told = {one.to for one in mailed() if "was stopped" in one.subject}
    assert told == {house.people[name].email for name in ("Ada", "Abe", "Ben")}
    assert counts(ben)


def test_an_administrator_stops_it_quickly_and_what_was_begun_with_it_ends(house: House) -> None:
    ben = house.people["Ben"]
    started(house)
    link = link_to(ben)
    confirmed(house)
    begun = browser()
    assert begun.post(link, {"password": PASSWORD})["Location"] == NEW
    abe = house.browser("Abe")
    assert "started by Ada" in text_of(abe.get("/members/"))
    for _twice in range(2):
        assert abe.post(address_of(house, "Ben", "stop/"))["Location"] == "/members/"
    assert begun.get(NEW)["Location"] == "/sign-in/code/"
    assert begun.get(f"{NEW}qr.svg").status_code == 404
    assert len(house.payloads("identity:replacement:stop")) == 1
    assert "started by Ada" not in text_of(abe.get("/members/"))


def test_nothing_of_anybody_else_is_stopped_by_the_member(house: House) -> None:
    started(house)
    house.browser("Dee").post("/account/second-step/stop/")
    assert replacements.standing_of(house.people["Ben"].user.pk) is not None
    assert house.payloads("identity:replacement:stop") == []


def test_it_runs_out_a_day_after_it_opened_and_can_be_started_anew(house: House) -> None:
    started(house)
    link = link_to(house.people["Ben"])
    with clock.moved(HOUR + 24 * HOUR + 1), early_in_a_half_minute():
        assert browser().get(link).status_code == 410
        assert "started by" not in text_of(house.browser("Abe").get("/members/"))
        started(house, by="Abe")
        assert browser().get(link_to(house.people["Ben"])).status_code == 200


@pytest.mark.parametrize("act", ["password-reset", "factor-changed", "membership-ended"])
def test_what_makes_it_needless_or_doubtful_ends_it(house: House, act: str) -> None:
    ben = house.people["Ben"]
    started(house)
    link = link_to(ben)
    confirmed(house)
    if act == "password-reset":
        token = links.make(LinkPurpose.RESET_PASSWORD, lasts=timedelta(hours=1), user=ben.user)
        browser().post(f"/password/new/{token}/", {"password": "another four plain words"})
    elif act == "factor-changed":
        _replace_own_app(house)
    else:
        left = f"/members/{membership_of(house.clinic, ben)}/left/"
        house.browser("Ada").post(left, {"reason": "Her last day was yesterday"})
    assert browser().get(link).status_code == 410
    assert FactorReplacement.objects.get().ended_because == act


def _replace_own_app(house: House) -> None:
    ben, here = house.people["Ben"], house.browser("Ben")
    here.post("/account/again/app/", {"password": PASSWORD, "code": ben.code()})
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", text_of(here.get("/account/app/")))
    assert found
    secret = found[1].replace(" ", "")
    code = second_factor.code_at(secret, second_factor.current_counter())
    assert here.post("/account/app/", {"code": code}).status_code == 302


# An account that works in several organisations.


def test_every_organisation_of_the_account_is_told_and_the_wait_counts_in_full(
    house: House,
) -> None:
    ben = house.people["Ben"]
    practice = viewers.console(house.practice.organisation.id, account="tests")
    add_member(practice, user=ben.user, role=Role.MEMBER)
    started(house)
    link = link_to(ben)
    told = {one.to: one for one in mailed()}
    cys = told[house.people["Cy"].email]
    assert "a colleague of Cedar Practice" in cys.body
    assert "Ashgrove" not in cys.body + cys.html
    confirmed(house)
    assert "not open yet" in text_of(browser().get(link))
    [entry] = payloads_of(house.practice, "identity:replacement:start")
    assert (entry.actor, entry.reason) == (None, "")
    assert entry.detail == {"by": "another-organisation"}
    cy = house.browser("Cy")
    page = text_of(cy.get("/members/"))
    assert "started by another organisation" in page
    assert "Ada" not in page
    membership = membership_of(house.practice, ben)
    assert cy.get(f"/members/{membership}/second-step/confirm/").status_code == 404
    cy.post(f"/members/{membership}/second-step/stop/")
    with clock.moved(HOUR + 1):
        assert browser().get(link).status_code == 410
    [entry] = house.payloads("identity:replacement:stop")
    assert entry.detail == {"by": "another-organisation"}


def test_where_the_account_only_waits_to_be_let_in_nobody_is_told_or_can_stop_it(
    house: House,
) -> None:
    ben = house.people["Ben"]
    practice = viewers.console(house.practice.organisation.id, account="tests")
    add_member(practice, user=ben.user, role=Role.MEMBER)
    with wall.writing(house.practice.organisation.id):
        Membership.objects.filter(user=ben.user).update(approved=None)
    started(house)
    assert house.people["Cy"].email not in {one.to for one in mailed()}
    membership = membership_of(house.practice, ben)
    assert house.browser("Cy").post(f"/members/{membership}/second-step/stop/").status_code == 404
    assert replacements.standing_of(ben.user.pk) is not None


def test_whoever_owns_another_organisation_gets_it_on_the_server_only(house: House) -> None:
    cy = house.people["Cy"]
    add_member(
        viewers.console(house.clinic.organisation.id, account="tests"),
        user=cy.user,
        role=Role.MEMBER,
    )
    membership = membership_of(house.clinic, cy)
    with pytest.raises(OnTheServerOnly):
        actions.start(house.viewer("Ada"), membership=membership, **CHECK)  # type: ignore[arg-type]
    assert not FactorReplacement.objects.exists()
    assert house.payloads("identity:replacement:start") == []


def test_an_erased_organisation_leaves_no_replacement(house: House) -> None:
    practice = viewers.console(house.practice.organisation.id, account="tests")
    add_member(practice, user=house.people["Ben"].user, role=Role.MEMBER)
    started(house)
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.all().delete()
    accounts.shut(house.clinic.organisation.id)
    assert not FactorReplacement.objects.exists()


def test_confirming_what_does_not_stand_is_out_of_reach(house: House) -> None:
    membership = membership_of(house.clinic, house.people["Ben"])
    with pytest.raises(OutOfReach):
        actions.confirm(house.viewer("Abe"), membership=membership, **CHECK)  # type: ignore[arg-type]


def test_a_link_from_the_server_is_not_held_up_by_a_wait(house: House) -> None:
    started(house)
    link = link_to(house.people["Ben"])
    token = links.make(
        LinkPurpose.REPLACE_FACTOR, lasts=timedelta(hours=1), user=house.people["Ben"].user
    )
    use(f"/second-step/lost/{token}/", house.people["Ben"])
    assert FactorReplacement.objects.get().ended_because == "factor-changed"
    assert browser().get(link).status_code == 410
