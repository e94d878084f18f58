"""A patient's telephone: small, slow, old, without script, and sometimes a keyboard instead."""

import sys
import time
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys import browser
from tests.journeys.answering import CONTINUE, SEND, START, Control, Patient
from tests.journeys.clinic import Clinic

pytestmark = pytest.mark.journey

MOST_BYTES, MOST_REQUESTS = 60_000, 10
_FOCUS = """
() => {
  const one = document.activeElement;
  const shown = one.closest(".choice") ? one.nextElementSibling : one;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  return {
    id: one.id, value: one.value || "", kind: one.type || one.tagName.toLowerCase(),
    is_ringed: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    is_in_view: box.bottom > 0 && box.top < innerHeight,
  };
}
"""


def page_of(patient: Patient) -> Page:
    """Return the page in front of the patient."""
    assert isinstance(patient.place, Page)
    return patient.place


def test_the_first_page_is_light_enough_for_a_slow_network(clinic: Clinic) -> None:
    with clinic.patient() as patient:
        page = page_of(patient)
        browser.be_a_slow_phone(page)
        weight = browser.weigh(page)
        began = time.monotonic()
        page.goto(clinic.form_link, wait_until="load")
        assert page.locator(START).is_enabled()
        start = time.monotonic() - began
        began = time.monotonic()
        patient.begin()
        first = time.monotonic() - began
        said = f"usable after {start:.1f} s, first question {first:.1f} s later (goal: 5 s); "
        sys.stdout.write(f"\n{said}{weight.wire_bytes} bytes, {weight.requests} requests\n")
        assert weight.wire_bytes <= MOST_BYTES
        assert weight.requests <= MOST_REQUESTS


@pytest.mark.parametrize("size", [browser.NARROW, browser.ZOOMED])
def test_the_whole_form_fits_the_narrowest_screen_with_targets_large_enough(
    clinic: Clinic, size: tuple[int, int]
) -> None:
    with clinic.patient(size=size) as patient:
        page = page_of(patient)
        patient.begin(clinic.form_link)
        for heading in patient.pages():
            assert browser.sticking_out(page) == [], heading
            assert browser.small_targets(page) == [], heading
            patient.go_on()  # with nothing answered, for the page with its errors
            assert browser.sticking_out(page) == [], heading
        assert browser.sticking_out(page) == []
        patient.send()
        assert browser.sticking_out(page) == []


def test_an_old_browser_that_knows_no_layers_answers_the_whole_form(clinic: Clinic) -> None:
    with clinic.patient() as patient:
        page = page_of(patient)
        browser.forget_layers(page)
        patient.begin(clinic.form_link)
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgba(0, 0, 0, 0)", "the style is really away"
        for heading in patient.pages():
            assert not browser.scrolls_sideways(page), heading
        assert patient.send()


def test_the_whole_form_is_answered_with_the_keyboard_alone(clinic: Clinic) -> None:
    with clinic.patient(size=browser.DESKTOP) as patient:
        page = page_of(patient)
        page.goto(clinic.form_link)
        focus = next_focus(page)
        assert focus["kind"] == "a", "the skip link comes first"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        press_when_reached(page, START)
        while not patient.is_at_check:
            answer_with_keys(patient)
        press_when_reached(page, SEND)
        assert patient.reference


def next_focus(page: Page) -> dict[str, Any]:
    """Press Tab and return what has the focus; it must be seen."""
    page.keyboard.press("Tab")
    focus: dict[str, Any] = page.evaluate(_FOCUS)
    assert focus["is_ringed"], focus
    assert focus["is_in_view"], focus
    return focus


def press_when_reached(page: Page, button: str) -> None:
    """Tab to a button and press Enter."""
    wanted = page.locator(button).first
    for _ in range(60):
        next_focus(page)
        if wanted.evaluate("one => one === document.activeElement"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"{button} cannot be reached")


def answer_with_keys(patient: Patient) -> None:
    """Tab through one page, typing as it asks, until Continue."""
    page, heading = page_of(patient), patient.heading
    controls = {control.id: control for control in patient.controls()}
    order = []
    while controls and not page.locator(CONTINUE).evaluate("one => one === document.activeElement"):
        focus = next_focus(page)
        if focus["id"] in controls:
            order.append(focus["id"])
            type_into(page, controls[focus["id"]])
        elif focus["value"] == "continue":
            break
    assert order == sorted(order, key=list(controls).index), "Tab follows the page"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert patient.errors() == [], heading


def type_into(page: Page, control: Control) -> None:
    """Answer the input that has the focus."""
    if control.kind in {"radio", "checkbox"}:
        page.keyboard.press("Space")
    else:
        is_scale = control.mode == "numeric" and control.width == "c6"
        page.keyboard.type("7" if is_scale else control.text)
