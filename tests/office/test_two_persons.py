"""Two persons: proposed by one, confirmed by another, done once; and what a sole owner does."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from keepwell.office.trail import views as trail_views
from keepwell.office.two_persons.acts import ERASE_ORGANISATION, EXPORT_TRAIL, SHORTEN_TRAIL
from keepwell.safeguards.access.errors import (
    NotConfirmed,
    NotPermitted,
    NotSettled,
    OutOfReach,
    OwnProposal,
)
from keepwell.safeguards.access.locations import actions as locations
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Membership, Proposal
from keepwell.safeguards.access.proposals import actions, queries
from keepwell.safeguards.access.proposals.acts import Act
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import retention
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_locations import HILL
from tests.office.test_officers import membership_of
from tests.people import PASSWORD, show_both_steps

if TYPE_CHECKING:
    from collections.abc import Callable

ABOUT = {"form": "csv"}
EXPORT = "/trail/export/?form=csv"
PROPOSE = "/trail/export/propose/?form=csv"
WHY = {"reason": "Our insurer asks for the year"}
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def _settled(house: House) -> None:
    """Let everybody have worked here for two days."""
    let_in(house, timedelta(days=2))


def let_in(house: House, ago: timedelta, *names: str) -> None:
    with wall.writing(house.clinic.organisation.id):
        rows = Membership.objects.all()
        users = [house.people[name].user for name in names]
        rows = rows.filter(user__in=users) if names else rows
        rows.update(approved=clock.now() - ago)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take two persons for more than three entries, so that a test needs no thousand."""
    monkeypatch.setattr(trail_views, "MOST_ALONE", 3)


def prove(client: Client, house: House, who: str, address: str) -> Any:
    asked = client.get(address)
    assert asked["Location"].startswith("/account/again/two-persons/?next=")
    given = {"password": PASSWORD, "code": house.people[who].code(), "next": address}
    return client.post("/account/again/two-persons/", given)


def proposed(house: House, who: str = "Dee", **about: str) -> Proposal:
    row, _ = actions.propose(house.viewer(who), act=EXPORT_TRAIL, about={**ABOUT, **about}, **WHY)
    return row


def confirmed(house: House, who: str = "Dee", by: str = "Ada") -> Proposal:
    row = actions.confirm(house.viewer(by), proposal=proposed(house, who).pk, reason="Agreed")
    assert row is not None
    return row


def use_up(house: House, row: Proposal, who: str = "Dee") -> Proposal:
    return actions.use_up(house.viewer(who), act=EXPORT_TRAIL, proposal=row.pk)


def alone(house: House) -> None:
    """Leave Ada as the only one who may read the trail."""
    for who in ("Dee", "Abe"):
        mine = membership_of(house, who)
        members.move(
            house.viewer(), membership=mine, role=Role.MEMBER, locations=None, reason="Smaller"
        )


# By the pages.


def test_much_of_the_trail_is_proposed_confirmed_and_exported_once(
    house: House, ada: Client
) -> None:
    dee = house.browser("Dee")
    show_both_steps(dee, house.people["Dee"], "trail-export")
    assert dee.get(EXPORT)["Location"] == PROPOSE
    assert "2 colleagues can confirm it" in text_of(dee.get(PROPOSE))
    assert dee.post(PROPOSE, {"reason": ""}).status_code == 422
    address = dee.post(PROPOSE, WHY)["Location"]
    assert dee.post(PROPOSE, WHY)["Location"] == address  # pressed twice
    assert sorted(one.to for one in mailed()) == ["abe@example.org", "ada@example.org"]
    assert "1 proposal waits" in text_of(ada.get("/"))
    assert "proposal waits" not in text_of(dee.get("/"))

    prove(ada, house, "Ada", address)
    page = text_of(ada.get(address))
    assert WHY["reason"] in page
    assert "csv" in page
    assert "Confirmed." in text_of(ada.post(address, {"reason": "Agreed"}, follow=True))
    assert [one.to for one in mailed()][-1] == "dee@example.org"

    download = f"/trail/export/{address.split('/')[-2]}/"
    assert download in text_of(dee.get(address))
    assert ada.post(download).status_code == 404
    file = dee.post(download)
    assert file["Content-Disposition"].startswith("attachment")
    assert dee.post(download).status_code == NotConfirmed.status
    kinds = ("access:proposal:make", "access:proposal:confirm", "access:proposal:use")
    assert [one.actor for one in house.payloads(*kinds)] == [
        house.people[who].user.pk for who in ("Dee", "Ada", "Dee")
    ]
    assert len(house.payloads("audit:trail:export")) == 1


