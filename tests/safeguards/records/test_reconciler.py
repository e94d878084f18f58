"""Every sealed row's last change stands on the trail; a row for which that is not true is named."""

from uuid import UUID

import pytest

from keepwell.safeguards.audit import writer
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.reconciler import Lack, Unrecorded, reconcile
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.records.readings import execute, key, loaded

CHANGE = "tests:person:change"
REWRITE = "UPDATE persons_person SET entry_id = %s WHERE id = %s"


def point_at(viewer: Viewer, row: Person, entry: UUID) -> None:
    """Give a row another last entry, as somebody with the database in hand could."""
    execute(viewer.organisation, REWRITE, key(entry), key(row.pk))


def test_rows_are_counted_and_lack_nothing(ada: Viewer, pat: Person) -> None:
    for _ in range(3):
        create_person(ada, name="Rosa", born=None, email=None, telephone=None)
    for _ in range(2):
        found = reconcile(ada.organisation)
        assert (found.rows, found.lacking) == (4, ())
        writer.start()
        writer.stop()  # in the log now, not in the outbox any more


def test_an_entry_taken_out_of_the_outbox_by_hand_is_missed(
    ada: Viewer, pat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.stop()
    monkeypatch.setattr(writer, "wake", lambda _organisation: None)
    pat.name = "Pat N."
    with wall.writing(ada.organisation):
        entry = keep(ada, pat, CHANGE)
    execute(ada.organisation, "DELETE FROM audit_outbox WHERE id = %s", key(entry))
    (lacking,) = reconcile(ada.organisation).lacking
    assert lacking == Unrecorded("persons.person", pat.pk, entry, Lack.ABSENT)
    assert str(pat.pk) in lacking.sentence
    assert str(entry) in lacking.sentence


def test_an_entry_that_is_not_there_is_missed(ada: Viewer, pat: Person) -> None:
    made_up = uuid7()
    point_at(ada, pat, made_up)
    (lacking,) = reconcile(ada.organisation).lacking
    assert lacking == Unrecorded("persons.person", pat.pk, made_up, Lack.ABSENT)


@pytest.mark.parametrize("is_moved", [True, False])
def test_the_entry_of_another_row_is_not_believed(
    ada: Viewer, pat: Person, monkeypatch: pytest.MonkeyPatch, is_moved: bool
) -> None:
    writer.stop()
    monkeypatch.setattr(writer, "wake", lambda _organisation: None)
    rosa = create_person(ada, name="Rosa", born=None, email=None, telephone=None)
    if is_moved:
        writer.start()
        writer.stop()
    other = loaded(ada, rosa.pk).entry_id
    point_at(ada, pat, other)
    (lacking,) = reconcile(ada.organisation).lacking
    assert lacking == Unrecorded("persons.person", pat.pk, other, Lack.ELSEWHERE)


def test_another_organisation_is_not_looked_at(ada: Viewer, cy: Viewer, pat: Person) -> None:
    point_at(ada, pat, uuid7())
    assert reconcile(cy.organisation).rows == 0
    assert reconcile(cy.organisation).lacking == ()
