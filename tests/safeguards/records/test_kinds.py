"""Every type of sealed field, what it refuses, and how long its ciphertext is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from keepwell.safeguards.records import checks
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import WrongKindOfValue
from keepwell.safeguards.records.fields import SealedBoolean, SealedText
from keepwell.safeguards.records.index import BlindIndex
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.safeguards.records.readings import column
from tests.stores.session import Stores

CHANGE = "tests:specimen:change"
SEEN = datetime(2026, 11, 24, 9, 5, 0, 120, tzinfo=UTC)
KEPT: dict[str, tuple[Any, int]] = {  # value and bytes of plaintext
    "text": ("ü€😀\x00", 10),
    "day": (date(1900, 2, 28), 10),
    "seen": (SEEN, 27),
    "amount": (Decimal("-0.050"), 6),
    "count": (-7, 8),
    "is_well": (False, 1),
    "code": ("E11.9", 32),
    "tree": ({"scores": [1, None, True], "ü": "€"}, 35),
    "drawn": (b"\x89PNG", 4),
    "story": ("short of breath", 15),
}


def specimen(**values: Any) -> Any:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    return Specimen(**{"text": "x"} | values)


def test_every_type_is_kept_and_opened(ada: Viewer, specimens: None) -> None:
    row = specimen(**{name: value for name, (value, _) in KEPT.items()})
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
        there = type(row).objects.get(pk=row.pk)
    with disclose(ada, "care") as scope:
        scope.open([there], *KEPT)
        found = {name: getattr(there, name).open() for name in KEPT}
    assert found == {name: value for name, (value, _) in KEPT.items()}
    assert str(found["amount"]) == "-0.050"
    assert found["is_well"] is False
    for name, (_value, length) in KEPT.items():
        raw = column(ada.organisation, "specimens_specimen", name, row.pk)
        assert raw is not None
        assert len(raw) == length + 33, name


WRONG: list[tuple[str, Any]] = [
    ("seen", date(2026, 1, 1)),
    ("seen", "2026-01-01"),
    ("amount", 1.5),
    ("amount", 1),
    ("count", True),
    ("count", "1"),
    ("is_well", 1),
    ("is_well", "yes"),
    ("day", SEEN),
    ("code", 7),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_of_another_type_is_refused_when_it_is_assigned(
    specimens: None, name: str, value: Any
) -> None:
    with pytest.raises(WrongKindOfValue) as caught:
        specimen(**{name: value})
    assert repr(value) not in str(caught.value)


UNENCODABLE: list[tuple[str, Any]] = [
    ("seen", datetime(2026, 1, 1)),  # noqa: DTZ001  that is the point
    ("amount", Decimal("Infinity")),
    ("count", 2**63),
    ("text", "half \ud83d"),
    ("tree", {"a": 0.5}),
]


@pytest.mark.parametrize(("name", "value"), UNENCODABLE)
def test_a_value_without_an_encoding_is_refused_when_it_is_kept(
    ada: Viewer, specimens: None, name: str, value: Any
) -> None:
    row = specimen(**{name: value})
    with pytest.raises(WrongKindOfValue, match=name) as caught, wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    assert repr(value) not in str(caught.value)


def test_padding_hides_which_code_it_is(ada: Viewer, specimens: None) -> None:
    lengths = set()
    for code in ("A", "Z99.999", "x" * 31):
        row = specimen(code=code)
        with wall.writing(ada.organisation):
            keep(ada, row, CHANGE)
        raw = column(ada.organisation, "specimens_specimen", "code", row.pk)
        assert raw is not None
        lengths.add(len(raw))
    assert lengths == {65}


# -- declarations ----------------------------------------------------------------------------------


@pytest.fixture
def own_apps() -> Iterator[None]:
    with isolate_apps("keepwell.safeguards.tenancy"):
        yield


def codes(model: type[models.Model]) -> list[str]:
    return [str(one.id) for one in model.check() if str(one.id).startswith("records.")]


def test_padding_is_frozen_in_the_migration_and_has_two_sizes(own_apps: None) -> None:
    class Padded(SealedRecord):
        short = SealedText(slot="tests.short", category="code", padding=64)
        odd = SealedText(slot="tests.odd", category="code", padding=48)

        class Meta:
            app_label = "tenancy"

    assert Padded._meta.get_field("short").deconstruct()[3] == {
        "slot": "tests.short",
        "padding": 64,
    }
    assert codes(Padded) == ["records.E009"]


def test_an_index_of_yes_and_no_is_an_error(own_apps: None) -> None:
    class Told(SealedRecord):
        is_well = SealedBoolean(slot="tests.well", category="answer", index=BlindIndex(bytes))

        class Meta:
            app_label = "tenancy"

    assert codes(Told) == ["records.E010"]


def test_a_constraint_or_an_index_over_a_sealed_column_is_an_error(own_apps: None) -> None:
    class Constrained(SealedRecord):
        code = SealedText(slot="tests.code", category="code")

        class Meta:
            app_label = "tenancy"
            constraints = (models.UniqueConstraint(fields=("code",), name="tests_code_once"),)
            indexes = (models.Index(fields=("code",), name="tests_code"),)
            ordering = ("-code",)

    found = [message.id for message in checks._model_errors(Constrained)]
    assert found == ["records.E011"] * 3


def test_keepwells_own_models_are_as_their_migrations_say(stores: Stores) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    labels = [one.label for one in apps.get_app_configs() if one.name.startswith("keepwell.safe")]
    call_command("makemigrations", *labels, check=True, dry_run=True, verbosity=0)
