"""How pages look to oneself: kept with the account, told by every page, nothing to patients."""

import re
from pathlib import Path

import pytest
from django.test import Client

from keepwell.safeguards.access.roles import Role
from keepwell.shell import bundles
from tests.people import Clinic, browser_of
from tests.products.forms.pages.patients import publish

LOOK = "/account/look/"


def root_of(page: str) -> str:
    found = re.search(r"<html[^>]*>", page)
    assert found
    return found[0]


def chosen(browser: Client, **look: str) -> str:
    answer = browser.post(LOOK, look)
    assert answer["Location"] == LOOK
    return root_of(browser.get("/").content.decode())


def test_what_is_chosen_shows_on_every_page_and_device_of_this_account_alone(
    clinic: Clinic,
) -> None:
    ada, phone = browser_of(clinic.owner), browser_of(clinic.owner)
    assert "data-" not in root_of(ada.get("/").content.decode())
    root = chosen(ada, theme="dark", density="compact")
    assert 'data-theme="dark"' in root
    assert 'data-density="compact"' in root
    assert root_of(phone.get("/").content.decode()) == root
    assert root_of(phone.get("/nowhere/").content.decode()) == root
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    assert "data-" not in root_of(ben.get("/").content.decode())
    assert "data-" not in chosen(ada, theme="", density="")


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"density": 'x" onload="'}])
def test_nothing_else_can_be_chosen(clinic: Clinic, wrong: dict[str, str]) -> None:
    ada = browser_of(clinic.owner)
    assert ada.post(LOOK, wrong).status_code == 422
    assert "data-" not in root_of(ada.get("/").content.decode())


def test_patients_see_nothing_of_it(clinic: Clinic) -> None:
    token, ada = publish(clinic), browser_of(clinic.owner)
    chosen(ada, theme="dark", density="compact")
    link = f"/f/{token}/"
    assert "data-" not in root_of(Client(headers={}).get(link, secure=True).content.decode())


def test_both_themes_give_every_colour_that_the_device_would_get() -> None:
    tokens = Path(bundles.__file__).parent / "static" / bundles.TOKENS
    light, _, dark = tokens.read_text("utf-8").partition("@media (prefers-color-scheme: dark)")
    dark = dark.partition("@media (prefers-reduced-motion")[0]
    rules = bundles.chosen_themes(tokens.read_text("utf-8"))
    assert rules.startswith("@layer tokens { @media screen {")
    for name, text in (("light", light), ("dark", dark)):
        [rule] = [line for line in rules.split("\n") if f'"{name}"' in line]
        colours = re.findall(r"(--[a-z-]+): ((?:#|0 1px|rgb)[^;]+);", text)
        assert len(colours) > 20
        assert all(f"{one}: {value};" in rule for one, value in colours)
