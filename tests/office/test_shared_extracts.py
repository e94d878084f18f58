"""A part of the trail shared with one colleague: what it holds, who reads it, how it ends."""

from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client

from keepwell.office.permissions import OfficePermission
from keepwell.office.trail import actions, queries
from keepwell.office.trail.errors import NotAnExtract
from keepwell.office.trail.filters import Filters
from keepwell.office.trail.views import PAGE_ENTRIES
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import search, writer
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_officers import membership_of
from tests.office.test_reports import opened
from tests.office.test_shared_reports import ordered
from tests.office.test_shared_reports import share as share_report
from tests.office.test_trail import many

DAY = 86_400
SENT = {"days": "7", "reason": "He answers the complaint"}
ASKED = "kind=opened"


def zone_of(house: House) -> ZoneInfo:
    return ZoneInfo(house.clinic.organisation.time_zone)


def share_page(asked: str = ASKED) -> str:
    return f"/trail/share/?{asked}"


def shared(house: House, ada: Client, asked: str = ASKED, who: str = "Ben") -> str:
    """Let Ada share it by its page; return the address at which the colleague reads it."""
    sent = {"colleague": str(membership_of(house, who)), **SENT}
    assert ada.post(share_page(asked), sent)["Location"] == "/trail/share/"
    account = house.people[who].user.pk
    [row] = [one for one in queries.extracts_now(house.viewer()) if one.colleague == account]
    return f"/trail/shared/{row.pk}/"


def share(house: House, asked: str = ASKED, who: str = "Ben", by: str = "Ada") -> Any:
    return actions.share(
        house.viewer(by),
        filters=Filters.of(QueryDict(asked), zone_of(house)),
        colleague=house.people[who].user.pk,
        days=7,
        reason=SENT["reason"],
    )


@pytest.fixture
def looked(house: House, pat: UUID) -> UUID:
    """Let Ben have opened Pat's name, for a reason."""
    opened(house, "Ben", [pat], "name", why="checked the address")
    return pat


@pytest.mark.usefixtures("looked")
def test_a_colleague_reads_this_part_as_it_was_and_nothing_more(
    house: House, ada: Client, pat: UUID
) -> None:
    many(house, 3)
    ben = house.browser("Ben")
    assert ben.get(share_page()).status_code == 403
    address = shared(house, ada)
    [letter] = mailed()
    assert letter.to == "ben@example.org"
    assert address not in letter.body
    assert address in text_of(ben.get("/"))
    opened(house, "Ben", [pat], "name", why="came later")
    page = text_of(ben.get(address))
    assert "Shared with you by Ada" in page
    assert "checked the address" in page
    assert "came later" not in page
    assert "changed the profile" not in page
    assert 'href="/trail/' not in ben.get(address).content.decode()
    assert ben.get("/trail/").status_code == 403
    assert "Take it back from Ben" in text_of(ada.get("/trail/share/"))


def test_a_part_of_several_pages_goes_on_and_stays_within_itself(house: House, ada: Client) -> None:
    many(house, PAGE_ENTRIES + 10)
    address, ben = shared(house, ada, "kind=office"), house.browser("Ben")

    def pages() -> list[list[int]]:
        first = ben.get(address).context
        second = ben.get(f"{address}?before={first['older']}").context
        assert second["older"] is None
        return [[line.index for line in page["lines"]] for page in (first, second)]

    before = pages()
    assert len(before[0]) == PAGE_ENTRIES
    assert 10 <= len(before[1]) < 20
    many(house, 5)
    assert pages() == before
    for beyond in ("99999999", "-1", "x"):
        assert [line.index for line in ben.get(f"{address}?before={beyond}").context["lines"]] == (
            before[0]
        )


@pytest.mark.usefixtures("looked")
def test_the_page_of_the_trail_leads_to_sharing_and_to_what_is_shared(
    house: House, ada: Client
) -> None:
    assert "/trail/share/" not in ada.get("/trail/").content.decode()
    assert f'href="{share_page()}"' in ada.get(f"/trail/?{ASKED}").content.decode()
    shared(house, ada)
    assert 'href="/trail/share/"' in ada.get("/trail/").content.decode()
    assert "What happened: Opened" in text_of(ada.get("/trail/share/"))


