"""Every page of staff has a button to sign out that can be seen (OWASP ASVS 7.4.4)."""

import re
from pathlib import Path
from typing import Any

import pytest

from keepwell.safeguards.access.declarations import Reach
from tests.boundaries.inhabited import asked, inhabit
from tests.boundaries.test_routes import routes
from tests.pages import with_plain_static_files
from tests.people import browser, browser_of
from tests.stores.session import Stores

ON_PAPER = {"forms:poster"}  # a sheet that is printed and hung up
BUTTON = '<form method="post" action="/sign-out/">'


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


def has_button(page: str) -> bool:
    """Look for it outside the question that only stands there before a session ends."""
    seen = re.sub(r"<keepwell-idle.*?</keepwell-idle>", "", page, flags=re.DOTALL)
    return BUTTON in seen


def test_every_page_of_staff_has_a_visible_way_to_sign_out(stores: Stores) -> None:
    here = inhabit("Ashgrove Clinic", "Ada")
    client, without, pages = browser_of(here.clinic.owner), [], 0
    for route in routes(Reach.PERMISSION, Reach.SIGNED_IN):
        answer = asked(client, "GET", here.address(route))
        is_page = answer["Content-Type"].startswith("text/html") and b"<h1" in answer.content
        pages += is_page
        if is_page and route.name not in ON_PAPER and not has_button(answer.content.decode()):
            without.append(f"{route.name} {answer.status_code}")
    assert pages > 30
    assert without == []


def test_who_is_not_signed_in_is_offered_none(stores: Stores) -> None:
    assert BUTTON not in browser().get("/sign-in/").content.decode()
