"""Methods over every route: unknown ones are refused with a page, asking changes nothing.

A GET that changes something can be sent by any page of the web, by a mail scanner, by a prefetch
(OWASP ASVS 3.5.3).
"""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from keepwell.config import urls
from keepwell.products.forms.models import Form
from keepwell.safeguards.access.declarations import Reach, open_to_all
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route, all_routes
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity.models import Stage
from keepwell.safeguards.tenancy import wall
from tests.boundaries.inhabited import Inhabited, asked, inhabit
from tests.boundaries.snapshots import Rows, rows_of
from tests.pages import with_plain_static_files
from tests.people import browser, browser_of
from tests.stores.session import Stores

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
# What asking may move in the data store: when a person last acted, and the record of asking, on its
# way to the trail.
MAY_MOVE = frozenset({"identity_sessionrecord.last_act"})
MAY_GROW = frozenset({"audit_outbox"})


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture
def here(stores: Stores) -> Inhabited:
    """Make Ada's clinic, where Pat has half a form filled in."""
    return inhabit("Ashgrove Clinic", "Ada")


@pytest.fixture
def clients(here: Inhabited) -> dict[str, Client]:
    """Open everybody's browser: whom a route is for, and whom not."""
    ben = here.clinic.add("Ben", Role.MEMBER)
    return {
        "ada": browser_of(here.clinic.owner),
        "ben": browser_of(ben),
        "half of ben": browser_of(ben, stage=Stage.PASSWORD),
        "pat": here.patient.client,
        "nobody": browser(),
    }


def right_client(clients: dict[str, Client], route: Route) -> Client:
    """Return a browser that reaches the view, so that the view and not the gate answers."""
    assert route.declaration
    names = {Reach.ENROLMENT: "half of ben", Reach.OPEN: "pat"}
    return clients[names.get(route.declaration.reach, "ada")]


def is_page(answer: Any) -> bool:
    if answer.request["REQUEST_METHOD"] == "HEAD":
        return True
    return b"<h1" in answer.content and answer["Content-Type"].startswith("text/html")


def test_every_route_refuses_methods_that_it_does_not_know_with_a_page(
    here: Inhabited, clients: dict[str, Client]
) -> None:
    wrong = []
    for route in all_routes():
        for method in sorted(METHODS - route.methods):
            answer = asked(right_client(clients, route), method, here.address(route))
            allowed = set(answer.headers.get("Allow", "").split(", "))
            is_right = answer.status_code == 405 and is_page(answer) and allowed == route.methods
            wrong += [] if is_right else [f"{method} {route.name}: {answer.status_code}"]
    assert wrong == []


def settled(stores: Stores) -> Rows:
    """Return the data store's rows once nothing waits for the trail."""
    writer.stop()
    return rows_of(stores, "data", leaving_out=MAY_MOVE)


def changed(before: Rows, after: Rows) -> set[str]:
    assert set(before) == set(after)
    return {table for table in before if before[table] != after[table]} - MAY_GROW


def walk(here: Inhabited, clients: dict[str, Client], method: str) -> None:
    """Ask for every route, as everybody."""
    for route in all_routes():
        for client in clients.values():
            asked(client, method, here.address(route))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_asking_for_a_page_changes_no_row(
    stores: Stores, here: Inhabited, clients: dict[str, Client], method: str
) -> None:
    before = settled(stores)
    walk(here, clients, method)
    assert changed(before, settled(stores)) == set()


def test_asking_for_the_pages_of_one_clinic_with_a_question_changes_no_row(
    stores: Stores, here: Inhabited, clients: dict[str, Client]
) -> None:
    before = settled(stores)
    for address in (
        f"/inbox/{here.ids['submission_id']}/?for=care",
        f"/persons/{here.ids['person_id']}/?for=care",
        f"/trail/?about={here.ids['person_id']}",
        f"/f/{here.token}/1/?act=continue&f0=Someone",
        f"/f/{here.token}/send/?act=send",
        f"/f/{here.token}/leave/?act=clear",
        f"/forms/links/{here.ids['link_id']}/revoke/?confirm=yes",
    ):
        for client in clients.values():
            client.get(address)
    assert changed(before, settled(stores)) == set()


@open_to_all("added for the test")
def renames(request: HttpRequest) -> HttpResponse:
    """Change a row when asked."""
    from keepwell.safeguards.tenancy.organisations import organisation_ids  # noqa: PLC0415

    with wall.writing(organisation_ids()[0]):
        Form.objects.update(title=f"renamed by {request.method}")
    return HttpResponse("renamed")


def test_a_page_that_changes_a_row_when_asked_is_noticed(
    stores: Stores, here: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = path("added/", renames, name="added")
    monkeypatch.setattr(urls, "staff_routes", [*urls.staff_routes, added])
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, added])
    clear_url_caches()
    try:
        before = settled(stores)
        walk(here, {"nobody": browser()}, "GET")
        assert changed(before, settled(stores)) == {"forms_form"}
    finally:
        monkeypatch.undo()
        clear_url_caches()
