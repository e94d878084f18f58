"""A page that a walk through Keepwell has come to."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.journeys import browser


@dataclass(frozen=True)
class Stop:
    """A page that the walk has come to."""

    name: str
    opened: browser.Opened

    @property
    def page(self) -> Page:
        """Return the page itself."""
        return self.opened.page

    @property
    def is_patients(self) -> bool:
        """Tell whether patients see this page."""
        return self.name.startswith("patient-")
