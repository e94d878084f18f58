"""Field by field (ASVS 8.1.2, 8.2.3): which role opens what is sealed, at the core and on pages."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from keepwell.safeguards.access.declarations import Reach
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import all_routes
from keepwell.safeguards.consent.acknowledgements.actions import acknowledge
from keepwell.safeguards.consent.acknowledgements.saying import Answer, Said
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.records.catalogue import sealed_fields, sealed_models
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7
from tests.boundaries.inhabited import Inhabited, inhabit
from tests.pages import with_plain_static_files
from tests.people import browser_of
from tests.products.forms.pages.patients import author
from tests.stores.session import Stores

WORKING = {"owner", "member"}
# What the program shall do, said once more: a new sealed field fails here until somebody says it.
OPENED = {
    "consent.acknowledgement": {"why": WORKING},
    "forms.attachment": {"name": WORKING, "sha256": WORKING},
    "forms.draft": {"answers": set[str]()},
    "forms.submission": {"answers": WORKING, "brief": WORKING},
    "persons.outsidedisclosure": dict.fromkeys(("made", "recipient", "what", "purpose"), WORKING),
    "persons.person": dict.fromkeys(("name", "born", "email", "telephone"), WORKING),
}
QUINN: dict[str, Any] = {
    "name": "Quinn Featherstone",
    "born": date(1907, 2, 23),
    "email": "quinn@patients.example",
    "telephone": "+1 555 010 7777",
}
# What stands in these fields, as a page would show it.
WORDS = (
    "Pat Whitfield",
    "Quinn Featherstone",
    "February 23, 1907",
    "pat@example.org",
    "letter.pdf",
    "County health department",
    "One culture",
    "Reportable disease",
)


@pytest.fixture
def here(stores: Stores, settings: Any, tmp_path: Any) -> Inhabited:
    """Make a clinic in which everything happened once, also a notice that was not received."""
    with_plain_static_files(settings, tmp_path)
    made = inhabit("Ashgrove Clinic", "Ada")
    pat = Viewer(kind=ViewerKind.RESPONDENT, organisation=made.clinic.organisation.id)
    said = Answer(number=1, language="en", said=Said.OTHER, words="The link was broken")
    assert acknowledge(pat, person=made.ids["person_id"], source=uuid7(), answer=said)
    with wall.writing(made.clinic.organisation.id):
        create_person(author(made.clinic), **QUINN)
    return made


def row_of(here: Inhabited, label: str) -> SealedRecord:
    """Return a row of the clinic."""
    model: Any = apps.get_model(label)
    with wall.reading(here.clinic.organisation.id):
        found: SealedRecord = model.objects.order_by("-pk")[0]
    return found


def viewer_with(here: Inhabited, role: Role, kind: ViewerKind = ViewerKind.MEMBER) -> Viewer:
    """Return somebody in this role, or a job that somebody started."""
    actor = uuid7()
    behalf = actor if kind is ViewerKind.JOB else None
    organisation = here.clinic.organisation.id
    return Viewer(kind=kind, organisation=organisation, actor=actor, role=role, on_behalf_of=behalf)


def opens(viewer: Viewer, row: SealedRecord, field: str) -> bool:
    """Tell whether somebody opens a field, however it was reached."""
    with wall.reading(viewer.organisation), disclose(viewer, "care") as scope:
        try:
            scope.open([row], field)
        except NotPermitted:
            return False
    return True


def test_the_table_names_every_sealed_field() -> None:
    named = {(model, field) for model, fields in OPENED.items() for field in fields}
    ours = (one for one in sealed_fields() if not one.model.startswith("specimens."))
    assert {(one.model, one.field) for one in ours} == named


@pytest.mark.parametrize("kind", [ViewerKind.MEMBER, ViewerKind.JOB])
def test_each_role_opens_the_fields_of_the_table_and_no_other(
    here: Inhabited, kind: ViewerKind
) -> None:
    found: dict[str, dict[str, set[str]]] = {}
    for model, fields in OPENED.items():
        row = row_of(here, model)
        found[model] = {
            field: {str(role) for role in Role if opens(viewer_with(here, role, kind), row, field)}
            for field in fields
        }
    assert found == OPENED


def test_a_model_that_says_nothing_opens_to_nobody_who_works_here(
    here: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    for model in sealed_models():
        monkeypatch.setattr(model, "opened_by", None)
    row = row_of(here, "persons.person")
    assert [role for role in Role if opens(viewer_with(here, role), row, "name")] == []


@pytest.mark.parametrize("kind", [ViewerKind.TOKEN, ViewerKind.VISITOR])
def test_whoever_is_neither_staff_nor_patient_opens_nothing(
    here: Inhabited, kind: ViewerKind
) -> None:
    organisation = here.clinic.organisation.id
    stranger = Viewer(kind=kind, organisation=organisation, actor=uuid7(), role=Role.OWNER)
    assert not opens(stranger, row_of(here, "persons.person"), "name")
    itself = Viewer(kind=ViewerKind.SYSTEM, organisation=organisation)
    assert opens(itself, row_of(here, "persons.person"), "name")


def test_what_is_raised_for_a_while_opens_and_nothing_beside_it(here: Inhabited) -> None:
    person, sent = row_of(here, "persons.person"), row_of(here, "forms.submission")
    organisation = here.clinic.organisation.id
    viewer = Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation,
        actor=uuid7(),
        role=Role.ADMINISTRATOR,
        raised=frozenset({"person:open"}),
    )
    assert opens(viewer, person, "name")
    assert not opens(viewer, sent, "answers")


def pages_of(here: Inhabited, role: Role) -> Iterator[tuple[str, str]]:
    """Ask for every page of staff as somebody in this role, for a purpose where one is asked."""
    browser = browser_of(here.clinic.add(f"Ben-{role}", role))
    for route in all_routes():
        declared = route.declaration
        if declared is None or declared.reach not in {Reach.PERMISSION, Reach.SIGNED_IN}:
            continue
        answer: Any = browser.get(here.address(route), {"for": "care"})
        yield route.name, answer.content.decode("utf-8", "replace")


def test_no_page_shows_a_role_what_it_may_not_open(here: Inhabited) -> None:
    for role in Role:
        shown = {word for _name, page in pages_of(here, role) for word in WORDS if word in page}
        if role in WORKING:
            assert shown == set(WORDS), role
        else:
            assert shown == set(), role
