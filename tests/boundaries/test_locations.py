"""The second wall, inside one organisation: the route walk by a colleague of another location."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from keepwell.products.forms.actions.authoring import move
from keepwell.products.forms.queries import reach
from keepwell.safeguards.access.roles import Role
from tests.boundaries.inhabited import Inhabited, inhabit
from tests.boundaries.test_routes import MISSING, differences, of_members
from tests.pages import with_plain_static_files
from tests.people import Person, browser_of
from tests.products.forms.pages.patients import author
from tests.stores.session import Stores

PLACED = ("form_id", "link_id", "submission_id", "file_id", "person_id", "other_id", "join_id")


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture
def ours(stores: Stores) -> Inhabited:
    """Make Ada's clinic."""
    return inhabit("Ashgrove Clinic", "Ada")


@pytest.fixture
def hillside(ours: Inhabited) -> UUID:
    """Move all that Ada's clinic has to a location of its own."""
    hill = ours.clinic.open_location("Hillside")
    move(author(ours.clinic), form_id=ours.ids["form_id"], locations=frozenset({hill}))
    return hill


def elsewhere(ours: Inhabited, role: Role) -> Person:
    """Let somebody work at the first location only."""
    return ours.clinic.add(f"Ben-{role}", role, at=frozenset({ours.ids["location_id"]}))


def of_forms(ours: Inhabited) -> Inhabited:
    """Return the clinic's ids of what belongs to a location through a form."""
    return replace(ours, ids={name: ours.ids[name] for name in PLACED})


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR, Role.TECHNICIAN])
def test_every_id_of_another_location_answers_like_one_that_never_was(
    ours: Inhabited, hillside: UUID, role: Role
) -> None:
    found = differences_of_locations(ours, elsewhere(ours, role))
    assert found == []


def differences_of_locations(ours: Inhabited, who: Person) -> list[str]:
    """Walk the routes that name something of a form; 403 is the role's, the same for any id."""
    placed = of_forms(ours)
    return [
        line
        for line in differences(ours, ours, who, MISSING | {403})
        if any(name in line for name in placed.ids)
    ]


def test_a_colleague_of_the_location_reaches_what_is_there(ours: Inhabited, hillside: UUID) -> None:
    ben = browser_of(ours.clinic.add("Ben", Role.MEMBER, at=frozenset({hillside})))
    for name in ("forms:form", "forms:submission", "office:person", "forms:qr"):
        [route] = [one for one in of_members() if one.name == name]
        assert ben.get(ours.address(route)).status_code == 200, name


def test_with_the_locations_taken_away_the_walk_notices(
    ours: Inhabited, hillside: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = elsewhere(ours, Role.MEMBER)
    monkeypatch.setattr(reach, "within", lambda viewer, model: Q())
    found = " ".join(differences_of_locations(ours, ben))
    for name in ("office:person", "forms:submission", "forms:form"):
        assert name in found


def test_what_concerns_the_whole_organisation_takes_somebody_who_belongs_to_all_of_it(
    ours: Inhabited,
) -> None:
    ben = elsewhere(ours, Role.ADMINISTRATOR)
    client = browser_of(ben)
    for address in ("/members/", "/trail/", "/settings/", "/networks/", "/settings/locations/"):
        assert client.get(address).status_code == 403, address
    assert client.get("/forms/").status_code == 200
