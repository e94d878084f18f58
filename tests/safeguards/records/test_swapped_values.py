"""Somebody with the database swaps, cuts, forges: no value opens where it was not sealed."""

from collections.abc import Callable
from datetime import date

import pytest

from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.safeguards.vault.sealing import SealBroken
from tests.safeguards.records.readings import (
    BREAK,
    column,
    execute,
    key,
    loaded,
    openings,
    payloads,
    put_column,
)

PERSONS = "persons_person"


def raw(viewer: Viewer, row: Person, name: str = "name") -> bytes:
    found = column(viewer.organisation, PERSONS, name, row.pk)
    assert found is not None
    return found


def refuses_to_open(viewer: Viewer, row: Person, name: str = "name") -> None:
    there = loaded(viewer, row.pk)
    with pytest.raises((SealBroken, KeyGone)), disclose(viewer, "care"):
        getattr(there, name).open()
    with pytest.raises((SealBroken, KeyGone)), disclose(viewer, "care") as scope:
        scope.open([there], name)


@pytest.fixture
def ben(ada: Viewer) -> Person:
    return create_person(ada, name="Ben Okafor", born=date(1990, 1, 1), email="ben@example.org")


def test_values_swapped_between_rows_do_not_open(ada: Viewer, pat: Person, ben: Person) -> None:
    of_pat, of_ben = raw(ada, pat), raw(ada, ben)
    put_column(ada.organisation, "name", pat.pk, of_ben)
    put_column(ada.organisation, "name", ben.pk, of_pat)
    refuses_to_open(ada, pat)
    refuses_to_open(ada, ben)


def test_values_swapped_between_rows_with_their_keys_do_not_open(
    ada: Viewer, pat: Person, ben: Person
) -> None:
    statement = f"UPDATE {PERSONS} SET name = %s, key_id = %s WHERE id = %s"
    execute(ada.organisation, statement, raw(ada, ben), key(ben.key_id), key(pat.pk))
    refuses_to_open(ada, pat)


def test_values_swapped_between_fields_of_a_row_do_not_open(ada: Viewer, pat: Person) -> None:
    put_column(ada.organisation, "email", pat.pk, raw(ada, pat, "name"))
    refuses_to_open(ada, pat, "email")


def test_a_value_of_another_organisation_does_not_open(
    ada: Viewer, cy: Viewer, pat: Person
) -> None:
    theirs = create_person(cy, name="Somebody else")
    statement = f"UPDATE {PERSONS} SET name = %s, key_id = %s WHERE id = %s"
    execute(ada.organisation, statement, raw(cy, theirs), key(theirs.key_id), key(pat.pk))
    refuses_to_open(ada, pat)


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "clear text": lambda sealed: b"Pat Nakamura",
    "clear text of the right length": lambda sealed: b"x" * len(sealed),
    "one bit": lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
    "one bit of the version": lambda sealed: sealed[:4] + bytes([sealed[4] ^ 1]) + sealed[5:],
    "another format": lambda sealed: b"\x02" + sealed[1:],
    "cut by a byte": lambda sealed: sealed[:-1],
    "cut to the header": lambda sealed: sealed[:17],
    "cut to one byte": lambda sealed: sealed[:1],
    "emptied": lambda sealed: b"",
    "longer": lambda sealed: sealed + b"\x00",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_or_cut_value_does_not_open(
    ada: Viewer, pat: Person, forge: Callable[[bytes], bytes]
) -> None:
    put_column(ada.organisation, "name", pat.pk, forge(raw(ada, pat)))
    refuses_to_open(ada, pat)


def test_a_broken_seal_is_on_the_trail_and_is_no_disclosure(ada: Viewer, pat: Person) -> None:
    put_column(ada.organisation, "name", pat.pk, b"Pat Nakamura")
    with pytest.raises(SealBroken), disclose(ada, "care") as scope:
        scope.open([loaded(ada, pat.pk)], "born", "name")
    (broken,) = payloads(ada, BREAK)
    assert broken.outcome == "failure"
    assert broken.subjects[0].ids == (pat.pk,)
    assert broken.subjects[0].fields == ("name",)
    (opened,) = openings(ada)
    assert opened.subjects[0].fields == ("born",)
