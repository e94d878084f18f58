"""Whether members may trust a device: who says so, on which page, and what the trail keeps."""

import re

import pytest
from django.test import Client

from keepwell.office.safeguards import lines
from keepwell.office.settings import actions
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.manifest import Standing
from keepwell.safeguards.identity import trusts
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.office.rooms import House, text_of
from tests.office.test_safeguards import found
from tests.people import PASSWORD

ADDRESS, CHANGED = "/settings/trusted-devices/", "office:trusted-devices:change"
LINE = "The second step is asked for at every sign-in"


def prove(client: Client, house: House) -> None:
    with early_in_a_half_minute():
        given = {"password": PASSWORD, "code": house.people["Ada"].code(), "next": ADDRESS}
        answer = client.post("/account/again/trusted-devices/", given)
        assert answer["Location"] == ADDRESS


def is_ticked(page: str) -> bool:
    return bool(re.search(r'name="is_allowed"[^>]* checked', page))


def days(house: House) -> int:
    return trusts.policy_of(house.clinic.organisation.id)[0]


def test_it_is_changed_by_the_page_after_both_steps(house: House, ada: Client) -> None:
    assert "the code is asked for at every sign-in" in text_of(ada.get("/settings/"))
    given = {"is_allowed": "on", "days": "7"}
    assert ada.post(ADDRESS, given)["Location"].startswith("/account/again/trusted-devices/")
    assert days(house) == 0
    prove(ada, house)
    page = text_of(ada.get(ADDRESS))
    assert 'value="7"' in page
    assert not is_ticked(page)
    assert "for 7 days on a device they trust" in text_of(ada.post(ADDRESS, given, follow=True))
    assert days(house) == 7
    assert is_ticked(text_of(ada.get(ADDRESS)))
    ada.post(ADDRESS, {"days": "7"})
    assert days(house) == 0


def test_the_trail_says_from_what_to_what(house: House) -> None:
    for given in (7, 7, 3, 0):
        actions.change_trust_days(house.viewer(), days=given)
    assert [one.detail for one in house.payloads(CHANGED)] == [
        {"before": "0", "days": "7", "ended": "0"},
        {"before": "7", "days": "3", "ended": "0"},
        {"before": "3", "days": "0", "ended": "0"},
    ]


@pytest.mark.parametrize("given", ["0", "31", "", "many", "-1"])
def test_less_than_one_day_and_more_than_thirty_are_refused(
    house: House, ada: Client, given: str
) -> None:
    prove(ada, house)
    answer = ada.post(ADDRESS, {"is_allowed": "on", "days": given})
    assert answer.status_code == 422
    assert "Write" in text_of(answer)
    with pytest.raises(ValueError, match="1 to 30"):
        actions.change_trust_days(house.viewer(), days=31)
    assert days(house) == 0


@pytest.mark.parametrize(
    ("name", "may"), [("Ada", True), ("Abe", False), ("Ben", False), ("Dee", False)]
)
def test_owners_alone_may_change_it(house: House, name: str, *, may: bool) -> None:
    assert house.browser(name).get(ADDRESS).status_code == (302 if may else 403)
    if may:
        actions.change_trust_days(house.viewer(name), days=1)
    else:
        assert ADDRESS not in text_of(house.browser(name).get("/settings/"))
        with pytest.raises(NotPermitted):
            actions.change_trust_days(house.viewer(name), days=1)


def test_another_organisation_keeps_its_own(house: House) -> None:
    actions.change_trust_days(house.viewer(), days=7)
    assert trusts.policy_of(house.practice.organisation.id) == (0, None)


def test_the_page_safeguards_says_on_or_off_and_since_when(house: House) -> None:
    told = found(house, lines.code_always)
    assert (told.standing, told.since) == (Standing.ON, None)
    actions.change_trust_days(house.viewer(), days=7)
    allowed = found(house, lines.code_always)
    assert allowed.standing is Standing.OFF
    assert allowed.since is not None
    assert "for 7 days on a device they trust. Trusted now: 0." in allowed.words
    with clock.moved(60):
        actions.change_trust_days(house.viewer(), days=3)
        assert found(house, lines.code_always).since == allowed.since, "fewer days: still allowed"
        actions.change_trust_days(house.viewer(), days=0)
        ended = found(house, lines.code_always)
    assert ended.standing is Standing.ON
    assert ended.since is not None
    assert ended.since > allowed.since
    assert LINE in text_of(house.browser("Dee").get("/safeguards/"))
