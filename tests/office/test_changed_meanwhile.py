"""A button on something that changed meanwhile says so, and teaches nobody else anything."""

import pytest
from django.test import Client

from keepwell.safeguards.access.models import Invitation, Membership
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit.identifiers import uuid7
from tests.office.rooms import House, text_of
from tests.office.test_members import NOA, WHY, address_of, invitation_of, pending

OVER = "This invitation was withdrawn or accepted meanwhile."
GONE = "This colleague is not waiting any more."


@pytest.fixture
def invitation(house: House, ada: Client) -> str:
    """Invite Noa; return where her invitation is acted on."""
    ada.post("/members/invite/", NOA)
    return f"/members/invitations/{invitation_of(house).pk}/"


def accept(house: House) -> None:
    """Let the invitation lead to a membership."""
    pending(house)
    with wall.writing(house.clinic.organisation.id):
        row = Membership.objects.get(user=house.people["Eve"].user)
        Invitation.objects.update(membership=row)


def test_an_invitation_withdrawn_in_another_tab_is_not_sent_again(
    house: House, ada: Client, invitation: str
) -> None:
    ada.post(f"{invitation}withdraw/")
    answer = ada.post(f"{invitation}send/", follow=True)
    assert answer.redirect_chain == [("/members/", 302)]
    assert OVER in text_of(answer)
    assert len(house.payloads("access:invitation:send")) == 1


@pytest.mark.parametrize("act", ["send", "withdraw"])
def test_of_an_accepted_invitation_it_is_said_that_it_is_over(
    house: House, ada: Client, invitation: str, act: str
) -> None:
    accept(house)
    answer = ada.post(f"{invitation}{act}/", follow=True)
    assert OVER in text_of(answer)
    assert house.payloads("access:invitation:withdraw") == []


def test_an_invitation_that_is_over_is_like_one_that_never_was_to_others(
    house: House, ada: Client, invitation: str
) -> None:
    ada.post(f"{invitation}withdraw/")
    cy = house.browser("Cy")
    for address in (invitation, f"/members/invitations/{uuid7()}/"):
        for act in ("send", "withdraw"):
            answer = cy.post(f"{address}{act}/")
            assert answer.status_code == 404
            assert "meanwhile" not in text_of(answer)
    assert house.browser("Ben").post(f"{invitation}send/").status_code == 403


def test_who_has_left_meanwhile_is_said_to_wait_no_more(house: House, ada: Client) -> None:
    pending(house)
    address = address_of(house, "Eve", "let-in")
    ada.post(address_of(house, "Eve", "left"), WHY)
    for press in (ada.get, ada.post):
        answer = press(address, follow=True)
        assert answer.redirect_chain == [("/members/", 302)]
        assert GONE in text_of(answer)
    for other in (f"/members/{uuid7()}/let-in/", address):
        assert house.browser("Cy").get(other).status_code == 404
