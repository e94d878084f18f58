"""Equality over sealed values by blind index, within one organisation."""

from datetime import date
from typing import Any

import pytest

from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.errors import SealedLookup
from keepwell.safeguards.records.index import _joined
from keepwell.safeguards.records.search import equal
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

BORN = date(1961, 4, 2)


def ids(viewer: Viewer, model: Any, name: str, *values: Any) -> set[Any]:
    with wall.reading(viewer.organisation):
        return set(equal(model, name, *values).values_list("pk", flat=True))


def test_an_indexed_field_is_found_as_its_normaliser_sees_it(
    ada: Viewer, cy: Viewer, specimens: None
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    ours, theirs = Specimen(text="Grüße"), Specimen(text="Grüße")
    with wall.writing(ada.organisation):
        keep(ada, ours, "tests:specimen:create")
    with wall.writing(cy.organisation):
        keep(cy, theirs, "tests:specimen:create")
    assert ids(ada, Specimen, "text", "GRÜSSE") == {ours.pk}
    assert ids(cy, Specimen, "text", "grüsse") == {theirs.pk}
    assert ids(ada, Specimen, "text", "Gruß") == set()
    assert vars(ours)["text_token"] != vars(theirs)["text_token"]
    ours.text = "Gruß"
    with wall.writing(ada.organisation):
        keep(ada, ours, "tests:specimen:change")
        assert set(equal(Specimen.objects.filter(status="new"), "text", "gruß")) == {ours}
    assert ids(ada, Specimen, "text", "GRÜSSE") == set()


def test_a_token_over_two_fields_needs_both(ada: Viewer) -> None:
    pat = create_person(ada, name="Pat Nakamura", born=BORN)
    create_person(ada, name="Pat Nakamura")
    create_person(ada, born=BORN)
    create_person(ada, name="Pat Nakamura", born=date(1961, 4, 3))
    assert ids(ada, Person, "match_token", "pat  NAKAMURA", BORN) == {pat.pk}
    assert ids(ada, Person, "match_token", "Pat Nakamura", None) == set()


def test_changing_one_of_two_fields_renews_their_token(ada: Viewer) -> None:
    pat = create_person(ada, name="Pat Nakamura", born=BORN)
    with wall.writing(ada.organisation):
        there = Person.objects.defer("born").get(pk=pat.pk)
        there.name = "Pat Okafor"
        keep(ada, there, "tests:person:change")
    assert ids(ada, Person, "match_token", "Pat Okafor", BORN) == {pat.pk}
    assert ids(ada, Person, "match_token", "Pat Nakamura", BORN) == set()


@pytest.mark.parametrize("name", ["email", "name", "created", "nonsense"])
def test_a_field_without_an_index_is_not_searched(ada: Viewer, name: str) -> None:
    with wall.reading(ada.organisation), pytest.raises(SealedLookup, match="no blind index"):
        equal(Person, name, "pat@example.org")


def test_values_side_by_side_are_not_values_run_together() -> None:
    assert _joined([b"ab", b"c"]) != _joined([b"a", b"bc"])
    assert _joined([b"ab"]) == b"ab"
