"""Requests that another website makes a browser send (T4): every route refuses them.

The walk sends what a forged form sends: the session's cookie and no token of ours, or a token and
another origin. Its twin sends our own form and meets no such refusal.
"""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from keepwell.safeguards.access.declarations import Reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route, all_routes
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity.models import Stage
from tests.boundaries.inhabited import Inhabited, inhabit
from tests.boundaries.snapshots import rows_of
from tests.pages import with_plain_static_files
from tests.people import browser, browser_of
from tests.stores.session import Stores

TOKEN = "k" * 32
SAID = "This page was open for too long"
ELSEWHERE = {"origin": "https://evil.example", "referer": "https://evil.example/"}
OURS = {"referer": "https://localhost/"}


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture
def here(stores: Stores) -> Inhabited:
    """Make Ada's clinic with one of everything."""
    return inhabit("Ashgrove Clinic", "Ada")


@pytest.fixture
def clients(here: Inhabited) -> dict[Reach, Client]:
    """Open browsers that send cookies as browsers do, with the checks that tests leave out."""
    ben = here.clinic.add("Ben", Role.MEMBER)
    owner = browser_of(here.clinic.owner, has_csrf_checks=True)
    return {
        Reach.PERMISSION: owner,
        Reach.SIGNED_IN: owner,
        Reach.ENROLMENT: browser_of(ben, stage=Stage.PASSWORD, has_csrf_checks=True),
        Reach.OPEN: browser(has_csrf_checks=True),
    }


# Mail programs post to it without a cookie (RFC 8058): the sealed link says whose letter it is.
BY_LINK = "letters:unsubscribe"


def posting() -> list[Route]:
    """Return what takes a POST; in frames no cookie says who asks, so there is nothing to forge."""
    found = [one for one in all_routes() if "POST" in one.methods and one.declaration]
    framed = "forms_embedded:"
    by_cookie = [one for one in found if one.name != BY_LINK and not one.name.startswith(framed)]
    assert len(by_cookie) > 50
    return by_cookie


def answers(
    here: Inhabited, clients: dict[Reach, Client], *, token: str, headers: dict[str, str]
) -> dict[str, Any]:
    """Post to every route, with the cookie of the token and perhaps the token itself."""
    found = {}
    for route in posting():
        assert route.declaration
        client = clients[route.declaration.reach]
        client.cookies[django_settings.CSRF_COOKIE_NAME] = TOKEN
        sent = {"csrfmiddlewaretoken": token} if token else {}
        found[route.name] = client.post(here.address(route), sent, headers=headers)
    return found


def is_refused(answer: Any) -> bool:
    return answer.status_code == 403 and SAID in answer.content.decode()


@pytest.mark.parametrize(
    ("token", "headers"),
    [("", ELSEWHERE), ("", OURS), ("x" * 32, OURS), (TOKEN, ELSEWHERE)],
    ids=["forged", "no token", "a guessed token", "a stolen token from elsewhere"],
)
def test_every_route_refuses_a_forged_form_and_changes_nothing(
    stores: Stores,
    here: Inhabited,
    clients: dict[Reach, Client],
    token: str,
    headers: dict[str, str],
) -> None:
    writer.stop()  # or it would carry entries from table to table meanwhile
    before = rows_of(stores, "data")
    found = answers(here, clients, token=token, headers=headers)
    assert [name for name, answer in found.items() if not is_refused(answer)] == []
    after = rows_of(stores, "data")
    assert [table for table in before if before[table] != after[table]] == []


def test_our_own_form_is_refused_by_none_of_them(
    here: Inhabited, clients: dict[Reach, Client]
) -> None:
    found = answers(here, clients, token=TOKEN, headers=OURS)
    assert [name for name, answer in found.items() if is_refused(answer)] == []
