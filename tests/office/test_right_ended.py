"""What takes two persons ends with the right of whoever proposed or confirmed it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from keepwell.office.two_persons.acts import ERASE_ORGANISATION, EXPORT_TRAIL, SHORTEN_TRAIL
from keepwell.safeguards.access.errors import NotConfirmed, RightEnded
from keepwell.safeguards.access.locations import actions as locations
from keepwell.safeguards.access.locations.placing import Locations
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.members.queries import ended_with
from keepwell.safeguards.access.models import EndedAccess, EndedKind, Membership, Proposal
from keepwell.safeguards.access.proposals import actions, queries
from keepwell.safeguards.access.proposals.acts import Act
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.office.rooms import House, text_of
from tests.office.test_locations import HILL
from tests.office.test_officers import membership_of
from tests.people import show_both_steps

ACTS: list[tuple[Act, dict[str, str]]] = [
    (ERASE_ORGANISATION, {}),
    (SHORTEN_TRAIL, {"years": "8"}),
    (EXPORT_TRAIL, {"form": "csv"}),
]
DEMOTED = Role.MEMBER
HELD = "keepwell organisation erase"


@pytest.fixture(autouse=True)
def _settled(house: House) -> None:
    """Let everybody have worked here for two days."""
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.update(approved=clock.now() - timedelta(days=2))


def proposed(
    house: House, act: Act = ERASE_ORGANISATION, by: str = "Abe", **about: str
) -> Proposal:
    row, _is_new = actions.propose(house.viewer(by), act=act, about=about, reason="We close")
    return row


def confirmed(house: House, act: Act, about: dict[str, str], by: str = "Ada") -> Proposal:
    row = proposed(house, act, **about)
    assert confirm(house, row, by) is not None
    return row


def confirm(house: House, row: Proposal, by: str = "Ada") -> Proposal | None:
    return actions.confirm(house.viewer(by), proposal=row.pk, reason="Agreed")


def on_console(house: House, act: Act, about: dict[str, str]) -> Proposal | None:
    root = console(house.clinic.organisation.id, account="root")
    return actions.use_up_on_console(root, act=act, about=about)


def leave(house: House, name: str = "Abe") -> None:
    members.end(house.viewer(), membership=membership_of(house, name), reason="Left us")


def move(house: House, role: Role, at: Locations = None, name: str = "Abe") -> None:
    row = membership_of(house, name)
    members.move(house.viewer(), membership=row, role=role, locations=at, reason="New work")


def lose(house: House, name: str = "Abe", **what: Any) -> None:
    """Take somebody's right past every act, as a row of an earlier version may have lost it."""
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(pk=membership_of(house, name)).update(**what)


def now_of(house: House, row: Proposal) -> Proposal:
    return queries.one(house.viewer(), row.pk)


def hill(house: House) -> Locations:
    return frozenset({locations.add(house.viewer(), values=HILL).pk})


# Whoever leaves or is moved takes it along.


@pytest.mark.parametrize(("act", "about"), ACTS, ids=lambda one: getattr(one, "code", ""))
def test_one_who_is_left_confirms_and_does_nothing_that_a_leaver_proposed(
    house: House, act: Act, about: dict[str, str]
) -> None:
    row = proposed(house, act, **about)
    leave(house)
    assert confirm(house, row) is None
    with pytest.raises(NotConfirmed):
        on_console(house, act, about)
    assert now_of(house, row).withdrawn is not None


@pytest.mark.parametrize(("act", "about"), ACTS, ids=lambda one: getattr(one, "code", ""))
def test_while_both_are_here_it_is_confirmed_and_done(
    house: House, act: Act, about: dict[str, str]
) -> None:
    row = proposed(house, act, **about)
    leave(house, "Dee")  # somebody else's leaving changes nothing
    move(house, Role.OWNER)  # nor does a role that holds it, too
    assert confirm(house, row) is not None
    assert on_console(house, act, about) is not None


@pytest.mark.parametrize("goes", ["leaves", "is moved", "to one location"])
@pytest.mark.parametrize("who", ["Abe", "Eve"])
def test_what_was_confirmed_ends_with_either_of_the_two(house: House, who: str, goes: str) -> None:
    eve(house)
    row = confirmed(house, ERASE_ORGANISATION, {}, by="Eve")
    if goes == "leaves":
        leave(house, who)
    else:
        at = hill(house) if goes == "to one location" else None
        move(house, Role.ADMINISTRATOR if at else DEMOTED, at, who)
    with pytest.raises(NotConfirmed):
        on_console(house, ERASE_ORGANISATION, {})
    [entry] = house.payloads("access:proposal:withdraw")
    because = "membership-ended" if goes == "leaves" else "role-changed"
    assert entry.detail == {"act": "organisation:erase", "because": because}
    assert entry.actor == house.people["Ada"].user.pk
    assert [one.ids for one in entry.subjects] == [(row.pk,)]


def eve(house: House) -> None:
    house.people["Eve"] = house.clinic.add("Eve", Role.OWNER)
    lose(house, "Eve", approved=clock.now() - timedelta(days=2))


def test_whoever_is_let_back_in_finds_nothing_to_go_on_with(house: House) -> None:
    confirmed(house, ERASE_ORGANISATION, {})
    gone = membership_of(house, "Abe")
    leave(house)
    back = {"role": Role.ADMINISTRATOR, "locations": None, "reason": "Back"}
    members.readmit(house.viewer(), membership=gone, **back)  # type: ignore[arg-type]
    with pytest.raises(NotConfirmed):
        on_console(house, ERASE_ORGANISATION, {})
    proposed(house)  # anew, and it is another one
    assert len(queries.to_confirm(house.viewer())) == 1