@pytest.mark.usefixtures("looked")
def test_the_sharing_and_each_reading_are_on_the_trail(house: House, ada: Client) -> None:
    address = shared(house, ada)
    [said] = house.payloads("office:extract:share")
    assert said.reason == SENT["reason"]
    assert said.detail["kinds"] == "records:fields:open"
    shown = address.split("/")[-2]
    ben = house.people["Ben"].user.pk
    assert ben in {id_ for one in said.subjects for id_ in one.ids}
    before = len(house.payloads("audit:trail:open"))
    house.browser("Ben").get(address)
    read = house.payloads("audit:trail:open")[before:]
    assert [one.detail["by"] for one in read if one.actor == ben] == [
        f"office.sharedextract {shown}"
    ]


@pytest.mark.usefixtures("looked")
@pytest.mark.parametrize("who", ["Dee", "Abe", "Ada", "Cy"])
def test_nobody_else_reads_it_by_its_address(house: House, ada: Client, who: str) -> None:
    address = shared(house, ada)
    assert house.browser(who).get(address).status_code == 404
    assert house.browser(who).get(f"/trail/shared/{uuid7()}/").status_code == 404


@pytest.mark.usefixtures("looked")
def test_it_ends_by_itself(house: House, ada: Client) -> None:
    address = shared(house, ada)
    with clock.moved(7 * DAY - 60):
        assert house.browser("Ben").get(address).status_code == 200
    with clock.moved(7 * DAY + 60):
        ben = house.browser("Ben")
        assert ben.get(address).status_code == 404
        assert "/trail/shared/" not in text_of(ben.get("/"))


@pytest.mark.usefixtures("looked")
def test_taken_back_it_is_gone_at_once_and_written_down_once(house: House, ada: Client) -> None:
    address, ben = shared(house, ada), house.browser("Ben")
    assert ben.get(address).status_code == 200
    assert ben.post(f"{address}take-back/").status_code == 403
    assert house.browser("Cy").post(f"{address}take-back/").status_code == 404
    for _twice in range(2):
        assert ada.post(f"{address}take-back/")["Location"] == "/trail/share/"
    assert ben.get(address).status_code == 404
    assert len(house.payloads("office:extract:withdraw")) == 1
    assert address != shared(house, ada), "and can be shared anew"


@pytest.mark.usefixtures("looked")
def test_who_leaves_holds_nothing_also_when_let_back_in(
    house: House, ada: Client, pat: UUID
) -> None:
    row, ben = share(house), house.browser("Ben")
    report = share_report(house, pat, ordered(house, ada, pat))
    left = membership_of(house, "Ben")
    members.end(house.viewer(), membership=left, reason="Moved away")
    addresses = (f"/trail/shared/{row.pk}/", f"/reports/{report.pk}/")
    assert [ben.get(address).status_code for address in addresses] == [302, 302]
    told = text_of(ada.get(f"/members/{left}/report/"))
    assert told.count("Shared by a colleague") == 2
    assert "1 shared part of the trail" in told
    assert "1 shared report" in told
    with pytest.raises(OutOfReach):
        share(house)
    members.readmit(
        house.viewer(), membership=left, role=Role.MEMBER, locations=None, reason="Came back"
    )
    back = house.browser("Ben")
    assert [back.get(address).status_code for address in addresses] == [404, 404]
    assert share(house).pk != row.pk


@pytest.mark.usefixtures("looked")
def test_shared_again_later_it_is_what_there_is_then(house: House, ada: Client, pat: UUID) -> None:
    first = shared(house, ada)
    opened(house, "Ben", [pat], "name", why="came later")
    with clock.moved(120):
        again, ben = shared(house, ada), house.browser("Ben")
        assert again != first
        assert ben.get(first).status_code == 404
        assert "came later" in text_of(ben.get(again))
        assert len(house.payloads("office:extract:withdraw")) == 1


@pytest.mark.usefixtures("looked")
def test_other_days_or_another_hand_a_moment_later_count(house: House) -> None:
    first = share(house)
    fewer = actions.share(
        house.viewer(),
        filters=Filters.of(QueryDict(ASKED), zone_of(house)),
        colleague=house.people["Ben"].user.pk,
        days=1,
        reason="Thirty was a slip",
    )
    assert fewer.pk != first.pk
    assert fewer.expires < first.expires
    by_dee = share(house, by="Dee")
    assert {row.pk for row in queries.extracts_now(house.viewer())} == {fewer.pk, by_dee.pk}


@pytest.mark.usefixtures("looked")
def test_what_days_meant_when_it_was_shared_holds_also_in_another_zone(
    house: House, ada: Client
) -> None:
    today = clock.now().astimezone(zone_of(house)).date()
    address, ben = shared(house, ada, f"kind=opened&from={today}&to={today}"), house.browser("Ben")
    before = [line.index for line in ben.get(address).context["lines"]]
    assert before
    with wall.writing(house.clinic.organisation.id):
        # Twenty-five hours apart: in one of them it is another day than here, at any hour.
        far = map(ZoneInfo, ("Pacific/Kiritimati", "Pacific/Pago_Pago"))
        other = next(zone for zone in far if clock.now().astimezone(zone).date() != today)
        Organisation.objects.update(time_zone=other.key)
    assert [line.index for line in ben.get(address).context["lines"]] == before


