"""Records that had their time are erased, dependent ones first; what is referred to waits."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records import checks, expiry
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.retention import Retention
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import blobs
from keepwell.safeguards.vault.binding import Binding
from keepwell.toolkit import clock
from tests.safeguards.records.readings import entries

CHANGE = "tests:specimen:change"
ERASE = "records:retention:erase"


def kept(viewer: Viewer, days_ago: int, **columns: Any) -> Person:
    row = Person(name="Pat", created=clock.now() - timedelta(days=days_ago), **columns)
    with wall.writing(viewer.organisation):
        keep(viewer, row, CHANGE)
    return row


def left(viewer: Viewer) -> set[Person]:
    with wall.reading(viewer.organisation):
        return set(Person.objects.all())


@pytest.fixture
def kept_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Person, "retention", Retention(days=30, after="created"))


def test_without_a_declaration_rows_stay(ada: Viewer) -> None:
    row = kept(ada, 9999)
    assert expiry.erase_all_expired() == 0
    assert left(ada) == {row}
    assert not entries(ada, ERASE)


def test_in_every_organisation_what_is_older_goes(
    ada: Viewer, cy: Viewer, kept_a_month: None
) -> None:
    young = kept(ada, 29)
    for viewer in (ada, ada, cy):
        kept(viewer, 31)
    assert expiry.erase_all_expired() == 3
    assert (left(ada), left(cy)) == ({young}, set())
    assert [len(entries(viewer, ERASE)) for viewer in (ada, cy)] == [1, 1]
    assert expiry.erase_all_expired() == 0


def test_many_go_in_portions_an_entry_each(ada: Viewer, kept_a_month: None) -> None:
    for _number in range(5):
        kept(ada, 31)
    assert expiry.erase_expired(ada, limit=2) == 5
    named = [len(entry.payload.subjects[0].ids) for entry in entries(ada, ERASE) if entry.payload]
    assert named == [2, 2, 1]


def test_a_row_that_another_refers_to_waits_for_it(
    ada: Viewer, kept_a_month: None, specimens: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    person = kept(ada, 31)
    row = Specimen(text="x", person=person, day_kept=clock.now().date())
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    blobs.write(row.key_id, Binding("specimens.file", ada.organisation, row.pk), [b"x"])
    assert expiry.erase_all_expired() == 0
    assert left(ada) == {person}
    monkeypatch.setattr(Specimen, "retention", Retention(days=10, after="day_kept"))
    assert expiry.erase_all_expired() == 0
    with clock.moved(11.5 * 86_400):
        assert expiry.erase_all_expired() == 2
    assert left(ada) == set()
    assert not blobs.path_of(ada.organisation, row.pk).exists()


@pytest.fixture
def own_apps() -> Iterator[None]:
    with isolate_apps("keepwell.safeguards.tenancy"):
        yield


@pytest.mark.parametrize(
    ("retention", "errors"),
    [
        (Retention(days=1, after="noted"), 0),
        (Retention(days=0, after="noted"), 1),
        (Retention(days=1, after="status"), 1),
        (Retention(days=-1, after="nothing"), 2),
    ],
)
def test_a_retention_that_cannot_be_is_an_error(
    own_apps: None, retention: Retention, errors: int
) -> None:
    kept_for = retention

    class Told(SealedRecord):
        retention = kept_for
        noted = models.DateTimeField(null=True)
        status = models.IntegerField()

        class Meta:
            app_label = "tenancy"

    assert [one.id for one in checks._model_errors(Told)] == ["records.E012"] * errors
