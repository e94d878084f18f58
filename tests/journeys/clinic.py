"""The served demonstration clinic, and its people in front of a browser.

Everybody signs in once, as they would, and keeps the session: a one-time code is accepted once, and
signing in is not what most journeys are about.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, StorageState

from tests.journeys import authenticator, browser
from tests.journeys.answering import Patient
from tests.serving import Demo, installation, serving

SAMPLES = Path(__file__).parents[1] / "samples" / "fhir"
IDLE_SECONDS = 600  # well before a session that nobody used ends
SESSION = "__Host-keepwell"


def press(page: Page, button: str) -> None:
    """Press a button of a form and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(button).first.click()


def accept_rules(page: Page) -> None:
    """Accept terms and rules where the page asks for them: at a first sign-in."""
    if page.url.endswith("/sign-in/rules/"):
        for tick in page.locator('main input[type="checkbox"]').all():
            tick.check()
        press(page, 'main form button[type="submit"]')


def sign_in(page: Page, url: str, account: dict[str, str], *, again: bool = False) -> None:
    """Sign in with password and code, in any language; `again`: with a code not shown before."""
    page.goto(urljoin(url, "/sign-in/"))
    page.fill('input[name="email"]', account["email"])
    page.fill('input[name="password"]', account["password"])
    press(page, 'main form button[type="submit"]')
    give = authenticator.type_next_code if again else authenticator.type_code
    give(page, account["totp_secret"])
    assert urljoin(page.url, "/") == page.url, page.locator("main").inner_text()


@dataclass
class Clinic:
    """A demonstration that is served, and a browser for whoever acts."""

    demo: Demo
    chromium: Browser
    _states: dict[str, StorageState] = field(default_factory=dict)
    _used: dict[str, float] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Return the address of staff and patients."""
        return str(self.demo.said["staff_url"])

    @property
    def form_link(self) -> str:
        """Return the link of the form that the demonstration has published."""
        return str(self.demo.said["forms"][0]["link"])

    def address(self, path: str) -> str:
        """Return the whole address of a path."""
        return urljoin(self.url, path)

    @contextmanager
    def staff(self, name: str, **look: Any) -> Iterator[browser.Opened]:
        """Open a browser in which "ada", "ben", "dee", "abe" or "cy" is signed in."""
        with browser.opened(self.chromium, state=self._state_of(name), **look) as this:
            yield this
            self._keep_key(name, this)
        self._used[name] = time.monotonic()

    @contextmanager
    def staff_anew(self, name: str, **look: Any) -> Iterator[browser.Opened]:
        """Open a browser with a session of its own, which may be ended without harm to others."""
        with browser.opened(self.chromium, **look) as this:
            sign_in(this.page, self.url, self.demo.account(name), again=True)
            yield this

    @contextmanager
    def patient(self, **look: Any) -> Iterator[Patient]:
        """Open the telephone of somebody without an account, script switched off."""
        on_telephone: dict[str, Any] = {"size": browser.PHONE, "has_script": False, **look}
        with browser.opened(self.chromium, **on_telephone) as this:
            yield Patient(this.page)
            assert this.findings == []

    def _keep_key(self, name: str, this: browser.Opened) -> None:
        """Take over the key under which the session goes on: showing both steps changes it."""
        new = {one["name"]: one for one in this.page.context.cookies(self.url)}
        cookies = self._states[name]["cookies"]
        kept = [new[SESSION] if one["name"] == SESSION in new else one for one in cookies]
        self._states[name]["cookies"] = kept

    def _state_of(self, name: str) -> StorageState:
        is_old = time.monotonic() - self._used.get(name, 0.0) >= IDLE_SECONDS
        if name not in self._states or is_old:
            with browser.opened(self.chromium) as this:
                sign_in(this.page, self.url, self.demo.account(name))
                self._states[name] = this.page.context.storage_state()
                self._used[name] = time.monotonic()
        return self._states[name]


@contextmanager
def served_clinic(chromium: Browser, folder: Path) -> Iterator[Clinic]:
    """Serve the demonstration's clinic from a folder of its own."""
    with serving(installation(folder / "home"), "demo", "--json") as running:
        yield Clinic(Demo(running, json.loads("\n".join(running.out.all()))), chromium)


def publish(page: Page, url: str, definition: Path) -> str:
    """Upload a definition, look at its preview, publish it; return the link for patients."""
    page.goto(urljoin(url, "/forms/upload/"))
    page.set_input_files('input[name="definition"]', definition)
    press(page, 'main form button[type="submit"]')
    assert "/preview/" in page.url, page.locator("main").inner_text()
    press(page, 'a[href$="/publish/"]')
    press(page, 'main form[method="post"] button[type="submit"]')
    assert page.locator("[id=link_1]").count(), page.locator("main").inner_text()[:3000]
    return page.locator("[id=link_1]").input_value()