def test_little_of_it_needs_nobody_else(house: House, ada: Client) -> None:
    show_both_steps(ada, house.people["Ada"], "trail-export")
    answer = ada.get(f"{EXPORT}&kind=persons")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")


def test_neither_is_done_without_both_steps(house: House, ada: Client) -> None:
    assert house.browser("Dee").post(PROPOSE, WHY)["Location"].startswith("/account/again/")
    row = proposed(house)
    answer = ada.post(f"/two-persons/{row.pk}/", {"reason": "Agreed"})
    assert answer["Location"].startswith("/account/again/two-persons/")
    with pytest.raises(NotConfirmed):
        use_up(house, row)


def test_members_see_nothing_of_it(house: House) -> None:
    row = proposed(house)
    ben = house.browser("Ben")
    for address in ("/two-persons/", f"/two-persons/{row.pk}/", PROPOSE):
        assert ben.get(address).status_code == 403
    for act in (actions.confirm, actions.withdraw):
        with pytest.raises(NotPermitted):
            act(house.viewer("Ben"), proposal=row.pk, reason="Mine")


def test_another_organisations_proposal_is_not_there(house: House) -> None:
    row = confirmed(house)
    cy = house.browser("Cy")
    for address in (f"/two-persons/{row.pk}/", f"/two-persons/{row.pk}/withdraw/"):
        assert cy.post(address, WHY).status_code == 404
    prove(cy, house, "Cy", PROPOSE)
    assert cy.post(f"/trail/export/{row.pk}/").status_code == 404
    assert "Export much" not in text_of(cy.get("/two-persons/"))


# The rule itself.


def test_nobody_confirms_their_own(house: House) -> None:
    row = proposed(house)
    with pytest.raises(OwnProposal):
        actions.confirm(house.viewer("Dee"), proposal=row.pk, reason="Mine")


def test_rights_raised_for_a_while_do_not_count(house: House) -> None:
    ben = replace(house.viewer("Ben"), raised=frozenset({"trail:read"}))
    row = proposed(house)
    with pytest.raises(NotPermitted):
        actions.confirm(ben, proposal=row.pk, reason="For a while")
    with pytest.raises(NotPermitted):
        actions.propose(ben, act=EXPORT_TRAIL, about=ABOUT, **WHY)


def test_the_console_proposes_and_confirms_nothing(house: House) -> None:
    viewer = console(house.clinic.organisation.id, account="root")
    with pytest.raises(NotPermitted):
        actions.confirm(viewer, proposal=proposed(house).pk, reason="From the server")
    with pytest.raises(NotPermitted):
        actions.propose(viewer, act=EXPORT_TRAIL, about=ABOUT, **WHY)


def test_who_was_let_in_within_a_day_confirms_nothing_and_is_not_counted(
    house: House, ada: Client
) -> None:
    row = proposed(house)
    let_in(house, timedelta(hours=23), "Abe")
    with pytest.raises(NotSettled):
        actions.confirm(house.viewer("Abe"), proposal=row.pk, reason="Newly here")
    assert {one.user.name for one in others(house, "Dee")} == {"Ada"}
    let_in(house, timedelta(hours=23), "Ada")
    assert others(house, "Dee") == []
    row = proposed(house, kind="acts")
    assert row.ripens is not None, "whoever is otherwise alone waits a day with notice"


def test_somebody_of_one_location_is_no_second_person(house: House) -> None:
    hill = locations.add(house.viewer(), values=HILL).pk
    members.move(
        house.viewer(),
        membership=membership_of(house, "Abe"),
        role=Role.AUDITOR,
        locations=frozenset({hill}),
        reason="Works there",
    )
    assert {one.user.name for one in others(house, "Dee")} == {"Ada"}
    bound = replace(house.viewer("Abe"), role="auditor", locations=frozenset({hill}))
    with pytest.raises(NotPermitted):
        actions.confirm(bound, proposal=proposed(house).pk, reason="From the hill")
    with pytest.raises(NotPermitted):
        actions.propose(bound, act=EXPORT_TRAIL, about=ABOUT, **WHY)


def others(house: House, proposer: str) -> list[Membership]:
    account = house.people[proposer].user.pk
    return queries.others_of(house.viewer(), EXPORT_TRAIL, proposer=account)


def exporter(house: House, who: str) -> Client:
    client = house.browser(who)
    show_both_steps(client, house.people[who], "trail-export")
    return client


