"""SG33: nobody is stranded and nobody sneaks in: a lost phone is replaced, never switched off."""

import re

import pytest

from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.office.lost_phones import HOUR, counts, link_to, started, use
from tests.office.rooms import House, make_house, text_of
from tests.people import PASSWORD, browser
from tests.stores.session import Stores

SHUT = 409


@pytest.fixture
def house(stores: Stores) -> House:
    """Found Ada's clinic, in which Ben loses his phone."""
    return make_house()


def test_sg33_a_lost_phone_is_replaced_after_a_check_with_notice_and_delay(house: House) -> None:
    ben = house.people["Ben"]
    started(house)  # in person, both steps of Ada's given again, written down
    link = link_to(ben)
    told = {one.to for one in mailed() if "was started" in one.subject}
    assert told == {house.people[name].email for name in ("Ada", "Abe")}
    assert browser().post(link, {"password": PASSWORD}).status_code == SHUT
    assert counts(ben), "the old second step is asked for until the new one is there"
    with clock.moved(HOUR), early_in_a_half_minute():
        here, _secret = use(link, ben)
        assert here.post("/second-step/recovery-codes/")["Location"] == "/"
        assert here.get("/inbox/").status_code == 200


def test_sg33_one_lost_device_is_cut_off_alone(house: House) -> None:
    ben = house.people["Ben"]
    lost, kept = house.browser("Ben"), house.browser("Ben")
    shown = text_of(kept.get("/account/"))
    (address,) = re.findall(r'action="(/account/sessions/[^"/]+/end/)"', shown)
    assert kept.post(address).status_code == 302
    assert lost.get("/inbox/")["Location"].startswith("/sign-in/")
    assert kept.get("/inbox/").status_code == 200
    assert ben.user.is_active
