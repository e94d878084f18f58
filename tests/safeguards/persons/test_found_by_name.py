"""Persons are found by how a name's words begin; how often it occurs does not show."""

from collections import Counter
from datetime import date
from uuid import UUID

import pytest

from keepwell.safeguards.persons import queries
from keepwell.safeguards.persons.actions import create_person, erase_person, join
from keepwell.safeguards.persons.errors import NothingToFindBy
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.errors import SealedLookup
from keepwell.safeguards.records.reindexing import renew_strays
from keepwell.safeguards.records.search import begun, words
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.safeguards.records.readings import execute

TABLE = "persons_personnameword"
MANY = 400
MOST_OF_ONE_TOKEN = 8  # of 400 over 1024 places: more comes once in a million runs


def a_person(viewer: Viewer, name: str) -> UUID:
    return create_person(viewer, name=name, born=date(1961, 4, 2)).pk


def found(viewer: Viewer, name: str) -> set[UUID]:
    return {one.pk for one in queries.persons_found(viewer, name=name).rows}


def tokens(viewer: Viewer) -> list[int]:
    postings = Person._meta.get_field("name").postings
    assert postings is not None
    with wall.reading(viewer.organisation):
        return list(postings.objects.values_list("token", flat=True))


@pytest.mark.parametrize(
    ("name", "sought", "is_found"),
    [
        ("Zoë O'Brien-Müller", "zoe", True),
        ("Zoë O'Brien-Müller", "OBRI", True),
        ("Zoë O'Brien-Müller", "o'brien", True),
        ("Zoë O'Brien-Müller", "Muller", True),
        ("Zoë O'Brien-Müller", "O'Brien-Muller Z", True),
        ("Jo Annette Müller", "Jo-Ann Muller", True),
        ("Anne-Marie Smith", "an-ma smith", True),
        ("Li Ming Wong", "li-min wong", True),
        ("Мария Annabel", "мар-anna", True),
        ("Zoë O'Brien-Müller", "brien", False),
        ("Zoë O'Brien-Müller", "mul", False),
        ("Zoë O'Brien-Müller", "mullin", False),
        ("Zoë O'Brien-Müller", "zoe smith", False),
        ("Anne Marie Lund", "Anne-Marie", True),
        ("Anne-Marie Lund", "Anne Marie", True),
        ("Annemarie Lund", "Anne-Marie", True),
        ("Bo Li", "li", True),
        ("Bo Li", "li b", True),
        ("Bo Li", "l", False),
        ("Bo Lindqvist", "li", False),
        ("李小龍", "李小", True),
        ("김민수", "김민", True),
        ("Ольга Иванова", "иван", True),
    ],
)
def test_persons_are_found_by_how_words_begin(
    ada: Viewer, name: str, sought: str, is_found: bool
) -> None:
    one = a_person(ada, name)
    a_person(ada, "Rosa Delgado")
    assert found(ada, sought) == ({one} if is_found else set())


def test_how_often_a_name_occurs_does_not_show(ada: Viewer) -> None:
    everybody = {a_person(ada, "Smith") for _one in range(MANY)}
    a_person(ada, "Winterbottom")
    how_often = Counter(tokens(ada))
    assert sum(how_often.values()) == MANY + 1
    assert max(how_often.values()) <= MOST_OF_ONE_TOKEN
    with wall.reading(ada.organisation):
        assert set(begun(Person, "name", "smit").values_list("pk", flat=True)) == everybody


def test_the_same_name_draws_again(ada: Viewer) -> None:
    for _one in range(3):
        a_person(ada, "Pat Winters")
    assert len(set(tokens(ada))) > 2


def test_many_sources_of_one_human_being_hide_nobody(ada: Viewer) -> None:
    """Joined rows are one line of the page, and do not use up what it has room for."""
    other = a_person(ada, "Pat Smith")
    first = a_person(ada, "Rosa Smith")
    for _one in range(5):
        join(ada, person=a_person(ada, "Rosa Smith"), into=first, reason="The same telephone")
    looked = queries.persons_found(ada, name="smith", limit=2)
    assert other in {one.pk for one in looked.rows}
    assert (len(looked.rows), looked.is_part) == (2, False)
    assert queries.persons_found(ada, name="smith", limit=1).is_part


def test_more_who_begin_so_than_are_looked_through_is_said(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = a_person(ada, "Marianne Lund")
    for _one in range(3):
        a_person(ada, "Mario Rossi")
    assert queries.persons_found(ada, name="marianne").rows[0].pk == old
    monkeypatch.setattr(queries, "MOST_CANDIDATES", 3)
    looked = queries.persons_found(ada, name="marianne")
    assert (looked.rows, looked.is_part) == ((), True)


def test_another_organisation_finds_nobody(ada: Viewer, cy: Viewer) -> None:
    a_person(ada, "Pat Winters")
    assert found(cy, "winters") == set()


def test_another_name_is_found_and_the_earlier_is_not(ada: Viewer) -> None:
    one = a_person(ada, "Pat Winters")
    person = queries.person_with(ada, one)
    person.name = "Pat Summers"
    with wall.writing(ada.organisation):
        keep(ada, person, "tests:specimen:change")
    assert found(ada, "summers") == {one}
    assert found(ada, "winters") == set()


def test_who_is_erased_leaves_no_word(ada: Viewer) -> None:
    erase_person(ada, person=a_person(ada, "Pat Winters"), reason="asked for it")
    assert tokens(ada) == []


def test_who_was_there_before_there_was_such_an_index_is_found_after_it_is_mended(
    ada: Viewer,
) -> None:
    one = a_person(ada, "Pat Winters")
    execute(ada.organisation, f"DELETE FROM {TABLE}")
    execute(ada.organisation, "UPDATE persons_person SET index_version = NULL")
    assert found(ada, "winters") == set()
    assert renew_strays() == 1
    assert found(ada, "winters") == {one}


def test_nothing_to_find_by_is_said(ada: Viewer) -> None:
    with pytest.raises(NothingToFindBy):
        queries.persons_found(ada)


def test_whole_words_of_a_name_are_no_lookup(ada: Viewer) -> None:
    with wall.reading(ada.organisation), pytest.raises(SealedLookup, match="has no keywords"):
        words(Person, "name", "winters")
