"""When an organisation's people are signed out by themselves: who says so, and what it does."""

from datetime import timedelta

import pytest
from django.test import Client

from keepwell.office.settings import actions
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.identity import left_pages, sessions
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.office.rooms import House, text_of
from tests.people import PASSWORD, browser_of

ADDRESS, CHANGED, MINUTE = "/settings/signing-out/", "office:idle:change", 60


def prove(client: Client, house: House, who: str = "Ada") -> None:
    with early_in_a_half_minute():
        asked = client.get(ADDRESS)
        assert asked["Location"].startswith("/account/again/signing-out/?next=")
        given = {"password": PASSWORD, "code": house.people[who].code(), "next": ADDRESS}
        assert client.post("/account/again/signing-out/", given)["Location"] == ADDRESS


def is_in_after(client: Client, minutes: float) -> bool:
    with clock.moved(minutes * MINUTE):
        return client.get("/session/").status_code == 200


@pytest.mark.parametrize("minutes", [5, 60])
def test_it_holds_for_open_sessions_and_for_new_ones(house: House, minutes: int) -> None:
    open_already = house.browser("Ben")
    actions.change_idle_minutes(house.viewer(), minutes=minutes)
    for client in (open_already, house.browser("Ben")):
        assert is_in_after(client, minutes - 0.1)
        assert not is_in_after(client, minutes)


def test_another_organisation_keeps_its_own(house: House) -> None:
    theirs = house.browser("Cy")
    actions.change_idle_minutes(house.viewer(), minutes=5)
    for client in (theirs, house.browser("Cy")):
        assert is_in_after(client, 14)
        assert not is_in_after(client, 15)


def test_twelve_hours_stay_twelve_hours(house: House) -> None:
    actions.change_idle_minutes(house.viewer(), minutes=60)
    client = house.browser("Ben")
    for hours in range(1, 25):
        with clock.moved(hours * 30 * MINUTE):
            assert client.post("/session/stay/").status_code == (200 if hours < 24 else 302)


def test_the_trail_says_from_what_to_what(house: House) -> None:
    actions.change_idle_minutes(house.viewer(), minutes=30)
    actions.change_idle_minutes(house.viewer(), minutes=30)
    (payload,) = house.payloads(CHANGED)
    assert payload.detail == {"before": "15", "minutes": "30"}


def test_it_is_changed_by_the_page_after_both_steps(house: House, ada: Client) -> None:
    assert ada.post(ADDRESS, {"minutes": 5})["Location"].startswith("/account/again/signing-out/")
    assert sessions.idle_minutes_of(house.clinic.organisation.id) == 15
    prove(ada, house)
    page = text_of(ada.post(ADDRESS, {"minutes": 5}, follow=True))
    assert "After 5 minutes without an act" in page
    assert "Locks after 5 min" in page


@pytest.mark.parametrize("minutes", ["4", "61", "", "many"])
def test_less_than_five_and_more_than_sixty_are_refused(
    house: House, ada: Client, minutes: str
) -> None:
    prove(ada, house)
    answer = ada.post(ADDRESS, {"minutes": minutes})
    assert answer.status_code == 422
    assert "Write" in text_of(answer)
    with pytest.raises(ValueError, match="5 to 60"):
        actions.change_idle_minutes(house.viewer(), minutes=61)
    assert sessions.idle_minutes_of(house.clinic.organisation.id) == 15


@pytest.mark.parametrize(
    ("name", "may"), [("Ada", True), ("Abe", True), ("Ben", False), ("Dee", False)]
)
def test_who_may_change_it(house: House, name: str, *, may: bool) -> None:
    assert house.browser(name).get(ADDRESS).status_code == (302 if may else 403)
    if may:
        actions.change_idle_minutes(house.viewer(name), minutes=10)
    else:
        with pytest.raises(NotPermitted):
            actions.change_idle_minutes(house.viewer(name), minutes=10)


def test_the_list_of_open_sessions_goes_by_it(house: House) -> None:
    actions.change_idle_minutes(house.viewer(), minutes=60)
    house.browser("Ben")
    with clock.moved(59 * MINUTE):
        assert len(sessions.standing_of(house.people["Ben"].user)) == 1
        assert len(sessions.standing_in(house.clinic.organisation.id)) == 1
    with clock.moved(60 * MINUTE):
        assert sessions.standing_of(house.people["Ben"].user) == []


# What a page's own script asks.


def test_asking_how_long_is_no_act_and_staying_is_one(house: House) -> None:
    client = house.browser("Ben")
    with clock.moved(14 * MINUTE):
        left = client.get("/session/").json()
        assert (left["seconds"], left["seconds_in_all"]) == (59, 12 * 3600 - 14 * MINUTE - 1)
        assert client.post("/session/stay/").json()["seconds"] in {899, 900}
    with clock.moved(28 * MINUTE):
        assert client.get("/session/").status_code == 200
    with clock.moved(29 * MINUTE + 1):
        assert client.get("/session/").status_code == 302


def test_the_page_knows_its_own_session_and_nobody_elses(house: House) -> None:
    ben, ada = house.browser("Ben"), house.browser("Ada")
    (record,) = sessions.standing_of(house.people["Ben"].user)
    assert ben.get("/session/").json()["id"] == str(record.pk)
    assert f'session="{record.pk}"' in text_of(ben.get("/account/"))
    assert ada.get("/session/").json()["id"] != str(record.pk)


def test_the_last_minutes_of_twelve_hours_count_as_the_end(house: House) -> None:
    ben = browser_of(house.people["Ben"])
    (record,) = sessions.standing_of(house.people["Ben"].user)
    record.created -= timedelta(hours=11, minutes=55)
    record.save()
    left = ben.get("/session/").json()
    assert left["seconds"] == left["seconds_in_all"] <= 300


def test_a_script_is_told_by_401_where_to_sign_in(house: House) -> None:
    ben = house.browser("Ben")
    with clock.moved(15 * MINUTE):
        answer = ben.get("/session/", headers={"Sec-Fetch-Mode": "cors"})
    assert answer.status_code == 401
    mark = left_pages.mark_of(house.people["Ben"].user.pk)
    assert answer["HX-Redirect"] == f"/sign-in/?next={mark}&because=idle"


def test_the_page_safeguards_says_after_how_many_minutes(house: House) -> None:
    actions.change_idle_minutes(house.viewer(), minutes=25)
    said = "After 25 minutes without an act, and after 12 hours in any case."
    assert said in text_of(house.browser("Dee").get("/safeguards/"))
