"""Nobody alone gets into a colleague's account by a lost phone; without a trail nothing is lost."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from keepwell.office.safeguards import lines
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.actions import add_member
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.manifest import Standing
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.replacements import actions
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.identity import links, recording, replacements, second_factor
from keepwell.safeguards.identity.models import FactorReplacement, LinkPurpose
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.office.lost_phones import (
    CHECK,
    CHECKED,
    HOUR,
    NEW,
    address_of,
    confirmed,
    link_to,
    membership_of,
    proven,
    settle,
    started,
)
from tests.office.rooms import House, text_of
from tests.office.sign_in.by_passkey import added
from tests.office.sign_in.by_passkey import proven as proven_for_passkeys
from tests.people import PASSWORD, browser
from tests.softkey import SoftKey

SHUT = "not open yet"
ANOTHER = "another four plain words"


def reset_by_mail(house: House, name: str = "Ben") -> None:
    user = house.people[name].user
    token = links.make(LinkPurpose.RESET_PASSWORD, lasts=timedelta(minutes=30), user=user)
    assert browser().post(f"/password/new/{token}/", {"password": ANOTHER}).status_code == 302


def test_after_a_reset_by_mail_the_pages_say_so_and_confirming_is_not_quicker(
    house: House,
) -> None:
    reset_by_mail(house)
    address = address_of(house, "Ben")
    assert "was reset by mail" in text_of(proven(house, "Ada", address).get(address))
    with clock.moved(31), early_in_a_half_minute():
        started(house)
        confirm = address_of(house, "Ben", "confirm/")
        assert "was reset by mail" in text_of(proven(house, "Abe", confirm).get(confirm))
    with clock.moved(62), early_in_a_half_minute():
        confirmed(house)
        assert SHUT in text_of(browser().get(link_to(house.people["Ben"])))
    with clock.moved(HOUR + 62):
        assert SHUT not in text_of(browser().get(link_to(house.people["Ben"])))


def test_a_reset_of_long_ago_and_of_somebody_else_changes_nothing(house: House) -> None:
    with clock.moved(-25 * HOUR):
        reset_by_mail(house)
    reset_by_mail(house, "Dee")
    started(house)
    confirmed(house)
    assert SHUT not in text_of(browser().get(link_to(house.people["Ben"])))


def test_who_was_let_in_within_a_day_is_a_second_and_does_not_shorten_the_wait(
    house: House,
) -> None:
    started(house)
    address = address_of(house, "Ben", "confirm/")
    answer = proven(house, "Abe", address).post(address, CHECKED)
    assert answer["Location"] == "/members/"
    assert SHUT in text_of(browser().get(link_to(house.people["Ben"])))


def test_another_organisation_confirms_nothing_by_the_act_itself(house: House) -> None:
    ben = house.people["Ben"]
    practice = viewers.console(house.practice.organisation.id, account="tests")
    add_member(practice, user=ben.user, role=Role.MEMBER)
    started(house)
    settle(house, "Cy")
    membership = membership_of(house.practice, ben)
    with pytest.raises(OutOfReach):
        actions.confirm(house.viewer("Cy"), membership=membership, **CHECK)  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_leaving_stops_what_was_started_there_on_the_trail_and_nothing_else(
    house: House, where: str
) -> None:
    ben = house.people["Ben"]
    practice = viewers.console(house.practice.organisation.id, account="tests")
    add_member(practice, user=ben.user, role=Role.MEMBER)
    started(house)
    leaving, by = (house.clinic, "Ada") if where == "here" else (house.practice, "Cy")
    members.end(house.viewer(by), membership=membership_of(leaving, ben), reason="Gone")
    stops = house.payloads("identity:replacement:stop")
    if where == "here":
        assert [one.detail for one in stops] == [{"because": "membership-ended"}]
        assert replacements.standing_of(ben.user.pk) is None
    else:
        assert stops == []
        assert replacements.standing_of(ben.user.pk) is not None


def gone(house: House, name: str) -> None:
    """Let Ada end somebody's access on the page for it."""
    address = f"/members/{membership_of(house.clinic, house.people[name])}/left/"
    assert house.browser("Ada").post(address, {"reason": "Gone"}).status_code == 302


@pytest.mark.parametrize("word", ["started", "confirmed"])
def test_a_new_second_step_ends_with_the_colleague_on_whose_word_it_stands(
    house: House, word: str
) -> None:
    ben = house.people["Ben"]
    house.people["Eve"] = house.clinic.add("Eve", Role.OWNER)
    starter, second = ("Abe", "Eve") if word == "started" else ("Eve", "Abe")
    started(house, by=starter)
    with clock.moved(31), early_in_a_half_minute():
        confirmed(house, by=second)
        assert SHUT not in text_of(browser().get(link_to(ben)))
        gone(house, "Abe")
        assert replacements.standing_of(ben.user.pk) is None
        assert browser().get(link_to(ben)).status_code == 410
        [stop] = house.payloads("identity:replacement:stop")
        assert stop.detail == {"because": "colleague-left"}
        assert stop.actor == house.people["Ada"].user.pk
        letters = [one.to for one in mailed() if "was stopped" in one.subject]
        assert sorted(letters) == ["ada@example.org", "ben@example.org", "eve@example.org"]
        left = f"/members/{ended_of(house, 'Abe')}/report/"
        assert "New second step of a colleague" in text_of(house.browser("Ada").get(left))
        started(house)  # another vouches for the same person
        assert replacements.standing_of(ben.user.pk) is not None


