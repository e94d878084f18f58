"""The uses of a sealed field that cannot be, each with the sentence that names the right way."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import F, Max

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import SealedElsewhere, SealedLookup
from keepwell.safeguards.records.fields import SealedText
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.errors import KeepwellError
from tests.boundaries.shape import ROOT

if TYPE_CHECKING:
    from django.db import models

BEGUN = (
    "Only an index knows beginnings. Find how words begin with records.search.begun(Model, “name”, "
    "text): keywords=Beginnings()."
)
WORDS = "Find whole words with records.search.words(Model, “name”, text): keywords=Keywords()."
PAGE = ROOT / "docs" / "guides" / "new-record.md"
OPEN = "Open rows in a disclosure scope"

Table = dict[str, tuple[Callable[[], Any], type[KeepwellError], str]]
TABLE: Table = {
    "filter(name=…)": (
        lambda: Person.objects.filter(name="Pat"),
        SealedLookup,
        (
            "“name” is sealed. Equal values have different seals. Find them with "
            "records.search.equal(Model, “name”, value): index=BlindIndex(normaliser)."
        ),
    ),
    "filter(name__in=…)": (
        lambda: Person.objects.filter(name__in=["Pat"]),
        SealedLookup,
        (
            "“name” is sealed. Equal values have different seals. Find them with "
            "records.search.any_of(Model, “name”, values): index=BlindIndex(normaliser)."
        ),
    ),
    "filter(name__contains=…)": (
        lambda: Person.objects.filter(name__contains="Pat"),
        SealedLookup,
        f"“name” is sealed. Parts of it cannot be found. {WORDS}",
    ),
    "filter(name__icontains=…)": (
        lambda: Person.objects.exclude(name__icontains="Pat"),
        SealedLookup,
        f"“name” is sealed. Parts of it cannot be found. {WORDS}",
    ),
    "filter(name__startswith=…)": (
        lambda: Person.objects.filter(name__startswith="P"),
        SealedLookup,
        f"“name” is sealed. {BEGUN}",
    ),
    "filter(name__regex=…)": (
        lambda: Person.objects.filter(name__regex="^P"),
        SealedLookup,
        f"“name” is sealed. Patterns cannot be found. {WORDS}",
    ),
    "filter(born__gt=…)": (
        lambda: Person.objects.filter(born__gt="1961-01-01"),
        SealedLookup,
        (
            f"“born” is sealed. Seals have no order. {OPEN} and compare, or keep what is no ePHI "
            "in a plain column."
        ),
    ),
    "filter(born__range=…)": (
        lambda: Person.objects.filter(born__range=("1961-01-01", "1962-01-01")),
        SealedLookup,
        (
            f"“born” is sealed. Seals have no order. {OPEN} and compare, or keep what is no ePHI "
            "in a plain column."
        ),
    ),
    "filter(born__year=…)": (
        lambda: Person.objects.filter(born__year=1961),
        SealedLookup,
        (f"“born” is sealed. The database cannot look inside. {OPEN} and compare in Python."),
    ),
    "order_by('name')": (
        lambda: list(Person.objects.order_by("-name")),
        SealedLookup,
        (
            "“name” is sealed. Seals have no order. Open rows in a disclosure scope and sort in "
            "Python."
        ),
    ),
    "order_by(F('name'))": (
        lambda: list(Person.objects.order_by(F("name").desc())),
        SealedLookup,
        (
            "“name” is sealed. Seals have no order. Open rows in a disclosure scope and sort in "
            "Python."
        ),
    ),
    "F('name')": (
        lambda: list(Person.objects.filter(match_token=F("name"))),
        SealedLookup,
        (f"“name” is sealed. The database cannot compute with it. {OPEN} and compute in Python."),
    ),
    "Max('name')": (
        lambda: Person.objects.aggregate(Max("name")),
        SealedLookup,
        (
            "“name” is sealed. The database cannot count, add or compare it. "
            f"{OPEN} and compute in Python."
        ),
    ),
    "values('name').distinct()": (
        lambda: list(Person.objects.distinct().values("name")),
        SealedLookup,
        (
            "“name” is sealed. Equal values have different seals. "
            "Equal values of an index share their token."
        ),
    ),
    "values('name')": (
        lambda: [found["name"].open() for found in Person.objects.values("name")],
        SealedElsewhere,
        "Values without their row cannot be opened: load rows.",
    ),
    "SealedText(unique=True)": (
        lambda: SealedText(slot="name", category="name", unique=True),
        SealedLookup,
        (
            "“name” is sealed. Equal values have different seals. Say index=BlindIndex(normaliser, "
            "unique=True)."
        ),
    ),
}


@pytest.mark.parametrize("use", TABLE)
def test_what_a_sealed_field_cannot_do_says_what_can_be_done(
    ada: Viewer, pat: Person, use: str
) -> None:
    act, kind, sentence = TABLE[use]
    with wall.reading(ada.organisation), disclose(ada, "care"), pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == sentence


def test_the_guide_shows_every_refusal() -> None:
    page = PAGE.read_text(encoding="utf-8")
    missing = [use for use, row in TABLE.items() if f"| `{use}` | {row[2]} |" not in page]
    assert missing == []


def test_rows_may_be_distinct_as_their_ids_differ(ada: Viewer, pat: Person) -> None:
    with wall.reading(ada.organisation):
        assert list(Person.objects.distinct()) == [pat]
        assert Person.objects.values("match_token").distinct().count() == 1


def test_an_unknown_option_of_a_sealed_field_is_refused() -> None:
    with pytest.raises(TypeError, match="max_length"):
        SealedText(slot="x", category="x", max_length=7)


def test_a_plain_column_keeps_its_lookups(ada: Viewer, pat: Person) -> None:
    with wall.reading(ada.organisation):
        found: models.QuerySet[Person] = Person.objects.filter(created__year=pat.created.year)
        assert list(found.order_by("-created")) == [pat]
