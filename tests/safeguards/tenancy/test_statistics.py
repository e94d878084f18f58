"""SQLite finds by the index that leaves least, also on connections that were open before."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.search import equal
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.sqlite.statistics import count_tables
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.safeguards.records.readings import member

PERSONS = 200
NUMBER = "+1 (555) 01{:05}"


@pytest.fixture
def viewer(organisation: Organisation) -> Viewer:
    """Open a practice that knows many persons, whose tables were counted when it knew none."""
    count_tables("default")
    viewer = member(organisation)
    with wall.writing(organisation.id):
        for number in range(PERSONS):
            create_person(viewer, name="Pat", telephone=NUMBER.format(number))
    return viewer


def way_to_a_number(viewer: Viewer, most: int) -> str:
    """Say which index the newest persons with a telephone number are found by.

    `most` differs from call to call: an explanation that was asked before is not thought of anew.
    """
    with wall.reading(viewer.organisation):
        found = equal(Person, "telephone", NUMBER.format(7)).order_by("-pk")[:most]
        assert len(found) == 1
        return str(found.explain())


@pytest.mark.embedded
def test_a_number_is_found_by_its_index_and_not_among_all_persons(viewer: Viewer) -> None:
    with ThreadPoolExecutor(1) as another:  # with a connection of its own
        assert "persons_newest" in another.submit(way_to_a_number, viewer, 500).result()
        count_tables("default")
        assert "telephone_token" in another.submit(way_to_a_number, viewer, 501).result()
        another.submit(connections.close_all).result()


@pytest.mark.scale
def test_postgresql_counts_by_itself(viewer: Viewer) -> None:
    with connections["default"].execute_wrapper(_nothing):
        count_tables("default")


def _nothing(*asked: object) -> None:
    raise AssertionError(asked)