def test_another_role_ends_what_it_does_not_hold_and_nothing_else(house: House) -> None:
    erasure, export = proposed(house), proposed(house, EXPORT_TRAIL, form="csv")
    move(house, Role.AUDITOR)
    assert now_of(house, erasure).withdrawn is not None
    assert now_of(house, export).withdrawn is None
    assert confirm(house, export, "Dee") is not None


def test_what_is_over_and_what_others_proposed_stays_as_it_is(house: House) -> None:
    done = confirmed(house, ERASE_ORGANISATION, {})
    assert on_console(house, ERASE_ORGANISATION, {}) is not None
    others = proposed(house, EXPORT_TRAIL, by="Dee", form="csv")
    leave(house)
    assert now_of(house, done).withdrawn is None
    assert now_of(house, others).withdrawn is None
    assert house.payloads("access:proposal:withdraw") == []


def test_the_report_of_a_leaver_lists_what_was_proposed_and_confirmed(
    house: House, ada: Client
) -> None:
    row = proposed(house)
    theirs = proposed(house, EXPORT_TRAIL, by="Dee", form="csv")
    assert confirm(house, theirs, "Abe") is not None
    membership = membership_of(house, "Abe")
    page = ada.post(f"/members/{membership}/left/", {"reason": "Left us"}, follow=True)
    for words in ("Proposed or confirmed, and not done", "Erase the organisation", "Export much"):
        assert words in text_of(page), words
    found = ended_with(house.viewer(), membership)
    assert {one.about for one in found if one.kind == EndedKind.PROPOSAL} == {row.pk, theirs.pk}
    [entry] = house.payloads("access:member:end")
    named = {one.model: set(one.ids) for one in entry.subjects}
    assert named["access.proposal"] == {row.pk, theirs.pk}


def test_the_report_of_somebody_who_proposed_nothing_lists_none(house: House) -> None:
    proposed(house)
    leave(house, "Dee")
    with wall.reading(house.clinic.organisation.id):
        assert not EndedAccess.objects.filter(kind=EndedKind.PROPOSAL).exists()


# It is asked again whenever one is confirmed or done.

GONE: list[dict[str, Any]] = [
    {"ended": clock.now()},
    {"approved": None},
    {"role": Role.MEMBER.value},
    {"is_everywhere": False},
]


@pytest.mark.parametrize("gone", GONE, ids=lambda gone: next(iter(gone)))
def test_nothing_is_confirmed_on_a_right_that_is_gone(
    house: House, ada: Client, gone: dict[str, Any]
) -> None:
    row = proposed(house)
    assert "1 proposal waits" in text_of(ada.get("/"))
    lose(house, **gone)
    with pytest.raises(RightEnded):
        confirm(house, row)
    assert "proposal waits" not in text_of(ada.get("/"))
    page = text_of(ada.get(f"/two-persons/{row.pk}/"))
    assert "has left, or may not do it any more" in page
    assert "Ended" in text_of(ada.get("/two-persons/"))
    assert ">Confirm<" not in page


@pytest.mark.parametrize("who", ["Abe", "Eve"])
@pytest.mark.parametrize("gone", GONE, ids=lambda gone: next(iter(gone)))
def test_nothing_is_done_on_a_right_that_is_gone(
    house: House, ada: Client, gone: dict[str, Any], who: str
) -> None:
    eve(house)
    row = confirmed(house, ERASE_ORGANISATION, {}, by="Eve")
    assert HELD in text_of(ada.get(f"/two-persons/{row.pk}/"))
    lose(house, who, **{"role": Role.ADMINISTRATOR.value} | gone)  # owners are everywhere
    assert HELD not in text_of(ada.get(f"/two-persons/{row.pk}/"))
    with pytest.raises(NotConfirmed):
        on_console(house, ERASE_ORGANISATION, {})


def test_an_export_is_not_handed_out_on_a_confirmation_of_nobody(house: House) -> None:
    row = proposed(house, EXPORT_TRAIL, by="Dee", form="csv")
    assert confirm(house, row, "Abe") is not None
    dee = house.browser("Dee")
    show_both_steps(dee, house.people["Dee"], "trail-export")
    lose(house, role=Role.MEMBER.value)
    answer = dee.post(f"/trail/export/{row.pk}/")
    assert answer.status_code == RightEnded.status
    assert "has left, or may not do it any more" in text_of(answer)
    assert house.payloads("audit:trail:export") == []
    lose(house, role=Role.ADMINISTRATOR.value)
    assert dee.post(f"/trail/export/{row.pk}/").status_code == 200


def test_what_cannot_be_done_any_more_is_proposed_anew(house: House) -> None:
    eve(house)
    row = confirmed(house, ERASE_ORGANISATION, {}, by="Eve")
    assert proposed(house).pk == row.pk  # pressed twice
    lose(house, "Eve", ended=clock.now())
    assert proposed(house).pk != row.pk


def test_who_was_alone_does_nothing_either_once_the_role_is_gone(house: House) -> None:
    lose(house, "Ada", role=Role.AUDITOR.value)
    row = proposed(house)
    assert row.ripens is not None
    with clock.moved(25 * 3600):
        assert queries.may_be_done(house.viewer(), row)
        lose(house, "Dee", role=Role.OWNER.value, approved=clock.now())  # new: confirms nothing yet
        assert queries.may_be_done(house.viewer(), row)
        lose(house, role=Role.AUDITOR.value)
        assert not queries.may_be_done(house.viewer(), row)
        with pytest.raises(NotConfirmed):
            on_console(house, ERASE_ORGANISATION, {})
