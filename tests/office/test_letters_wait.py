"""Acts that write a letter say that it waits while no mail server is set, and only then."""

from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from keepwell.safeguards.mail.servers import Server, Tls
from tests.office.lost_phones import CHECKED, address_of, proven
from tests.office.rooms import House, text_of
from tests.office.test_emergencies import BEGIN, WHY
from tests.office.test_emergencies import prove as prove_emergency
from tests.office.test_members import NOA, invitation_of
from tests.office.test_officers import membership_of
from tests.office.test_reports import opened
from tests.office.test_shared_extracts import SENT, share_page
from tests.office.test_shared_reports import ordered

WAITS = "No mail server is set up yet: the letter waits."


@pytest.fixture(params=[None, Server(host="mail.example", port=465, tls=Tls.IMPLICIT)])
def is_waiting(request: pytest.FixtureRequest, settings: Settings) -> bool:
    """Return whether letters wait, in an installation without and in one with a mail server."""
    settings.KEEPWELL_MAIL_SERVER = request.param
    return request.param is None


def test_an_invitation_and_its_second_letter_say_whether_they_wait(
    house: House, ada: Client, is_waiting: bool
) -> None:
    invited = text_of(ada.post("/members/invite/", NOA, follow=True))
    assert "Noa is invited. The link in the letter works once" in invited
    assert (WAITS in invited) is is_waiting
    again = ada.post(f"/members/invitations/{invitation_of(house).pk}/send/", follow=True)
    assert (WAITS in text_of(again)) is is_waiting
    gone = ada.post(f"/members/invitations/{invitation_of(house).pk}/withdraw/", follow=True)
    assert WAITS not in text_of(gone), "no letter is written"


def test_a_new_second_step_says_whether_its_letter_waits(
    house: House,
    is_waiting: bool,
) -> None:
    address = address_of(house, "Ben")
    started = proven(house, "Ada", address).post(address, CHECKED, follow=True)
    assert "Ben gets a letter with a link" in text_of(started)
    assert (WAITS in text_of(started)) is is_waiting


@pytest.mark.parametrize("what", ["report", "extract"])
def test_sharing_says_whether_the_letter_waits(
    house: House,
    ada: Client,
    pat: UUID,
    is_waiting: bool,
    what: str,
) -> None:
    opened(house, "Ben", [pat], "name", why="checked the address")
    place = f"{ordered(house, ada, pat)}share/" if what == "report" else share_page()
    sent = {"colleague": str(membership_of(house, "Ben")), **SENT}
    shared = ada.post(place, sent, follow=True)
    assert "Your colleague is told by mail." in text_of(shared)
    assert (WAITS in text_of(shared)) is is_waiting


def test_emergency_access_says_before_and_after_whether_the_letters_wait(
    house: House,
    is_waiting: bool,
) -> None:
    abe = house.browser("Abe")
    prove_emergency(abe, house, "Abe")
    assert (WAITS in text_of(abe.get(BEGIN))) is is_waiting
    begun = abe.post(BEGIN, WHY, follow=True)
    assert "The officers are told." in text_of(begun)
    assert (WAITS in text_of(begun)) is is_waiting