def test_exports_in_slices_add_up_for_a_day_and_for_each_account(house: House) -> None:
    dee, abe = (exporter(house, who) for who in ("Dee", "Abe"))
    one = f"{EXPORT}&member={house.people['Ben'].user.pk}"
    record_now(house.viewer("Ben"), "identity:session:begin")
    record_now(house.viewer("Ben"), "identity:session:end")
    assert (
        dee.get(f"{EXPORT}&about={uuid7()}").status_code == 200
    )  # finds nothing, and counts for nothing
    assert dee.get(one).status_code == 200  # two of three
    answer = dee.get(one)
    assert answer["Location"].startswith("/trail/export/propose/?form=csv&member=")
    assert abe.get(one).status_code == 200
    with clock.moved(DAY + 60):
        assert exporter(house, "Dee").get(one).status_code == 200


@pytest.mark.parametrize("asked", ["about=nonsense", "kind=nonsense"])
def test_a_search_that_means_nothing_is_not_proposed_as_everything(
    house: House, asked: str
) -> None:
    dee = house.browser("Dee")
    assert dee.get(f"{PROPOSE}&{asked}").status_code == 404
    assert dee.post(f"{PROPOSE}&{asked}", WHY).status_code == 404


def test_the_file_is_handed_out_after_both_steps_only(house: House) -> None:
    row = confirmed(house)
    answer = house.browser("Dee").post(f"/trail/export/{row.pk}/")
    assert answer["Location"].startswith("/account/again/two-persons/")
    assert house.payloads("audit:trail:export") == []


def test_of_many_confirmations_at_once_one_counts(house: House) -> None:
    row = proposed(house)
    ada, abe = house.viewer(), house.viewer("Abe")
    acts: list[Callable[[], Proposal | None]] = [
        lambda: actions.confirm(ada, proposal=row.pk, reason="Agreed"),
        lambda: actions.confirm(abe, proposal=row.pk, reason="Agreed"),
    ] * 4
    assert len([one for one in at_once(acts) if one is not None]) == 1
    assert len(house.payloads("access:proposal:confirm")) == 1


def test_of_many_doings_at_once_one_happens(house: House) -> None:
    row = confirmed(house)

    def do() -> bool:
        try:
            use_up(house, row)
        except NotConfirmed:
            return False
        return True

    assert sorted(at_once([do] * 8)) == [False] * 7 + [True]


def test_only_who_proposed_it_does_it(house: House) -> None:
    row = confirmed(house)
    with pytest.raises(OutOfReach):
        use_up(house, row, "Ada")


def test_a_proposal_and_a_confirmation_last_a_day_each(house: House) -> None:
    row = proposed(house)
    with clock.moved(DAY + 1):
        assert actions.confirm(house.viewer(), proposal=row.pk, reason="Late") is None
    row = confirmed(house, "Abe")
    with clock.moved(DAY + 1), pytest.raises(NotConfirmed):
        use_up(house, row, "Abe")


@pytest.mark.parametrize("who", ["Dee", "Ada"])
def test_what_is_withdrawn_is_not_done(house: House, who: str) -> None:
    row = confirmed(house)
    for _twice in range(2):
        actions.withdraw(house.viewer(who), proposal=row.pk)
    with pytest.raises(NotConfirmed):
        use_up(house, row)
    assert len(house.payloads("access:proposal:withdraw")) == 1


# What is done on the server.

ERASE, SHORTEN = "/two-persons/erase-organisation/", "/two-persons/shorter-trail/"


def on_console(house: House, years: str | None = None) -> Proposal | None:
    viewer = console(house.clinic.organisation.id, account="root")
    if years is None:
        return actions.use_up_on_console(viewer, act=ERASE_ORGANISATION, about={})
    return actions.use_up_on_console(viewer, act=SHORTEN_TRAIL, about={"years": years})


def agreed(house: House, act: Act = ERASE_ORGANISATION, **about: str) -> Proposal:
    row, _ = actions.propose(house.viewer("Abe"), act=act, about=about, **WHY)
    found = actions.confirm(house.viewer(), proposal=row.pk, reason="Agreed")
    assert found is not None
    return found


def test_erasing_the_organisation_is_agreed_on_pages_and_its_command_is_shown(
    house: House, ada: Client
) -> None:
    abe = house.browser("Abe")
    assert ERASE in text_of(abe.get("/two-persons/"))
    prove(abe, house, "Abe", ERASE)
    assert "1 colleague can confirm it" in text_of(abe.get(ERASE))
    address = abe.post(ERASE, WHY)["Location"]
    with pytest.raises(NotConfirmed):
        on_console(house)
    prove(ada, house, "Ada", address)
    assert "keepwell organisation erase" not in text_of(ada.get(address))
    ada.post(address, {"reason": "We close"})
    command = f"keepwell organisation erase --organisation {house.clinic.organisation.id}"
    for browser in (abe, ada):
        assert command in text_of(browser.get(address))
    assert on_console(house) is not None
    assert command not in text_of(ada.get(address))
    [entry] = house.payloads("access:proposal:use")
    assert (entry.account, entry.actor) == ("root", None)


