"""Last week's copy of the data with today's keystore: nothing of whoever was erased since opens."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
from django.db import connections
from psycopg import sql

from keepwell.config import demo
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.persons import actions
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.fields import sealed_fields_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.errors import KeyGone
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord

Place = tuple[str, UUID, str]
NEWEST_FIRST = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@contextmanager
def last_week(stores: Stores, folder: Path) -> Iterator[None]:
    """Copy the data store now, let the block run, and put the copy back."""
    writer.stop()
    connections["default"].close()
    if isinstance(stores, ScaleStores):
        with stores.superuser(f"data_{stores.worker}") as connection:
            kept = dict(_copied(connection))
            yield
            _put_back(connection, kept)
        return
    live = Path(str(connections["default"].settings_dict["NAME"]))
    _copy(live, folder / "last week")
    yield
    writer.stop()
    _copy(folder / "last week", live)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=20)) as old,
        closing(sqlite3.connect(target, timeout=20)) as new,
    ):
        old.backup(new)


def _copied(connection: "psycopg.Connection[tuple[str, ...]]") -> Iterator[tuple[str, bytes]]:
    for (table,) in connection.execute(NEWEST_FIRST).fetchall():
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with connection.cursor().copy(statement) as copy:
            yield table, b"".join(bytes(part) for part in copy)


def _put_back(connection: "psycopg.Connection[tuple[str, ...]]", kept: dict[str, bytes]) -> None:
    writer.stop()
    connection.execute("SET session_replication_role = replica")  # no order of foreign keys
    for table, rows in kept.items():
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
        with connection.cursor().copy(statement) as copy:
            copy.write(rows)


def places(rows: "list[SealedRecord]") -> set[Place]:
    """Name every sealed value that these rows hold."""
    return {
        (row._meta.label_lower, row.pk, field.name)
        for row in rows
        for field in sealed_fields_of(type(row))
        if getattr(row, field.name) is not None
    }


def opened(viewer: Viewer) -> tuple[set[Place], set[Place]]:
    """Open everything that the data store holds; return what opened, and whose key is gone."""
    good: set[Place] = set()
    gone: set[Place] = set()
    with wall.reading(viewer.organisation), disclose(viewer, "care"):
        rows = [row for model in sealed_models() for row in model.objects.all()]
        by_id = {row.pk: row for row in rows}
        for place in places(rows):
            try:
                getattr(by_id[place[1]], place[2]).open()
                good.add(place)
            except KeyGone:
                gone.add(place)
    return good, gone


def test_an_erased_person_stays_erased_in_an_old_copy_of_the_data(
    stores: Stores, tmp_path: Path
) -> None:
    demo.load()
    viewer = max(
        (viewers.console(one, account="tests") for one in organisation_ids()),
        key=lambda one: len(opened(one)[0]),
    )
    with wall.reading(viewer.organisation):
        person = Person.objects.order_by("pk")[0]
        about = places([*actions._records_about(person.pk), person])
    every, gone_before = opened(viewer)
    assert gone_before == set()
    assert about < every
    assert {model for model, _row, _field in about} > {"persons.person"}
    with last_week(stores, tmp_path):
        actions.erase_person(viewer, person=person.pk, reason="asked for it")
    keys.forget()
    assert opened(viewer) == (every - about, about)
