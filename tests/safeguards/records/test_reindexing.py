"""Indexes move to a new index key while everybody works; nobody is lost on the way."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

import pytest

from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records import actions, reindexing
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.errors import AlreadyThere, IndexBeingRenewed
from keepwell.safeguards.records.index import VERSION_COLUMN
from keepwell.safeguards.records.search import any_of, equal, like, words
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import blind, keys, sealing
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import Purpose, PurposeKey
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.boundaries.shape import ROOT
from tests.safeguards.records.readings import entries, execute, loaded, put_column
from tests.safeguards.records.renewing import SMALL
from tests.stores.session import Stores

BORN = date(1961, 4, 2)
CHANGE = "tests:specimen:change"
BEGIN, FINISH, BREAK = "records:index:begin", "records:index:finish", "records:seal:break"


def settle(viewer: Viewer) -> None:
    """Let the new version be as old as it must be to write."""
    with access.writing(viewer.organisation):
        newest = PurposeKey.objects.filter(purpose=Purpose.INDEX, version__gt=1)
        newest.update(made=clock.now() - blind.SETTLING)
    keys.forget()


def named(viewer: Viewer, name: str) -> set[Any]:
    with wall.reading(viewer.organisation):
        return set(equal(Person, "match_token", name, BORN).values_list("pk", flat=True))


def versions(viewer: Viewer) -> list[int | None]:
    with wall.reading(viewer.organisation):
        found = Person.objects.order_by("pk").values_list("index_version", flat=True)
        return list(found)


def renewed_to_the_end(viewer: Viewer, limit: int = 3) -> int:
    total = 0
    while count := reindexing.renew_batch(viewer, limit=limit):
        total += count
    return total


def test_rows_are_found_before_during_and_after(ada: Viewer) -> None:
    there = [create_person(ada, name="Pat Nakamura", born=BORN) for _ in range(7)]
    assert reindexing.begin(ada) == 2
    assert len(named(ada, "pat nakamura")) == 7
    create_person(ada, name="Pat Nakamura", born=BORN)
    assert versions(ada) == [1] * 8  # the new version is known, not used: nobody would miss a row
    settle(ada)
    create_person(ada, name="Pat Nakamura", born=BORN)
    assert versions(ada) == [1] * 8 + [2]
    assert reindexing.renew_batch(ada, limit=3) == 3
    assert versions(ada) == [2] * 3 + [1] * 5 + [2]
    assert reindexing.progress(ada.organisation).left == 5
    assert len(named(ada, "pat nakamura")) == 9
    with wall.reading(ada.organisation):
        assert like(loaded(ada, there[0].pk), "match_token").count() == 8
        assert like(loaded(ada, there[6].pk), "match_token").count() == 8
    assert reindexing.go_on() == 5
    assert blind.versions(ada.organisation) == [2]
    assert reindexing.progress(ada.organisation).is_done
    keys.forget()
    assert len(named(ada, "pat nakamura")) == 9
    assert [len(entries(ada, kind)) for kind in (BEGIN, FINISH)] == [1, 1]


def test_nothing_is_renewed_before_every_process_has_heard_of_the_new_key(ada: Viewer) -> None:
    create_person(ada, name="Pat Nakamura", born=BORN)
    reindexing.begin(ada)
    assert reindexing.renew_batch(ada) == 0
    assert blind.versions(ada.organisation) == [1, 2]
    assert not reindexing.progress(ada.organisation).is_settled
    with clock.moved(blind.SETTLING.total_seconds() + 1):
        assert reindexing.renew_batch(ada) == 1
        assert reindexing.renew_batch(ada) == 0
    assert blind.versions(ada.organisation) == [2]


def test_one_renewal_at_a_time(ada: Viewer, cy: Viewer) -> None:
    reindexing.begin(ada)
    with pytest.raises(IndexBeingRenewed):
        reindexing.begin(ada)
    assert reindexing.begin(cy) == 2
    settle(ada)
    renewed_to_the_end(ada)
    assert reindexing.begin(ada) == 3


def test_a_killed_renewal_goes_on_where_it_was(ada: Viewer, stores: Stores) -> None:
    total = 5 * SMALL
    for _number in range(total):
        create_person(ada, name="Pat Nakamura", born=BORN)
    reindexing.begin(ada)
    settle(ada)
    with renewing(ada, stores) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == [f"{SMALL}\n"] * 2
        process.kill()
    done = versions(ada).count(2)
    assert done in range(2 * SMALL, total + 1)
    assert done % SMALL == 0  # whole batches: the one it died in left nothing
    assert len(named(ada, "Pat Nakamura")) == total
    assert renewed_to_the_end(ada) == total - done
    assert len(named(ada, "Pat Nakamura")) == total
    assert blind.versions(ada.organisation) == [2]


@pytest.fixture(autouse=True)
def _no_thread_forked(stores: Stores) -> Iterator[None]:
    yield
    keys.forget()


def renewing(viewer: Viewer, stores: Stores) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.safeguards.records.renewing", str(viewer.organisation)],
        env=os.environ
        | stores.environment()
        | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_everybody_works_while_it_runs(ada: Viewer) -> None:
    """Four write and look for what they wrote, while two renew."""
    for _number in range(30):
        create_person(ada, name="Pat Nakamura", born=BORN)
    reindexing.begin(ada)
    settle(ada)

    def work() -> bool:
        mine = create_person(ada, name="Pat Nakamura", born=BORN).pk
        for _number in range(5):
            assert mine in named(ada, "Pat Nakamura")
            with wall.writing(ada.organisation):
                row = Person.objects.get(pk=mine)
                row.telephone = "+1 555 0123"
                keep(ada, row, CHANGE)
        return len(named(ada, "Pat Nakamura")) >= 30

    def renewal() -> bool:
        return renewed_to_the_end(ada, limit=2) >= 0

    assert at_once([work, renewal, work, work, renewal, work]) == [True] * 6
    renewed_to_the_end(ada)
    assert set(versions(ada)) == {2}
    assert len(named(ada, "Pat Nakamura")) == 34
    assert blind.versions(ada.organisation) == [2]


def test_words_and_unique_values_are_renewed_too(ada: Viewer, specimens: None) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    rows = [Specimen(text="x", story="rash", code=f"MRN-{number}") for number in range(3)]
    with wall.writing(ada.organisation):
        for row in rows:
            keep(ada, row, CHANGE)
    reindexing.begin(ada)
    settle(ada)
    reindexing.renew_batch(ada, limit=2)
    with wall.reading(ada.organisation):
        assert words(Specimen, "story", "rash").count() == 3
        assert any_of(Specimen, "code", ["mrn-0", "MRN-2", "MRN-9"]).count() == 2
    for number in range(3):  # under the old version or the new one: there is there
        with pytest.raises(AlreadyThere), wall.writing(ada.organisation):
            keep(ada, Specimen(text="x", code=f"MRN-{number}"), CHANGE)
    renewed_to_the_end(ada)
    with wall.reading(ada.organisation):
        assert words(Specimen, "story", "rash").count() == 3
        assert equal(Specimen, "code", "mrn-1").count() == 1
    assert execute(ada.organisation, "SELECT count(*) FROM specimens_specimenstoryword") == (3,)


def test_keeping_a_row_meanwhile_renews_all_its_tokens(ada: Viewer, specimens: None) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    row = Specimen(text="red", story="rash", code="MRN-1")
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    reindexing.begin(ada)
    settle(ada)
    row.count = 1
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    assert vars(row)[VERSION_COLUMN] == 2
    assert reindexing.renew_batch(ada) == 0
    assert blind.versions(ada.organisation) == [2]
    with wall.reading(ada.organisation):
        for found in (equal(Specimen, "text", "RED"), words(Specimen, "story", "rash")):
            assert list(found) == [row]


def away(*_given: object, **_named: object) -> NoReturn:
    """Fail as without a keystore."""
    raise KeystoreUnavailable


@pytest.mark.parametrize("failing", ["seal_row", "record"])
def test_a_row_that_could_not_be_kept_is_renewed_whole_by_the_next_try(
    ada: Viewer, specimens: None, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    row = Specimen(text="red", story="rash", code="MRN-1")
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    reindexing.begin(ada)
    settle(ada)
    row.count = 1
    with monkeypatch.context() as patched:
        patched.setattr(sealing if failing == "seal_row" else actions, failing, away)
        with pytest.raises(KeystoreUnavailable), wall.writing(ada.organisation):
            keep(ada, row, CHANGE)
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    assert reindexing.renew_batch(ada) == 0
    assert blind.versions(ada.organisation) == [2]
    with wall.reading(ada.organisation):
        for found in (equal(Specimen, "text", "RED"), words(Specimen, "story", "rash")):
            assert list(found) == [row]


def test_rows_from_before_there_were_versions_are_renewed(ada: Viewer) -> None:
    pat = create_person(ada, name="Pat Nakamura", born=BORN)
    put_column(ada.organisation, "index_version", pat.pk, None)
    assert reindexing.go_on() == 0
    assert reindexing.renew_strays() == 1
    assert versions(ada) == [1]
    assert named(ada, "Pat Nakamura") == {pat.pk}
    assert not entries(ada, FINISH)


def test_a_row_that_does_not_open_loses_its_token_and_holds_nothing_up(ada: Viewer) -> None:
    broken = create_person(ada, name="Pat Nakamura", born=BORN)
    gone = create_person(ada, name="Pat Nakamura", born=BORN)
    fine = create_person(ada, name="Pat Nakamura", born=BORN)
    put_column(ada.organisation, "name", broken.pk, b"\x01" + bytes(60))
    keys.shred(ada.organisation, [gone.key_id])
    reindexing.begin(ada)
    settle(ada)
    assert renewed_to_the_end(ada) == 3
    assert named(ada, "Pat Nakamura") == {fine.pk}
    (entry,) = entries(ada, BREAK)
    assert entry.payload is not None
    assert entry.payload.subjects[0].ids == (broken.pk,)


def test_rows_from_before_an_index_are_found_once_it_was_mended(ada: Viewer) -> None:
    pat = create_person(ada, name="Pat Nakamura", born=BORN, telephone="+1 555 0123")
    for column in ("born_token", "telephone_token", VERSION_COLUMN):  # as the upgrade leaves them
        put_column(ada.organisation, column, pat.pk, None)

    def found() -> set[Any]:
        with wall.reading(ada.organisation):
            return set(equal(Person, "telephone", "(1) 555 0123").values_list("pk", flat=True))

    assert found() == set()
    assert reindexing.renew_strays() == 1
    assert found() == {pat.pk}
    assert reindexing.renew_strays() == 0