def test_a_trail_kept_for_six_years_cannot_be_kept_for_fewer(house: House, ada: Client) -> None:
    retention.set_years(house.viewer(), 6)
    prove(ada, house, "Ada", SHORTEN)
    assert "no longer than it must be" in text_of(ada.get(SHORTEN))
    assert ada.post(SHORTEN, {"years": "5", **WHY}).status_code == 200
    with wall.reading(house.clinic.organisation.id):
        assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ("5", "Write at least 6 years: the law asks for them."),
        ("9", "Write at most 8 years: fewer than now."),
        ("", "Say for how many years."),
        ("many", "Write a number of years."),
    ],
)
def test_only_fewer_years_that_the_law_allows_are_proposed(
    house: House, ada: Client, years: str, said: str
) -> None:
    retention.set_years(house.viewer(), 9)
    prove(ada, house, "Ada", SHORTEN)
    assert "6 to 8: no fewer than the law asks for" in text_of(ada.get(SHORTEN))
    answer = ada.post(SHORTEN, {"years": years, **WHY})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "/two-persons/" in ada.post(SHORTEN, {"years": "8", **WHY})["Location"]


def test_the_command_takes_exactly_what_was_agreed_and_once(house: House) -> None:
    agreed(house, SHORTEN_TRAIL, years="8")
    for years in ("7", None):
        with pytest.raises(NotConfirmed):
            on_console(house, years)
    assert on_console(house, "8") is not None
    with pytest.raises(NotConfirmed):
        on_console(house, "8")


def test_the_command_waits_for_a_second_person_and_not_longer_than_a_day(house: House) -> None:
    with pytest.raises(NotConfirmed):
        on_console(house)
    agreed(house)
    with clock.moved(DAY + 1), pytest.raises(NotConfirmed):
        on_console(house)


def test_a_sole_owner_is_heard_before_the_command_does_anything(house: House) -> None:
    alone(house)
    with pytest.raises(NotConfirmed):
        on_console(house)
    row, _ = actions.propose(house.viewer(), act=ERASE_ORGANISATION, about={}, **WHY)
    assert row.ripens is not None
    with pytest.raises(NotConfirmed):
        on_console(house)
    with clock.moved(DAY + 1):
        assert on_console(house) is not None


def test_where_nobody_is_left_there_is_nobody_to_ask(house: House) -> None:
    with wall.writing(house.clinic.organisation.id):
        Membership.objects.filter(role__in=["owner", "administrator"]).delete()
    assert on_console(house) is None


def test_members_and_another_organisations_console_use_up_nothing(house: House) -> None:
    agreed(house)
    with pytest.raises(NotPermitted):
        actions.use_up_on_console(house.viewer(), act=ERASE_ORGANISATION, about={})
    theirs = house.people["Cy"].organisation
    assert theirs is not None
    cedar = console(theirs, account="root")
    with pytest.raises(NotConfirmed):
        actions.use_up_on_console(cedar, act=ERASE_ORGANISATION, about={})
    with pytest.raises(NotPermitted):
        actions.propose(house.viewer("Dee"), act=ERASE_ORGANISATION, about={}, **WHY)


# A sole owner.


def test_who_is_alone_waits_a_day_with_notice(house: House, ada: Client) -> None:
    alone(house)
    prove(ada, house, "Ada", PROPOSE)
    assert "Nobody else here could confirm it" in text_of(ada.get(PROPOSE))
    address = ada.post(PROPOSE, WHY)["Location"]
    [letter] = mailed()
    assert letter.to == "ada@example.org"
    with wall.reading(house.clinic.organisation.id):
        row: Proposal = Proposal.objects.get()
    assert "waits for a day" in text_of(ada.get(address))
    with pytest.raises(NotConfirmed):
        use_up(house, row, "Ada")
    with clock.moved(2 * DAY + 1), pytest.raises(NotConfirmed):
        use_up(house, row, "Ada")
    with clock.moved(DAY + 1):
        assert use_up(house, row, "Ada").used is not None


def test_somebody_who_joins_meanwhile_has_to_confirm(house: House) -> None:
    alone(house)
    row = proposed(house, "Ada")
    dee = membership_of(house, "Dee")
    members.move(house.viewer(), membership=dee, role=Role.AUDITOR, locations=None, reason="Back")
    with clock.moved(DAY + 1):
        assert not queries.may_be_done(house.viewer(), row)
        actions.confirm(house.viewer("Dee"), proposal=row.pk, reason="Agreed")
        assert use_up(house, row, "Ada").used is not None
