"""What the models say is checked, listed, and frozen in migrations by its slot."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.state import ModelState, ProjectState
from django.test.utils import isolate_apps

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records import checks
from keepwell.safeguards.records.catalogue import SealedFact, sealed_fields, sealed_models
from keepwell.safeguards.records.fields import SealedText
from keepwell.safeguards.records.index import BlindIndex
from keepwell.safeguards.records.models import SealedRecord


@pytest.fixture(autouse=True)
def _own_apps() -> Iterator[None]:
    with isolate_apps("keepwell.safeguards.tenancy"):
        yield


def codes(model: Any) -> set[str]:
    found = [*checks._model_errors(model), *model.check()]
    return {str(message.id) for message in found if str(message.id).startswith("records.")}


class Labelled:
    """What the Meta of a model made in a test needs."""

    app_label = "tenancy"


def test_keepwell_itself_passes() -> None:
    assert checks.check_records() == []


def test_text_in_clear_is_an_error_unless_a_reason_is_given() -> None:
    class Clear(SealedRecord):
        note = models.TextField()
        state = models.CharField(max_length=9)
        extra = models.JSONField()
        blob = models.BinaryField()

        class Meta(Labelled):
            pass

    class Reasoned(SealedRecord):
        plain: ClassVar[dict[str, str]] = {"state": "one of three codes"}
        state = models.CharField(max_length=9)
        chosen = models.CharField(max_length=9, choices=[("a", "A")])

        class Meta(Labelled):
            pass

    assert len([m for m in checks._model_errors(Clear) if m.id == "records.E001"]) == 4
    assert codes(Reasoned) == set()


def test_a_reason_for_nothing_or_without_words_is_an_error() -> None:
    class Odd(SealedRecord):
        plain: ClassVar[dict[str, str]] = {"gone": "was a code", "state": " "}
        state = models.CharField(max_length=9)

        class Meta(Labelled):
            pass

    assert len([m for m in checks._model_errors(Odd) if m.id == "records.E004"]) == 2


def test_a_missing_slot_or_category_is_an_error() -> None:
    class Bare(SealedRecord):
        name = SealedText()

        class Meta(Labelled):
            pass

    assert codes(Bare) == {"records.E002"}


def test_a_permission_that_nobody_grants_is_an_error() -> None:
    class Misspelt(StrEnum):
        OPEN = "persons:open"

    class Odd(SealedRecord):
        opened_by = Misspelt.OPEN

        class Meta(Labelled):
            pass

    assert codes(Odd) == {"records.E013"}


def test_a_slot_used_twice_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [SealedFact("a.a", name, "a.a.name", "name", "name", "") for name in ("one", "two")]
    monkeypatch.setattr(checks, "sealed_fields", lambda: twice)
    assert [message.id for message in checks._shared_slots()] == ["records.E003"] * 2


def test_an_unknown_person_column_a_cascade_and_a_foreign_manager_are_errors() -> None:
    class Parent(SealedRecord):
        class Meta(Labelled):
            pass

    class Child(SealedRecord):
        about = "nobody"
        parent = models.ForeignKey(Parent, on_delete=models.CASCADE)
        objects: ClassVar[Any] = models.Manager()

        class Meta(Labelled):
            pass

    assert codes(Parent) == set()
    assert codes(Child) == {"records.E005", "records.E006", "records.E007"}


def test_sealed_fields_outside_a_sealed_record_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stray(models.Model):
        name = SealedText(slot="tests.stray.name", category="name")

        class Meta(Labelled):
            pass

        def __str__(self) -> str:
            return "stray"

    monkeypatch.setattr(apps, "get_models", lambda: [Stray])
    assert [message.id for message in checks._strays()] == ["records.E008"]


def test_the_catalogue_lists_what_is_sealed() -> None:
    assert Person in sealed_models()
    facts = [fact for fact in sealed_fields() if fact.model == "persons.person"]
    assert [(fact.field, fact.slot, fact.category) for fact in facts] == [
        ("name", "persons.person.name", "name"),
        ("born", "persons.person.born", "birth date"),
        ("email", "persons.person.email", "e-mail"),
        ("telephone", "persons.person.telephone", "telephone"),
    ]


def test_a_migration_freezes_the_slot_and_nothing_of_words_or_indexes() -> None:
    class Indexed(SealedRecord):
        name = SealedText(
            "name", slot="tests.name", category="name", null=True, index=BlindIndex(str.encode)
        )

        class Meta(Labelled):
            pass

    _name, path, positional, options = Indexed._meta.get_field("name").deconstruct()
    assert path == "keepwell.safeguards.records.fields.SealedText"
    assert (positional, options) == ([], {"slot": "tests.name", "null": True})
    state = ModelState.from_model(Indexed)
    assert isinstance(state.fields["name_token"], models.BigIntegerField)
    tokens = [name for name in state.fields if name.endswith("token")]
    assert tokens == ["name_token"]
    project = ProjectState()
    project.add_model(ModelState.from_model(apps.get_model("tenancy", "Organisation")))
    project.add_model(state)
    frozen = project.apps.get_model("tenancy", "Indexed")
    assert frozen._meta.get_field("name").slot == "tests.name"
