"""An installation that nobody has set up yet, and the owner who does it in a browser."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, StorageState

from tests.journeys import authenticator
from tests.journeys.clinic import press
from tests.serving import Served

SUBMIT = 'main form button[type="submit"]'
OWNER = {
    "organisation": "Ashgrove Clinic",
    "telephone": "+1 555 0111",
    "name": "Ada Ashgrove",
    "email": "ada@ashgrove.example",
    "password": "four plain words together",
}


@dataclass
class Fresh:
    """A served installation and the link that it has printed."""

    served: Served
    secret: str = ""
    state: StorageState | None = None

    @property
    def link(self) -> str:
        """Return the one-time link."""
        line = next(line for line in self.served.out.all() if "/set-up/" in line)
        found = re.search(r"https://\S+/set-up/\S+", line)
        assert found is not None, line
        return found[0]

    @property
    def account(self) -> dict[str, str]:
        """Return how the owner signs in."""
        return {**OWNER, "totp_secret": self.secret}

    def found(self, page: Page) -> None:
        """Fill in the page of the link: organisation and owner."""
        for name, typed in OWNER.items():
            page.fill(f'input[name="{name}"]', typed)
        press(page, SUBMIT)

    def add_second_step(self, page: Page) -> None:
        """Type the secret that the page shows into an app, and its code into the page."""
        self.secret = page.locator("main .by-qr code").inner_text()
        authenticator.type_code(page, self.secret)
