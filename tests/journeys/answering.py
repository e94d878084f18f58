"""A patient who reads what a page asks and answers it, whatever form it is.

Inputs are found as a browser shows them and answered by their kind, so the same patient fills in
any published form, on our own site or in a frame, with or without script, in any language.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

SCAN = Path(__file__).parent / "specimens" / "scan.png"
MOST_PAGES = 80

BY_FILL = {
    "name": "Pat Winters", "given-name": "Pat", "family-name": "Winters", "tel": "+1 555 0123",
    "email": "pat@patients.example", "bday-day": "9", "bday-month": "3", "bday-year": "1984",
}  # fmt: skip
BY_NAME_END = {"day": "9", "month": "3", "year": "2024", "time": "10:30"}
# Whole numbers that may be negative ask for letters too: a number pad has no minus.
BY_MODE = {"text": "42", "numeric": "42", "decimal": "5.5", "url": "https://example.org"}
# An input is as wide as what it asks for.
BY_WIDTH = {"c4": "ON", "c6": "A1B2", "c10": "A1B 2C3"}
PLAIN, LINES = "Some words", "A line or two.\nAnd another."

CONTINUE = 'button.button[name="act"][value="continue"]'
SEND = 'form[action$="/send/"] button[type="submit"]'
START = "main form .acts button.button"
ANEW = "main form .acts button.link-button"
_CONTROLS = """
() => [...document.querySelectorAll("main form.question :is(input, select, textarea)")]
  .filter((one) => one.type !== "hidden")
  .map((one) => ({
    id: one.id, name: one.name, kind: one.type, value: one.value, mode: one.inputMode,
    fill: one.autocomplete, width: one.className.split(" ").pop(),
    label: one.labels.length ? one.labels[0].innerText : "",
  }))
"""


@dataclass(frozen=True)
class Control:
    """One input as the browser knows it."""

    id: str
    name: str
    kind: str
    value: str
    mode: str
    fill: str
    label: str
    width: str

    @property
    def text(self) -> str:
        """Return what somebody would type here."""
        end = self.name.rpartition("-")[2]
        known = BY_FILL.get(self.fill) or BY_NAME_END.get(end) or BY_MODE.get(self.mode)
        if known:
            return known
        if self.width in BY_WIDTH:
            return BY_WIDTH[self.width]
        return LINES if self.kind == "textarea" else PLAIN


@dataclass
class Patient:
    """Somebody in front of a form: `place` is a page, or the frame in which the form stands."""

    place: Page | Frame
    pages_seen: list[str] = field(default_factory=list)

    def begin(self, link: str = "") -> None:
        """Follow the link and start."""
        if link:
            self.place.goto(link)
        self._press(START)

    def begin_anew(self) -> None:
        """Fill in the form again for another person."""
        self._press(ANEW)

    def controls(self) -> list[Control]:
        """Return the inputs of the page."""
        found: list[dict[str, Any]] = self.place.evaluate(_CONTROLS)
        return [Control(**one) for one in found]

    def fill(self) -> None:
        """Answer everything this page asks: the first of one, all of many."""
        chosen = set()
        for control in self.controls():
            if control.kind == "radio":
                if control.name not in chosen and control.value != "other":
                    self._at(control).check()
                    chosen.add(control.name)
            else:
                self._answer(control)

    def go_on(self) -> None:
        """Press Continue."""
        self._press(CONTINUE)

    def errors(self) -> list[str]:
        """Return the sentences of the error summary."""
        return self.place.locator(".error-summary li").all_inner_texts()

    def answer_page(self) -> None:
        """Answer this page and go on; fail with the page's own words if it is not taken."""
        self.pages_seen.append(self.heading)
        self.fill()
        self.go_on()
        if self.errors():
            self._put_right()
            self.go_on()
        refused = self.errors()
        assert refused == [], (self.pages_seen[-1], refused)

    def pages(self) -> Iterator[str]:
        """Yield each page's heading; the page is answered when the loop goes on."""
        for _ in range(MOST_PAGES):
            if self.is_at_check:
                return
            yield self.heading
            self.answer_page()
        raise AssertionError(f"the form has no end: {self.pages_seen}")

    def answer_everything(self) -> None:
        """Answer page after page until all answers are shown."""
        for _ in self.pages():
            pass

    def send(self) -> str:
        """Send and return the reference."""
        self._press(SEND)
        return self.reference

    @property
    def reference(self) -> str:
        """Return the reference on the page."""
        found = self.place.locator(".reference .big").inner_text()
        assert re.fullmatch(r"KW-[0-9A-Z]{4}-[0-9A-Z]{4}", found), found
        return found

    @property
    def heading(self) -> str:
        """Return the heading of the page."""
        return self.place.locator("h1").first.inner_text()

    @property
    def is_at_check(self) -> bool:
        """Tell whether the page shows all answers."""
        return self.place.locator("dl.check").count() > 0

    def _answer(self, control: Control) -> None:
        at = self._at(control)
        if control.kind == "checkbox":
            if control.value != "other":
                at.check()
        elif control.kind == "file":
            at.set_input_files(SCAN)
        elif control.kind == "select-one":
            at.select_option(index=1)
        elif not control.name.endswith("-other"):
            at.fill(control.text)

    def _put_right(self) -> None:
        """Follow the summary's links and type the number that each sentence asks for."""
        for link in self.place.locator(".error-summary a").all():
            numbers = re.findall(r"\d+", link.inner_text())
            target = (link.get_attribute("href") or "").removeprefix("#")
            assert numbers, link.inner_text()
            self.place.locator(f'[id="{target}"]').fill(numbers[-1])

    def _at(self, control: Control) -> Any:
        return self.place.locator(f'[id="{control.id}"]')

    def _press(self, button: str) -> None:
        """Press, and wait for the next page: in a frame Playwright would not."""
        page = self.place if isinstance(self.place, Page) else self.place.page
        with page.expect_event("framenavigated"):
            self.place.locator(button).first.click()
        self.place.wait_for_load_state()
