"""The report of somebody who left: who reads it, and that it is fit for paper."""

import re

from django.test import Client

from keepwell.office.members import lists
from tests.office.rooms import House, text_of
from tests.office.test_members import WHY, address_of, busy, membership_of


def test_the_report_is_for_those_who_see_members(house: House, ada: Client) -> None:
    ada.post(address_of(house, "Ben", "left"), WHY)
    address = address_of(house, "Ben", "report")
    assert house.browser("Dee").get(address).status_code == 200
    assert house.browser("Cy").get(address).status_code == 404
    assert ada.get(address_of(house, "Dee", "report")).status_code == 404


def test_the_report_is_a_paper_that_says_whose_it_is_who_ended_it_and_why(
    house: House, ada: Client
) -> None:
    busy(house)
    ada.post(address_of(house, "Ben", "left"), WHY)
    page = text_of(ada.get(address_of(house, "Ben", "report")))
    assert "<keepwell-print>" in page
    assert "<dt>Organisation</dt><dd>Ashgrove Clinic" in page
    assert "<dt>Ended by</dt><dd>Ada</dd>" in page
    assert f"<dt>Why</dt><dd>“{WHY['reason']}”</dd>" in page
    assert not re.search(r">(Today|Yesterday) \d", page)
    assert house.payloads("audit:trail:open")[-1].detail["kinds"] == "access:member:end"


def test_who_does_not_read_the_trail_is_not_told_who_ended_it(house: House, ada: Client) -> None:
    ada.post(address_of(house, "Dee", "left"), WHY)
    row = membership_of(house, "Dee").pk
    told = lists.end_of(house.viewer(), row)
    assert told is not None
    assert (told.who, told.reason) == ("Ada", WHY["reason"])
    assert lists.end_of(house.viewer("Ben"), row) is None
