"""The third wall, among colleagues: the route walk by one who is not named for what is kept."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from keepwell.products.forms.actions.reserving import reserve
from keepwell.products.forms.queries import reach
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from tests.boundaries.inhabited import Inhabited, inhabit
from tests.boundaries.test_routes import MISSING, differences, of_members
from tests.pages import with_plain_static_files
from tests.people import Person, browser_of
from tests.products.forms.pages.patients import author
from tests.stores.session import Stores

KEPT = ("submission_id", "file_id")


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture
def ours(stores: Stores) -> Inhabited:
    """Make Ada's clinic, where what arrives is kept for Eve."""
    made = inhabit("Ashgrove Clinic", "Ada")
    eve = made.clinic.add("Eve", Role.MEMBER)
    named = frozenset({membership(made, eve)})
    reserve(author(made.clinic), form_id=made.ids["form_id"], members=named, reason="Few")
    return made


def membership(ours: Inhabited, who: Person) -> UUID:
    with wall.reading(ours.clinic.organisation.id):
        found: Membership = Membership.objects.get(user=who.user)
    return found.pk


def differences_of_kept(ours: Inhabited, who: Person) -> list[str]:
    """Walk the routes that name something kept; 403 is the role's, the same for any id."""
    found = differences(ours, ours, who, MISSING | {403})
    return [line for line in found if any(name in line for name in KEPT)]


@pytest.mark.parametrize("role", list(Role))
def test_every_id_of_what_is_kept_for_others_answers_like_one_that_never_was(
    ours: Inhabited, role: Role
) -> None:
    assert differences_of_kept(ours, ours.clinic.add(f"Ben-{role}", role)) == []


def test_who_is_named_reaches_it(ours: Inhabited) -> None:
    ada = author(ours.clinic)
    ben = ours.clinic.add("Ben", Role.MEMBER)
    named = frozenset({membership(ours, ben)})
    reserve(ada, form_id=ours.ids["form_id"], members=named, reason="Few")
    for name in ("forms:submission", "forms:file"):
        [route] = [one for one in of_members() if one.name == name]
        answer = browser_of(ben).get(ours.address(route), {"for": "care"})
        assert answer.status_code == 200, name


def test_with_the_names_taken_away_the_walk_notices(
    ours: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = ours.clinic.add("Ben", Role.MEMBER)
    monkeypatch.setattr(reach, "kept_from", lambda viewer, model: Q(pk__in=()))
    found = " ".join(differences_of_kept(ours, ben))
    assert "forms:submission" in found
    assert "forms:file" in found
