"""A value that must be alone in its organisation is refused the second time, race or not."""

from typing import Any

import pytest
from django.db import models

from keepwell.safeguards.records import indexing
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.errors import AlreadyThere
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.at_once import at_once
from tests.safeguards.records.readings import entries

CHANGE = "tests:specimen:change"


def specimen(code: str | None) -> Any:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    return Specimen(text="x", code=code)


def kept(viewer: Viewer, code: str | None) -> Any:
    row = specimen(code)
    with wall.writing(viewer.organisation):
        keep(viewer, row, CHANGE)
    return row


def test_a_second_row_with_an_equal_value_is_refused(
    ada: Viewer, cy: Viewer, specimens: None
) -> None:
    kept(ada, "MRN-7")
    with pytest.raises(AlreadyThere) as caught:
        kept(ada, "mrn-7")
    assert (caught.value.field, caught.value.status) == ("code", 409)
    assert "7" not in str(caught.value)
    assert len(entries(ada, CHANGE)) == 1
    kept(cy, "MRN-7")
    kept(ada, "MRN-8")


def test_absent_values_are_not_equal(ada: Viewer, specimens: None) -> None:
    kept(ada, None)
    kept(ada, None)


def test_a_row_may_keep_its_own_value_and_a_freed_one_is_free(ada: Viewer, specimens: None) -> None:
    row = kept(ada, "MRN-7")
    row.code = "MRN-7"
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
        erase(ada, [row], "tests:specimen:erase", reason="asked for it")
    kept(ada, "MRN-7")


def test_a_refused_row_can_be_kept_with_another_value_in_the_same_transaction(
    ada: Viewer, specimens: None
) -> None:
    kept(ada, "MRN-7")
    row = specimen("MRN-7")
    with wall.writing(ada.organisation):
        with pytest.raises(AlreadyThere):
            keep(ada, row, CHANGE)
        row.code = "MRN-8"
        keep(ada, row, CHANGE)
    assert len(entries(ada, CHANGE)) == 2


def test_who_looked_before_the_other_wrote_is_refused_by_the_database(
    ada: Viewer, specimens: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(ada, "MRN-7")
    monkeypatch.setattr(indexing, "_check_alone", lambda *arguments: None)
    with pytest.raises(AlreadyThere) as caught:
        kept(ada, "MRN-7")
    assert caught.value.field == "code"
    assert caught.value.__suppress_context__


def test_of_many_at_once_one_is_kept(ada: Viewer, specimens: None) -> None:
    def attempt() -> bool:
        try:
            kept(ada, "MRN-7")
        except AlreadyThere:
            return False
        return True

    assert sorted(at_once([attempt] * 6)) == [False] * 5 + [True]


def test_the_constraint_is_part_of_the_migration(specimens: None) -> None:
    from django.db.migrations.state import ModelState  # noqa: PLC0415

    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    (constraint,) = ModelState.from_model(Specimen).options["constraints"]
    assert isinstance(constraint, models.UniqueConstraint)
    assert constraint.fields == ("organisation", "code_token")
    assert constraint.name == "specimens_specimen_code_token_once"
