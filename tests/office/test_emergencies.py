"""Emergency access: who begins it, what it opens, how it is marked, how it ends, who judges it."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.emergencies import actions, queries
from keepwell.safeguards.access.errors import NotPermitted, OwnEmergency, StillOn
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import EmergencyAccess
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.raising import Finding
from keepwell.safeguards.access.rights.queries import rights_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.tasks import sweep
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import SessionRecord
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.jobs.doing import do
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_locations import HILL
from tests.office.test_officers import membership_of, name
from tests.people import PASSWORD, browser_of

BEGIN = "/emergency/begin/"
WHY = {"reason": "A patient is unconscious in room 2"}
NOTE = {"finding": "justified", "reason": "Asked the ward; the patient was there"}
OPENS = 200


@pytest.fixture
def abe(house: House) -> Client:
    """Open a browser in which the administrator is signed in."""
    return house.browser("Abe")


def prove(client: Client, house: House, who: str, address: str = BEGIN) -> Any:
    asked = client.get(address)
    assert asked["Location"].startswith("/account/again/emergency/?next=")
    given = {"password": PASSWORD, "code": house.people[who].code(), "next": address}
    return client.post("/account/again/emergency/", given)


def begin(client: Client, house: House, who: str = "Abe") -> EmergencyAccess:
    prove(client, house, who)
    assert client.post(BEGIN, WHY).status_code == 302
    return newest(house)


def newest(house: House) -> EmergencyAccess:
    with wall.reading(house.clinic.organisation.id):
        found: EmergencyAccess = EmergencyAccess.objects.latest("begun")
    return found


def acting_as(house: House, who: str) -> Viewer:
    """Return somebody with a session of their own, as actions know them."""
    browser_of(house.people[who])
    session = sessions.standing_of(house.people[who].user)[0].pk
    return replace(house.viewer(who), session=session)


# Beginning.


@pytest.mark.parametrize("who", ["Abe", "Dee"])
def test_who_opens_no_data_of_patients_does_in_an_emergency(
    house: House, pat: UUID, who: str
) -> None:
    client = house.browser(who)
    assert client.get(f"/persons/{pat}/?for=care").status_code == 403
    begin(client, house, who)
    opened = client.get(f"/persons/{pat}/?for=emergency")
    assert opened.status_code == OPENS
    assert "Pat Winters" in text_of(opened)


@pytest.mark.parametrize("who", ["Ada", "Ben"])
def test_whose_role_opens_it_anyway_breaks_no_glass(house: House, who: str) -> None:
    for answer in (house.browser(who).get(BEGIN), house.browser(who).post(BEGIN, WHY)):
        assert answer.status_code == 403 or answer["Location"] == "/"
    with pytest.raises(NotPermitted):
        actions.begin(acting_as(house, who), reason="Curious")


def test_it_needs_both_steps_and_a_reason(house: House, abe: Client, pat: UUID) -> None:
    assert abe.post(BEGIN, WHY)["Location"].startswith("/account/again/emergency/")
    assert prove(abe, house, "Abe")["Location"] == BEGIN
    assert abe.post(BEGIN, {"reason": " "}).status_code == 422
    assert abe.get(f"/persons/{pat}/").status_code == 403
    assert house.payloads("access:emergency:begin") == []


def test_the_refused_page_offers_it_and_it_leads_back_there(
    house: House, abe: Client, pat: UUID
) -> None:
    address = f"/persons/{pat}/"
    page = text_of(abe.get(address))
    way = f"{BEGIN}?next=%2Fpersons%2F{pat}%2F"
    assert way in page
    prove(abe, house, "Abe", way)
    assert abe.post(BEGIN, {**WHY, "next": address})["Location"] == address
    assert BEGIN not in text_of(house.browser("Ben").get("/settings/"))


def test_it_never_leads_to_another_website(house: House, abe: Client) -> None:
    prove(abe, house, "Abe")
    assert abe.post(BEGIN, {**WHY, "next": "//elsewhere.example/"})["Location"] == "/"


def test_the_officers_are_told_at_once_without_ephi(house: House, abe: Client) -> None:
    name(house, "Dee")
    begin(abe, house)
    letters = {one.to: one for one in mailed()}
    assert set(letters) == {"ada@example.org", "dee@example.org"}  # Ada stands in for privacy
    whole = letters["dee@example.org"].raw.decode()
    assert "/emergency/" in whole
    assert not any(word in whole for word in ("unconscious", "Abe", "room 2"))
    for who in ("Ada", "Dee"):
        assert "Abe has emergency access now" in text_of(house.browser(who).get("/"))
    assert "emergency access now" not in text_of(abe.get("/"))


def test_whoever_begins_it_does_not_hear_of_it_as_an_officer(house: House, abe: Client) -> None:
    for duty in Duty:
        name(house, "Abe", duty)
    begin(abe, house)
    assert {one.to for one in mailed()} == {"ada@example.org"}


def test_pressing_twice_begins_once(house: House, abe: Client) -> None:
    begin(abe, house)
    assert abe.post(BEGIN, WHY).status_code == 302
    assert abe.get(BEGIN)["Location"] == "/"
    assert len(house.payloads("access:emergency:begin")) == 1
    assert len(mailed()) == 1


def test_of_ten_at_once_one_begins(house: House) -> None:
    viewer = acting_as(house, "Abe")
    begun = at_once([lambda: actions.begin(viewer, reason="Now") for _ in range(10)])
    assert sorted(is_new for _row, is_new in begun) == [False] * 9 + [True]
    assert len({row.pk for row, _new in begun}) == 1


# While it is on.


def test_every_page_says_that_it_is_on_until_when_and_how_to_end_it(
    house: House, abe: Client, pat: UUID
) -> None:
    assert "Emergency access is on" not in text_of(abe.get("/"))
    begin(abe, house)
    for address in ("/", f"/persons/{pat}/", "/trail/", "/account/", "/nowhere/", "/access/"):
        page = text_of(abe.get(address))
        assert "Emergency access is on" in page, address
        assert 'action="/emergency/end/"' in page
    assert "for 60 more minutes" in text_of(abe.get("/"))


def test_the_banner_says_until_when_by_the_clinics_clock_also_on_an_error_page(
    house: House, abe: Client
) -> None:
    here = Organisation.objects.filter(pk=house.clinic.organisation.pk)
    here.update(time_zone="America/Los_Angeles")
    begin(abe, house)
    until = re.compile(r"Emergency access is on.*?<time [^>]*>(\d\d:\d\d)</time>", re.DOTALL)
    shown = {until.findall(text_of(abe.get(address)))[0] for address in ("/", "/nowhere/")}
    assert len(shown) == 1


def test_every_entry_of_that_time_is_marked_and_no_other(
    house: House, abe: Client, pat: UUID
) -> None:
    abe.get("/trail/")
    row = begin(abe, house)
    abe.get(f"/persons/{pat}/?for=care")
    house.browser("Ben").get(f"/persons/{pat}/?for=care")
    abe.post("/emergency/end/")
    abe.get("/trail/")
    mine = [one for one in house.entries() if one.payload and one.payload.actor == actor(house)]
    told = [(one.kind, one.payload.is_emergency) for one in mine if one.payload]
    assert not told[0][1]
    assert ("access:emergency:begin", True) in told
    assert ("records:fields:open", True) in told
    assert not told[-1][1]
    marked = [one.payload for one in mine if one.payload and one.payload.is_emergency]
    assert {payload.detail["emergency"] for payload in marked} == {str(row.pk)}
    others = [one for one in house.payloads("records:fields:open") if one.actor != actor(house)]
    assert [one.is_emergency for one in others] == [False]


def actor(house: House, who: str = "Abe") -> UUID:
    return house.people[who].user.pk


def test_it_gives_nothing_but_what_is_named_for_emergencies(house: House, abe: Client) -> None:
    begin(abe, house)
    viewer = replace(acting_as(house, "Abe"), emergency=newest(house).pk)
    rights = rights_of(actor(house), house.clinic.organisation.id, session=newest(house).session)
    assert rights is not None
    assert rights.raised == {
        "person:list",
        "person:open",
        "submission:list",
        "submission:open",
    }
    assert not may(replace(viewer, raised=rights.raised), PersonPermission.ERASE)
    assert abe.get("/members/officers/security/").status_code == 403


def test_it_is_for_one_session_only_and_for_no_job(house: House, abe: Client, pat: UUID) -> None:
    begin(abe, house)
    assert house.browser("Abe").get(f"/persons/{pat}/").status_code == 403
    rights = rights_of(actor(house), house.clinic.organisation.id)
    assert rights is not None
    assert (rights.raised, rights.emergency) == (frozenset(), None)


def test_whoever_belongs_to_one_location_opens_all_and_serves_the_whole_no_more_than_before(
    house: House, pat: UUID
) -> None:
    hill = house.clinic.open_location(**HILL)
    members.move(
        house.viewer(),
        membership=membership_of(house, "Abe"),
        role=Role.ADMINISTRATOR,
        locations=frozenset({hill}),
        reason="Works there",
    )
    abe = house.browser("Abe")
    begin(abe, house)
    assert abe.get("/persons/").status_code == 200
    assert abe.get(f"/persons/{pat}/?for=emergency").status_code == 200
    assert abe.get("/emergency/").status_code == 403


# Ending.


def refused(client: Client, pat: UUID) -> bool:
    return client.get(f"/persons/{pat}/").status_code == 403


def test_its_person_ends_it(house: House, abe: Client, pat: UUID) -> None:
    begin(abe, house)
    for _twice in range(2):
        assert abe.post("/emergency/end/").status_code == 302
    assert refused(abe, pat)
    [payload] = house.payloads("access:emergency:end")
    assert payload.detail["because"] == "given-back"


def test_it_ends_by_itself(house: House, abe: Client, pat: UUID) -> None:
    row = begin(abe, house)
    with clock.moved(59 * 60):
        keep_signed_in(row)
        assert not refused(abe, pat)
    with clock.moved(60 * 60):
        keep_signed_in(row)
        assert refused(abe, pat)
        do(sweep)
        do(sweep)
    [payload] = house.payloads("access:emergency:end")
    assert (payload.viewer_kind, payload.detail) == ("system", {"because": "expired"})
    assert newest(house).ended == row.until


def keep_signed_in(row: EmergencyAccess) -> None:
    """Be active all the while: the limit of a session is not what is looked at here."""
    SessionRecord.objects.filter(pk=row.session).update(last_act=clock.now())


def test_it_ends_at_sign_out(house: House, abe: Client, pat: UUID) -> None:
    begin(abe, house)
    abe.post("/sign-out/")
    assert refused(house.browser("Abe"), pat)
    do(sweep)
    [payload] = house.payloads("access:emergency:end")
    assert payload.detail["because"] == "session-ended"


def test_it_ends_with_the_role_and_with_the_membership(
    house: House, abe: Client, pat: UUID
) -> None:
    begin(abe, house)
    mine = membership_of(house, "Abe")
    members.move(house.viewer(), membership=mine, role=Role.AUDITOR, locations=None, reason="Moved")
    assert refused(abe, pat)
    [payload] = house.payloads("access:emergency:end")
    assert payload.detail["because"] == "role-changed"


def test_leaving_ends_it_and_the_report_says_so(house: House, abe: Client) -> None:
    begin(abe, house)
    gone = members.end(house.viewer(), membership=membership_of(house, "Abe"), reason="Left").row
    assert "Emergency access" in text_of(house.browser("Ada").get(f"/members/{gone.pk}/report/"))
    assert abe.get("/").status_code == 302


def test_another_session_takes_it_over(house: House, abe: Client, pat: UUID) -> None:
    begin(abe, house)
    row, is_new = actions.begin(acting_as(house, "Abe"), reason="On the telephone")
    assert is_new
    assert refused(abe, pat)
    assert house.payloads("access:emergency:end")[0].detail["because"] == "replaced"
    assert newest(house).pk == row.pk


def test_an_officer_ends_it(house: House, abe: Client, ada: Client, pat: UUID) -> None:
    row = begin(abe, house)
    assert house.browser("Dee").post(f"/emergency/{row.pk}/end/").status_code == 403
    assert abe.post(f"/emergency/{row.pk}/end/").status_code == 403
    assert not refused(abe, pat)
    assert ada.post(f"/emergency/{row.pk}/end/").status_code == 302
    assert refused(abe, pat)


# Reviewing.


def test_an_officer_reviews_everything_that_happened(
    house: House, abe: Client, ada: Client, pat: UUID
) -> None:
    row = begin(abe, house)
    address = f"/emergency/{row.pk}/"
    abe.get(f"/persons/{pat}/?for=care")
    house.entries()  # what waits is written down
    assert ada.post(address, NOTE).status_code == StillOn.status
    abe.post("/emergency/end/")
    assert "Abe had emergency access" in text_of(ada.get("/"))
    page = text_of(ada.get(address))
    assert WHY["reason"] in page
    assert "began emergency access" in page
    assert "1 person" in page
    assert ada.post(address, {**NOTE, "reason": ""}).status_code == 422
    assert ada.post(address, NOTE).status_code == 302
    assert "had emergency access" not in text_of(ada.get("/"))
    assert "Justified" in text_of(ada.get("/emergency/"))
    [payload] = house.payloads("access:emergency:review")
    assert (payload.reason, payload.detail) == (NOTE["reason"], {"finding": "justified"})


def test_the_first_finding_stays(house: House, abe: Client, ada: Client) -> None:
    row = begin(abe, house)
    abe.post("/emergency/end/")
    ada.post(f"/emergency/{row.pk}/", NOTE)
    ada.post(f"/emergency/{row.pk}/", {**NOTE, "finding": "unjustified"})
    assert newest(house).finding == Finding.JUSTIFIED
    assert len(house.payloads("access:emergency:review")) == 1


def test_nobody_reviews_their_own_and_only_officers_do(house: House, abe: Client) -> None:
    for duty in Duty:
        name(house, "Abe", duty)
    row = begin(abe, house)
    abe.post("/emergency/end/")
    assert abe.post(f"/emergency/{row.pk}/", NOTE).status_code == OwnEmergency.status
    assert house.browser("Dee").post(f"/emergency/{row.pk}/", NOTE).status_code == 403
    assert house.browser("Ben").get(f"/emergency/{row.pk}/").status_code == 403
    assert newest(house).reviewed is None


def test_what_ran_out_can_be_reviewed_before_anything_swept_it(
    house: House, abe: Client, ada: Client
) -> None:
    row = begin(abe, house)
    with clock.moved(3600):
        client = house.browser("Ada")
        assert client.post(f"/emergency/{row.pk}/", NOTE).status_code == 302
    assert newest(house).ended == row.until


def test_an_old_one_that_waits_for_its_review_does_not_fall_off_the_list(
    house: House, abe: Client, ada: Client
) -> None:
    waiting = begin(abe, house)
    abe.post("/emergency/end/")
    with clock.moved(60):
        assert abe.post(BEGIN, WHY).status_code == 302  # both steps were given a minute ago
        judged = newest(house)
        abe.post("/emergency/end/")
        assert ada.post(f"/emergency/{judged.pk}/", NOTE).status_code == 302
    page = text_of(ada.get("/emergency/"))
    assert page.index(f"/emergency/{waiting.pk}/") < page.index(f"/emergency/{judged.pk}/")
    assert [one.pk for one in queries.unreviewed(house.viewer())] == [waiting.pk]
    assert [one.pk for one in queries.reviewed_in(house.viewer()).rows] == [judged.pk]


def test_another_organisations_is_not_there(house: House, abe: Client) -> None:
    row = begin(abe, house)
    cy = house.browser("Cy")
    assert cy.get(f"/emergency/{row.pk}/").status_code == 404
    assert cy.post(f"/emergency/{row.pk}/", NOTE).status_code == 404
    assert cy.post(f"/emergency/{row.pk}/end/").status_code == 404
    assert "Abe" not in text_of(cy.get("/emergency/"))


# How long.


def test_an_owner_says_how_long_it_lasts(house: House, ada: Client, abe: Client) -> None:
    address = "/emergency/minutes/"
    assert abe.get(address).status_code == 403
    assert ada.post(address, {"minutes": 30})["Location"].startswith("/account/again/emergency/")
    prove(ada, house, "Ada", address)
    for wrong in ("14", "241", "", "soon"):
        assert ada.post(address, {"minutes": wrong}).status_code == 422
    for _twice in range(2):
        assert ada.post(address, {"minutes": "30"}).status_code == 302
    row = begin(abe, house)
    assert row.until - row.begun == timedelta(minutes=30)
    [payload] = house.payloads("access:emergency:set")
    assert payload.detail == {"before": "60", "minutes": "30"}


def test_a_console_begins_none(house: House) -> None:
    console = viewers.console(house.clinic.organisation.id, account="tests")
    with pytest.raises(NotPermitted):
        actions.begin(console, reason="From the server")
    assert queries.unreviewed(console) == []
