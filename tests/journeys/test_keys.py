"""Single keys on pages of staff: where they lead, and that they never act while somebody types.

WCAG 2.1.4: a shortcut of one character can be switched off, and then does nothing at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe
from tests.journeys.clinic import Clinic, press

pytestmark = pytest.mark.journey

KEYBOARD = "/account/keyboard/"
SAVE = "main form button[type='submit']"


def path_of(page: Page) -> str:
    return str(page.evaluate("location.pathname"))


def go(page: Page, *keys: str) -> str:
    """Press keys that lead somewhere; return where."""
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)
    return path_of(page)


@contextmanager
def nothing_moves(page: Page) -> Iterator[None]:
    """Let keys be pressed that must neither leave the page nor move the focus."""
    page.evaluate("window.stayed = true")
    focused = "document.activeElement.outerHTML"
    before = page.evaluate(focused)
    yield
    page.wait_for_timeout(200)
    assert page.evaluate("window.stayed") is True
    assert page.evaluate(focused) == before


def test_letters_lead_to_the_pages_of_the_menu_and_only_to_those_the_role_may_open(
    clinic: Clinic,
) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/"))
        for key, path in (("i", "/inbox/"), ("p", "/persons/"), ("t", "/trail/"), ("h", "/")):
            assert go(page, "g", key) == path
        assert go(page, "?") == KEYBOARD
        assert axe.violations(page) == []
    with clinic.staff("abe") as this:  # an administrator, who sees no inbox
        this.page.goto(clinic.address("/"))
        with nothing_moves(this.page):
            this.page.keyboard.press("g")
            this.page.keyboard.press("i")
        assert go(this.page, "g", "t") == "/trail/"


def test_rows_are_walked_and_the_search_is_found_without_a_mouse(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/inbox/"))
        links = page.locator("main tbody tr a.title")
        for key, at in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
            page.keyboard.press(key)
            expect(links.nth(at)).to_be_focused()
        wanted = links.first.get_attribute("href")
        assert go(page, "Enter") == wanted
        page.goto(clinic.address("/inbox/"))
        page.keyboard.press("/")
        expect(page.locator("#reference")).to_be_focused()
        assert page.input_value("#reference") == ""
        page.goto(clinic.address("/trail/"))
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.closest('.timeline') !== null")


def test_no_key_acts_while_somebody_types_or_holds_another_key(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/inbox/"))
        page.focus("#reference")
        with nothing_moves(page):
            page.keyboard.type("g i ? / j k")
        assert page.input_value("#reference") == "g i ? / j k"
        page.focus("#form")
        with nothing_moves(page):
            page.keyboard.press("g")
            page.keyboard.press("t")
        page.evaluate("document.activeElement.blur()")
        with nothing_moves(page):
            for keys in ("Control+j", "Alt+j", "Meta+k", "x", "J"):
                page.keyboard.press(keys)


def test_no_key_acts_behind_the_question_whether_somebody_is_there(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/inbox/"))
        page.evaluate("document.querySelector('[data-last]').showModal()")
        with nothing_moves(page):
            for key in ("j", "?", "/"):
                page.keyboard.press(key)


def test_switched_off_no_single_key_acts(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address(KEYBOARD))
        page.check("[name='keys'][value='off']", force=True)
        press(page, SAVE)
        page.goto(clinic.address("/inbox/"))
        with nothing_moves(page):
            for key in ("g", "t", "?", "/", "j"):
                page.keyboard.press(key)
        page.goto(clinic.address(KEYBOARD))
        page.check("[name='keys'][value='on']", force=True)
        press(page, SAVE)
        assert go(page, "g", "t") == "/trail/"


def test_the_first_tab_still_leads_past_the_menu(clinic: Clinic) -> None:
    with clinic.staff("ada") as this:
        page = this.page
        page.goto(clinic.address("/inbox/"))
        page.keyboard.press("Tab")
        expect(page.locator("a.skip")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("j")
        expect(page.locator("main tbody tr a.title").first).to_be_focused()
