"""A report shared with one colleague: who reads it, for how long, and what the trail says of it."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.persons.shares import actions as shares
from keepwell.safeguards.persons.shares import queries
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_officers import membership_of
from tests.office.test_reports import WHY, asked, opened, table_of

DAY = 86_400
SENT = {"days": "7", "reason": "He answers the complaint"}


def ordered(house: House, ada: Client, person: UUID) -> str:
    """Let Ada make a report; return its address."""
    address: str = asked(ada, person)["Location"]
    house.entries()
    return address


def shared(house: House, ada: Client, report: str, who: str = "Ben") -> str:
    """Let Ada share it by its page; return the address at which the colleague reads it."""
    account = house.people[who].user.pk
    answer = ada.post(f"{report}share/", {"colleague": str(membership_of(house, who)), **SENT})
    assert answer["Location"] == report
    [row] = [
        one
        for one in queries.shares_of(house.viewer(), report_id(report))
        if one.colleague == account
    ]
    return f"/reports/{row.pk}/"


def report_id(address: str) -> UUID:
    return UUID(address.split("/")[-2])


def share(house: House, person: UUID, report: str, who: str = "Ben", by: str = "Ada") -> Any:
    row, _is_new = shares.share(
        house.viewer(by),
        person=person,
        report=report_id(report),
        colleague=house.people[who].user.pk,
        days=7,
        reason=SENT["reason"],
    )
    return row


def test_a_colleague_who_makes_no_reports_reads_this_one_and_nothing_more(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name", why="checked the address")
    report, ben = ordered(house, ada, pat), house.browser("Ben")
    assert ben.get(report).status_code == 403
    address = shared(house, ada, report)
    [letter] = mailed()
    assert letter.to == "ben@example.org"
    assert "Winters" not in letter.body
    assert address in text_of(ben.get("/"))
    page = text_of(ben.get(address))
    assert "Shared with you by Ada" in page
    assert table_of(page).split() == table_of(text_of(ada.get(report))).split()
    assert "checked the address" in page
    assert "share/" not in page
    assert ben.get(report).status_code == 403
    assert ben.get("/trail/").status_code == 403
    assert "Take it back from Ben" in text_of(ada.get(report))


def test_each_reading_and_the_sharing_itself_are_on_the_trail(
    house: House, ada: Client, pat: UUID
) -> None:
    address = shared(house, ada, ordered(house, ada, pat))
    [said] = house.payloads("persons:report:share")
    assert said.reason == SENT["reason"]
    told = {id_ for one in said.subjects for id_ in (*one.ids, *one.persons)}
    assert {house.people["Ben"].user.pk, pat} <= told
    before = len(house.payloads("audit:trail:open"))
    house.browser("Ben").get(address)
    ben = house.people["Ben"].user.pk
    read = house.payloads("audit:trail:open")[before:]
    assert [one.actor for one in read if one.actor == ben] == [ben, ben]  # the order, the openings


@pytest.mark.parametrize("who", ["Dee", "Abe", "Ada", "Cy"])
def test_nobody_else_reads_it_by_its_address(
    house: House, ada: Client, pat: UUID, who: str
) -> None:
    address = shared(house, ada, ordered(house, ada, pat))
    assert house.browser(who).get(address).status_code == 404
    assert house.browser(who).get(f"/reports/{uuid7()}/").status_code == 404


def test_it_ends_by_itself(house: House, ada: Client, pat: UUID) -> None:
    address = shared(house, ada, ordered(house, ada, pat))
    with clock.moved(7 * DAY - 60):
        assert house.browser("Ben").get(address).status_code == 200
    with clock.moved(7 * DAY + 60):
        ben = house.browser("Ben")
        assert ben.get(address).status_code == 404
        assert "/reports/" not in text_of(ben.get("/"))


def test_taken_back_it_is_gone_at_once_and_written_down_once(
    house: House, ada: Client, pat: UUID
) -> None:
    report = ordered(house, ada, pat)
    address, ben = shared(house, ada, report), house.browser("Ben")
    assert ben.get(address).status_code == 200
    assert ben.post(f"{address}take-back/").status_code == 403
    for _twice in range(2):
        assert ada.post(f"{address}take-back/")["Location"] == report
    assert ben.get(address).status_code == 404
    assert len(house.payloads("persons:report:withdraw")) == 1
    assert address != shared(house, ada, report), "and can be shared anew"


def test_who_left_reads_nothing(house: House, ada: Client, pat: UUID) -> None:
    row = share(house, pat, ordered(house, ada, pat))
    ben = house.browser("Ben")
    members.end(house.viewer(), membership=membership_of(house, "Ben"), reason="Moved away")
    assert ben.get(f"/reports/{row.pk}/").status_code != 200
    with pytest.raises(OutOfReach):
        share(house, pat, ordered(house, ada, pat))


def test_pressed_many_times_it_is_shared_once(house: House, ada: Client, pat: UUID) -> None:
    report = ordered(house, ada, pat)
    rows = at_once([lambda: share(house, pat, report).pk] * 6)
    assert len(set(rows)) == 1
    assert len(house.payloads("persons:report:share")) == 1


def test_only_who_makes_reports_shares_and_only_with_colleagues(
    house: House, ada: Client, pat: UUID
) -> None:
    report = ordered(house, ada, pat)
    with pytest.raises(NotPermitted):
        share(house, pat, report, who="Dee", by="Ben")
    for who in ("Ada", "Cy"):
        with pytest.raises(OutOfReach):
            share(house, pat, report, who=who)
    for address in (
        f"/persons/{uuid7()}/report/{report_id(report)}/",
        f"/persons/{pat}/report/{uuid7()}/",
    ):
        with pytest.raises(OutOfReach):
            shares.share(
                house.viewer(),
                person=UUID(address.split("/")[2]),
                report=report_id(address),
                colleague=house.people["Ben"].user.pk,
                days=7,
                reason=WHY,
            )
    with pytest.raises(OutOfReach):
        viewer = console(house.clinic.organisation.id, account="root")
        queries.one_shared(viewer, share(house, pat, report).pk)


@pytest.mark.parametrize(
    "wrong", [{"days": "0"}, {"days": "31"}, {"reason": " "}, {"colleague": ""}, {"colleague": "x"}]
)
def test_what_is_not_understood_is_asked_again(
    house: House, ada: Client, pat: UUID, wrong: dict[str, str]
) -> None:
    report = ordered(house, ada, pat)
    sent = {"colleague": str(membership_of(house, "Ben")), **SENT}
    assert ada.post(f"{report}share/", sent | wrong).status_code == 422
    assert ada.post(f"{report}share/", sent).status_code == 302


def test_another_organisation_shares_and_takes_back_nothing_of_ours(
    house: House, ada: Client, pat: UUID
) -> None:
    report = ordered(house, ada, pat)
    address, cy = shared(house, ada, report), house.browser("Cy")
    sent = {"colleague": str(membership_of(house, "Ben")), **SENT}
    assert cy.post(f"{report}share/", sent).status_code == 404
    assert cy.post(f"{address}take-back/").status_code == 404
    assert house.browser("Ben").get(address).status_code == 200


def test_the_name_is_sealed_for_a_colleague_who_opens_no_persons(
    house: House, ada: Client, pat: UUID
) -> None:
    report = ordered(house, ada, pat)
    assert "Pat Winters" in text_of(house.browser("Ben").get(shared(house, ada, report)))
    page = text_of(house.browser("Abe").get(shared(house, ada, report, "Abe")))
    assert "Pat Winters" not in page