@pytest.mark.usefixtures("looked")
def test_who_reads_the_trail_for_a_while_hands_nothing_on(house: House) -> None:
    viewer = replace(house.viewer("Ben"), raised=frozenset({OfficePermission.TRAIL_READ}))
    assert queries.extracts_now(viewer) == []
    with pytest.raises(NotPermitted):
        actions.share(
            viewer,
            filters=Filters.of(QueryDict(ASKED), zone_of(house)),
            colleague=house.people["Dee"].user.pk,
            days=30,
            reason="For later",
        )


def test_what_one_person_shares_within_a_day_adds_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_SHARED", 10)
    many(house, 6)
    row = share(house, "kind=office")
    assert row.count >= 6
    actions.take_back(house.viewer(), extract=row.pk)
    with pytest.raises(NotAnExtract):
        share(house, "kind=office&from=2026-01-01")
    with clock.moved(DAY + 60):
        monkeypatch.setattr(actions, "MOST_SHARED", 1000)
        assert share(house, "kind=office&from=2026-01-01")


@pytest.mark.usefixtures("looked")
def test_pressed_many_times_it_is_shared_once(house: House) -> None:
    assert len(set(at_once([lambda: share(house).pk] * 6))) == 1
    assert len(house.payloads("office:extract:share")) == 1
    assert len(mailed()) == 1


@pytest.mark.usefixtures("looked")
def test_only_who_reads_the_trail_shares_and_only_with_colleagues(house: House) -> None:
    with pytest.raises(NotPermitted):
        share(house, who="Dee", by="Ben")
    for who in ("Ada", "Cy"):
        with pytest.raises(OutOfReach):
            share(house, who=who)
    row = share(house)
    with pytest.raises(OutOfReach):
        queries.one_shared(console(house.clinic.organisation.id, account="root"), row.pk)


@pytest.mark.usefixtures("looked")
@pytest.mark.parametrize(
    "asked", ["", "kind=nothing", "about=x", f"about={UUID(int=7)}", "from=2030-01-01"]
)
def test_what_is_no_part_of_the_trail_is_not_shared(house: House, ada: Client, asked: str) -> None:
    assert "Narrow the trail first" in text_of(ada.get(share_page(asked)))
    sent = {"colleague": str(membership_of(house, "Ben")), **SENT}
    assert ada.post(share_page(asked), sent).status_code == 409
    assert house.payloads("office:extract:share") == []


def test_what_had_to_be_looked_for_through_a_long_log_is_too_much(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(house, 30)
    monkeypatch.setattr(search, "REACH", 5)
    asked = f"kind=office&member={house.people['Ada'].user.pk}&from=2026-01-01"
    assert share(house, asked)
    monkeypatch.setattr(actions, "MOST_PORTIONS", 2)
    with pytest.raises(NotAnExtract):
        share(house, asked, who="Dee")


def test_more_than_a_thousand_entries_are_too_many(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_SHARED", 5)
    many(house, 6)
    with pytest.raises(NotAnExtract):
        share(house, "kind=office")
    assert "Narrow the trail first" in text_of(ada.get(share_page("kind=office")))


@pytest.mark.usefixtures("looked")
@pytest.mark.parametrize(
    "wrong", [{"days": "0"}, {"days": "31"}, {"reason": " "}, {"colleague": ""}, {"colleague": "x"}]
)
def test_what_is_not_understood_is_asked_again(
    house: House, ada: Client, wrong: dict[str, str]
) -> None:
    sent = {"colleague": str(membership_of(house, "Ben")), **SENT}
    answer = ada.post(share_page(), sent | wrong)
    assert answer.status_code == 422
    assert "Ensure this value" not in text_of(answer)
    assert ada.post(share_page(), sent).status_code == 302


def test_without_a_reason_nothing_is_shared(house: House) -> None:
    many(house, 1)
    with pytest.raises(ReasonMissing):
        actions.share(
            house.viewer(),
            filters=Filters.of(QueryDict("kind=office"), zone_of(house)),
            colleague=house.people["Ben"].user.pk,
            days=7,
            reason=" ",
        )
    writer.settle(house.clinic.organisation.id)
    assert queries.extracts_now(house.viewer()) == []
