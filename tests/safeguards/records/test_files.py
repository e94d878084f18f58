"""A row's sealed file: kept with it, opened in a scope, gone with it."""

import os
import signal
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from keepwell.config import file_sweep
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.audit import writer
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import NotKeptYet, ScopeClosed, SealedElsewhere
from keepwell.safeguards.records.files import keep_file, read_file, size_of_file
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.tenancy.wall import WallCrossed
from keepwell.safeguards.vault import owed, pool
from keepwell.safeguards.vault.blobs import path_of
from keepwell.safeguards.vault.sealing import SealBroken
from tests.safeguards.records.outages import store_down
from tests.safeguards.records.readings import openings
from tests.stores.session import Stores

if TYPE_CHECKING:
    from tests.safeguards.records.specimens.models import Specimen

pytestmark = pytest.mark.usefixtures("specimens")

CREATE = "tests:specimen:create"
CONTENT = [b"insurance card of Pat Nakamura " * 3000, b"back"]


def a_specimen() -> "Specimen":
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    return Specimen(text="card")


def kept(viewer: Viewer) -> "Specimen":
    row = a_specimen()
    with wall.writing(viewer.organisation):
        keep(viewer, row, CREATE)
        assert keep_file(row, CONTENT) == sum(map(len, CONTENT))
    return row


def test_a_file_opens_to_nobody_without_the_permission_that_its_row_names(ada: Viewer) -> None:
    row = kept(ada)
    with disclose(replace(ada, role="auditor"), "care") as scope, pytest.raises(NotPermitted):
        read_file(scope, row)
    assert openings(ada) == []


def test_a_file_is_sealed_on_the_disk_and_opens_in_a_scope(ada: Viewer) -> None:
    row = kept(ada)
    assert b"Pat" not in path_of(ada.organisation, row.pk).read_bytes()
    with disclose(ada, "care") as scope:
        assert b"".join(read_file(scope, row)) == b"".join(CONTENT)
    (payload,) = openings(ada)
    assert payload.subjects[0].fields == ("file",)
    assert payload.subjects[0].ids == (row.pk,)
    with pytest.raises(ScopeClosed):
        read_file(scope, row)


@pytest.mark.parametrize(("start", "stop"), [(0, 10), (65_530, 65_550), (93_000, None), (5, 5)])
def test_a_range_of_a_file_is_opened_and_recorded(
    ada: Viewer, start: int, stop: int | None
) -> None:
    row = kept(ada)
    assert size_of_file(row) == sum(map(len, CONTENT))
    assert not openings(ada)
    with disclose(ada, "care") as scope:
        found = b"".join(read_file(scope, row, start=start, stop=stop))
    assert found == b"".join(CONTENT)[start:stop]
    (payload,) = openings(ada)
    assert payload.subjects[0].fields == ("file",)


def test_a_file_is_durably_on_the_trail_before_a_strict_scope_gives_it(ada: Viewer) -> None:
    row = kept(ada)
    with disclose(ada, "care", strict=True) as scope:
        pieces = read_file(scope, row)
        assert len(openings(ada)) == 1
        assert b"".join(pieces) == b"".join(CONTENT)


def test_a_file_of_another_row_or_organisation_does_not_open(ada: Viewer, cy: Viewer) -> None:
    row, other = kept(ada), kept(ada)
    path_of(ada.organisation, row.pk).replace(path_of(ada.organisation, other.pk))
    with disclose(ada, "care") as scope, pytest.raises(SealBroken):
        b"".join(read_file(scope, other))
    with disclose(cy, "care") as scope, pytest.raises(WallCrossed):
        read_file(scope, row)


def test_an_erased_row_takes_its_file_along(ada: Viewer) -> None:
    row = kept(ada)
    with wall.writing(ada.organisation):
        erase(ada, [row], "tests:specimen:erase", reason="asked for it")
        assert path_of(ada.organisation, row.pk).exists()
    assert not path_of(ada.organisation, row.pk).exists()


def test_an_act_that_is_durable_is_not_refused_while_the_keystore_is_away(
    ada: Viewer, stores: Stores
) -> None:
    row = kept(ada)
    pool.settle()
    with ExitStack() as outage:
        with wall.writing(ada.organisation):
            entry = erase(ada, [row], "tests:specimen:erase", reason="asked for it")
            outage.enter_context(store_down(stores, "keys"))
        assert not path_of(ada.organisation, row.pk).exists()
    assert entry is not None
    assert owed.is_owed(ada.organisation, entry)
    assert owed.pay(ada.organisation) == 1


def _age(row: "Specimen") -> Path:
    """Let a row's file look two days old; return it."""
    path = path_of(row.organisation_id, row.pk)
    two_days_ago = time.time() - 2 * 86_400
    os.utime(path, (two_days_ago, two_days_ago))
    return path


def test_a_file_whose_row_was_rolled_back_is_swept_after_a_day(ada: Viewer) -> None:
    row, lost = kept(ada), a_specimen()
    with pytest.raises(LookupError), wall.writing(ada.organisation):
        keep(ada, lost, CREATE)
        keep_file(lost, CONTENT)
        raise LookupError
    path = path_of(ada.organisation, lost.pk)
    assert file_sweep.sweep() == 0
    assert path.exists()
    _age(row), _age(lost)
    assert file_sweep.sweep() == 1
    assert not path.exists()
    with disclose(ada, "care") as scope:
        assert b"".join(read_file(scope, row)) == b"".join(CONTENT)


def test_a_file_whose_writer_was_killed_before_its_row_was_committed_is_swept(ada: Viewer) -> None:
    lost = a_specimen()
    lost.organisation_id = ada.organisation
    writer.stop()
    pool.settle()
    connections.close_all()
    child = os.fork()
    if not child:
        with wall.writing(ada.organisation):
            keep(ada, lost, CREATE)
            keep_file(lost, CONTENT)
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    path = _age(lost)
    assert file_sweep.sweep() == 1
    assert not path.exists()


def test_only_kept_rows_of_models_with_files_have_one(ada: Viewer, pat: Person) -> None:
    with pytest.raises(NotKeptYet):
        keep_file(a_specimen(), CONTENT)
    with pytest.raises(SealedElsewhere):
        keep_file(pat, CONTENT)