@pytest.mark.parametrize("word", ["started", "confirmed"])
def test_a_new_second_step_ends_when_a_colleague_who_vouched_gets_another_role(
    house: House, word: str
) -> None:
    ben, abe = house.people["Ben"], house.people["Abe"]
    house.people["Eve"] = house.clinic.add("Eve", Role.OWNER)
    starter, second = ("Abe", "Eve") if word == "started" else ("Eve", "Abe")
    started(house, by=starter)
    with clock.moved(31), early_in_a_half_minute():
        confirmed(house, by=second)
        link = link_to(ben)
        address = f"/members/{membership_of(house.clinic, abe)}/role/"
        given = {"role": Role.AUDITOR, "reason": "Only reads now"}
        assert proven(house, "Ada", address).post(address, given).status_code == 302
        assert browser().get(link).status_code == 410
        [stop] = house.payloads("identity:replacement:stop")
        assert stop.detail == {"because": "colleague-moved"}
        letters = [one.to for one in mailed() if "was stopped" in one.subject]
        assert sorted(letters) == ["ada@example.org", "ben@example.org", "eve@example.org"]


def test_a_new_second_step_goes_on_when_who_started_it_moves_to_other_locations(
    house: House,
) -> None:
    started(house, by="Abe")
    hill = frozenset({house.clinic.open_location(name="Hill")})
    membership = membership_of(house.clinic, house.people["Abe"])
    role = Role.ADMINISTRATOR
    members.move(
        house.viewer(), membership=membership, role=role, locations=hill, reason="Works there"
    )
    assert replacements.standing_of(house.people["Ben"].user.pk) is not None


def ended_of(house: House, name: str) -> UUID:
    with wall.reading(house.clinic.organisation.id):
        found: UUID = Membership.objects.get(user=house.people[name].user).pk
    return found


def test_a_new_second_step_that_others_answer_for_goes_on(house: House) -> None:
    ben = house.people["Ben"]
    started(house)
    gone(house, "Abe")
    assert house.payloads("identity:replacement:stop") == []
    with clock.moved(HOUR + 2):
        assert SHUT not in text_of(browser().get(link_to(ben)))


def test_what_a_leaver_started_in_another_organisation_goes_on(house: House) -> None:
    ben, abe = house.people["Ben"], house.people["Abe"]
    practice = viewers.console(house.practice.organisation.id, account="tests")
    for user in (ben.user, abe.user):
        add_member(practice, user=user, role=Role.ADMINISTRATOR)
    started(house, by="Abe")
    members.end(house.viewer("Cy"), membership=membership_of(house.practice, abe), reason="Gone")
    assert replacements.standing_of(ben.user.pk) is not None


def test_without_a_trail_no_app_is_replaced_and_trying_again_works(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = house.people["Ben"]
    started(house)
    link = link_to(ben)
    confirmed(house)
    old, here = house.browser("Ben"), browser()
    here.raise_request_exception = False
    here.post(link, {"password": PASSWORD})
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", text_of(here.get(NEW)))
    assert found
    code = second_factor.code_at(found[1].replace(" ", ""), second_factor.current_counter())

    def away(*_given: object, **_named: object) -> None:
        raise TrailUnavailable

    with monkeypatch.context() as patched:
        patched.setattr(recording, "record_now", away)
        assert here.post(NEW, {"code": code}).status_code == 503
    assert FactorReplacement.objects.get().ended is None
    assert old.get("/account/").status_code == 200
    assert here.post(NEW, {"code": code})["Location"] == "/second-step/recovery-codes/"
    assert old.get("/account/")["Location"].startswith("/sign-in/")
    assert len(house.payloads("identity:replacement:use")) == 1


def test_safeguards_counts_a_passkey_as_a_second_step(house: House) -> None:
    ada = house.people["Ada"]
    added(proven_for_passkeys(ada), SoftKey())
    assert second_factor.remove_app(ada.user)
    assert lines.second_step(house.viewer("Ada")).standing is Standing.ON


def test_whoever_was_never_let_in_is_not_let_back_in(house: House) -> None:
    membership = membership_of(house.clinic, house.people["Ben"])
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(pk=membership).update(approved=None)
    members.end(house.viewer("Ada"), membership=membership, reason="Turned down")
    back = {"role": Role.MEMBER, "locations": None, "reason": "Again"}
    with pytest.raises(OutOfReach):
        members.readmit(house.viewer("Ada"), membership=membership, **back)  # type: ignore[arg-type]
