"""Single keys on one's own pages: listed by what the role may open, switched off for good."""

import re
from collections import Counter

import pytest

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.roles import Role
from tests.people import Clinic, browser_of

PAGE = "/account/keyboard/"
ELEMENT = f'<keepwell-keys help="{PAGE}">'


def keys_on(page: str) -> set[str]:
    """Return the letters that the rail answers to."""
    return set(re.findall(r'data-key="(\w)"', page))


def test_the_page_lists_the_keys_of_pages_that_the_role_may_open(clinic: Clinic) -> None:
    ada = browser_of(clinic.owner).get(PAGE).content.decode()
    assert keys_on(ada) == set("haimfpt")
    assert "Opens Inbox" in ada
    abe = browser_of(clinic.add("Abe", Role.ADMINISTRATOR)).get(PAGE).content.decode()
    assert keys_on(abe) == set("hamft")
    assert "Opens Inbox" not in abe
    ben = browser_of(clinic.add("Ben", Role.MEMBER)).get(PAGE).content.decode()
    assert keys_on(ben) == set("hifp")
    assert "Opens Trail" not in ben


def test_no_two_pages_share_a_key() -> None:
    keys = [item.key for item in registry.menu() if item.key]
    assert max(Counter(keys).values()) == 1
    assert all(re.fullmatch("[a-z]", key) and key != "g" for key in keys)


def test_whoever_switches_them_off_has_no_script_that_listens(clinic: Clinic) -> None:
    ada, phone = browser_of(clinic.owner), browser_of(clinic.owner)
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    assert ELEMENT in ada.get("/").content.decode()
    assert ada.post(PAGE, {"keys": "off"})["Location"] == PAGE
    for page in (ada.get("/"), phone.get("/members/"), ada.get(PAGE)):
        assert "keepwell-keys" not in page.content.decode()
        assert "keys.js" not in page.content.decode()
    assert "Single keys are off" in ada.get("/account/").content.decode()
    assert ELEMENT in ben.get("/").content.decode()
    ada.post(PAGE, {"keys": "on"})
    assert ELEMENT in ada.get("/").content.decode()


@pytest.mark.parametrize("wrong", ["", "maybe"])
def test_anything_else_is_no_switch(clinic: Clinic, wrong: str) -> None:
    ada = browser_of(clinic.owner)
    assert ada.post(PAGE, {"keys": wrong}).status_code == 422
    assert ELEMENT in ada.get("/").content.decode()
