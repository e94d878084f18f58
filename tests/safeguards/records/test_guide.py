"""The guide's example is built as it stands there, with real tables, and does what it promises."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps

from keepwell.jobs import schedules
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.persons.actions import erase_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records import checks
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.expiry import erase_all_expired
from keepwell.safeguards.records.search import words
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit import clock
from tests.jobs.doing import do_all
from tests.safeguards.persons.roles import install_grants
from tests.safeguards.records.guide import block
from tests.safeguards.records.readings import column, execute, openings, payloads
from tests.safeguards.records.specimens.installed import installed
from tests.stores.session import Stores

MOST_LINES = 20
NOTED = "care:allergy:note"
DAY = 86_400
TABLE = "care_allergy"


@pytest.fixture
def care(stores: Stores) -> Iterator[None]:
    with installed(stores, "tests.safeguards.records.guide", "care"):
        yield


def allergies() -> Any:
    return apps.get_app_config("care").get_model("Allergy")


def used(viewer: Viewer, person: Person) -> dict[str, Any]:
    """Run the guide's second block; return its names."""
    names = {
        "Allergy": allergies(),
        "Purpose": Purpose,
        "disclose": disclose,
        "keep": keep,
        "pat": person.pk,
        "viewer": viewer,
        "wall": wall,
        "words": words,
    }
    exec(block(1), names)  # noqa: S102  the page of this repository
    return names


def rows(viewer: Viewer, table: str = TABLE) -> int:
    return int(execute(viewer.organisation, f"SELECT count(*) FROM {table}")[0])


def test_the_whole_record_is_twenty_lines() -> None:
    assert len([line for line in block(0).splitlines() if line]) <= MOST_LINES


def test_the_example_passes_every_check(care: None) -> None:
    assert [*checks._model_errors(allergies()), *allergies().check()] == []


def test_it_is_sealed_found_and_its_opening_is_on_the_trail(
    ada: Viewer, pat: Person, care: None
) -> None:
    names = used(ada, pat)
    assert names["found"] == ["Pénicillin-G"]
    row = names["row"]
    raw = column(ada.organisation, TABLE, "substance", row.pk)
    assert raw is not None
    assert b"nicillin" not in raw
    (opening,) = openings(ada)
    assert opening.purpose == "care"
    (subject,) = opening.subjects
    assert (subject.model, subject.ids, subject.fields, subject.persons) == (
        "care.allergy", (row.pk,), ("substance",), (pat.pk,),
    )  # fmt: skip
    (noted,) = payloads(ada, NOTED)
    assert noted.subjects[0].persons == (pat.pk,)


def test_it_is_erased_with_its_person(ada: Viewer, pat: Person, care: None) -> None:
    row = used(ada, pat)["row"]
    with install_grants():
        erase_person(ada, person=pat.pk, reason="asked for it")
    assert (rows(ada), rows(ada, "care_allergysubstanceword")) == (0, 0)
    keys.forget()
    with disclose(ada, "care"), pytest.raises(KeyGone):
        row.substance.open()


def test_it_is_erased_when_it_was_kept_long_enough(ada: Viewer, pat: Person, care: None) -> None:
    row = used(ada, pat)["row"]
    schedules.put_due()  # the first call plans
    with clock.moved(3649 * DAY):
        assert erase_all_expired() == 0
    with clock.moved(3651 * DAY):
        schedules.put_due()
        do_all()
        (erasure,) = payloads(ada, "records:retention:erase")
    assert erasure.viewer_kind == ViewerKind.SYSTEM
    assert erasure.reason == "kept for 3650 days after noted"
    assert erasure.subjects[0].ids == (row.pk,)
    assert (rows(ada), rows(ada, "care_allergysubstanceword")) == (0, 0)
    with disclose(ada, "care"), pytest.raises(KeyGone):
        row.substance.open()
