"""Whatever the ORM can ask of a sealed column gives a sealed value or refuses; never its bytes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, models
from django.db.models import Case, Count, F, Max, Min, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Concat, Length, Lower

from keepwell.safeguards.persons.models import Person, PersonJoin
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import OnlyKeepWrites, SealedElsewhere, SealedLookup
from keepwell.safeguards.records.sealed import Kept
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

LOOKUPS = [
    "exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith",
    "iendswith", "regex", "iregex", "in", "gt", "gte", "lt", "lte", "range", "year", "date",
]  # fmt: skip


@pytest.mark.parametrize("lookup", LOOKUPS)
def test_every_lookup_but_isnull_is_refused_with_the_right_way(ada: Viewer, lookup: str) -> None:
    for name in ("name", "born"):
        with wall.reading(ada.organisation), pytest.raises(SealedLookup, match="is sealed"):
            Person.objects.filter(**{f"{name}__{lookup}": "Pat"})
    with wall.reading(ada.organisation), pytest.raises(SealedLookup, match="is sealed"):
        PersonJoin.objects.filter(**{f"into__name__{lookup}": "Pat"})


def test_a_bare_comparison_is_refused(ada: Viewer, pat: Person) -> None:
    with wall.reading(ada.organisation):
        for wrong in ("Pat Nakamura", None, pat.name, F("email")):
            with pytest.raises(SealedLookup):
                Person.objects.filter(name=wrong)
            with pytest.raises(SealedLookup):
                Person.objects.exclude(name=wrong)


def test_isnull_answers(ada: Viewer, pat: Person) -> None:
    with wall.reading(ada.organisation):
        assert Person.objects.filter(telephone__isnull=True, name__isnull=False).get() == pat
        assert not Person.objects.filter(name__isnull=True).exists()


READS: dict[str, Callable[[UUID], Any]] = {
    "values": lambda pk: Person.objects.values("name").get(pk=pk)["name"],
    "values_list": lambda pk: Person.objects.values_list("name", flat=True).get(pk=pk),
    "all values": lambda pk: Person.objects.values().get(pk=pk)["name"],
    "named values": lambda pk: Person.objects.values_list("name", named=True).get(pk=pk).name,
    "F": lambda pk: Person.objects.annotate(x=F("name")).get(pk=pk).x,
    "F in values": lambda pk: Person.objects.values(x=F("name")).get(pk=pk)["x"],
    "subquery": lambda pk: Person.objects.annotate(
        x=Subquery(Person.objects.filter(pk=OuterRef("pk")).values("name"))
    ).get(pk=pk).x,
    "union": lambda pk: Person.objects.filter(pk=pk)
    .values_list("name", flat=True)
    .union(Person.objects.none().values_list("name", flat=True))[0],
}  # fmt: skip


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_values_without_their_row_are_sealed_and_never_open(
    ada: Viewer, pat: Person, read: Callable[[UUID], Any]
) -> None:
    with wall.reading(ada.organisation):
        value = read(pat.pk)
    assert type(value) is Kept
    with disclose(ada, "care"), pytest.raises(SealedElsewhere):
        value.open()


ROWS: dict[str, Callable[[UUID], Any]] = {
    "get": lambda pk: Person.objects.get(pk=pk),
    "only": lambda pk: Person.objects.only("name").get(pk=pk),
    "only another": lambda pk: Person.objects.only("created").get(pk=pk),
    "defer": lambda pk: Person.objects.defer("name", "key_id", "organisation").get(pk=pk),
    "in_bulk": lambda pk: Person.objects.in_bulk([pk])[pk],
    "base manager": lambda pk: Person._base_manager.get(pk=pk),
    "raw": lambda pk: next(
        row for row in Person.objects.raw("SELECT * FROM persons_person") if row.pk == pk
    ),
    "raw, deferred": lambda pk: next(
        row for row in Person.objects.raw("SELECT id, name FROM persons_person") if row.pk == pk
    ),
    "iterator": lambda pk: next(Person.objects.filter(pk=pk).iterator()),
    "annotated": lambda pk: Person.objects.annotate(n=Count("joins")).get(pk=pk),
}


@pytest.mark.parametrize("read", ROWS.values(), ids=ROWS.keys())
def test_rows_open_however_they_were_loaded(
    ada: Viewer, pat: Person, read: Callable[[UUID], Any]
) -> None:
    with wall.reading(ada.organisation), disclose(ada, "care") as scope:
        row = read(pat.pk)
        assert type(row.name) is Kept
        assert row.name.open() == "Pat Nakamura"
        assert scope.open([row], "name")[0].name.open() == "Pat Nakamura"


def test_a_related_row_opens(ada: Viewer, pat: Person) -> None:
    from keepwell.safeguards.persons.actions import create_person, join  # noqa: PLC0415
    from tests.safeguards.persons.roles import install_grants  # noqa: PLC0415

    other = create_person(ada, name="Pat N.")
    with install_grants():
        join(ada, person=pat.pk, into=other.pk, reason="same birth date, confirmed by telephone")
    with wall.reading(ada.organisation), disclose(ada, "care"):
        found = PersonJoin.objects.select_related("into").get(joined=pat)
        assert found.into.name.open() == "Pat N."
        assert PersonJoin.objects.get(joined=pat).into.name.open() == "Pat N."


COMPUTATIONS: dict[str, Callable[[], Any]] = {
    "order_by over a relation": lambda: list(PersonJoin.objects.order_by("into__name")),
    "order_by F": lambda: list(Person.objects.order_by(F("name").desc())),
    "latest": lambda: Person.objects.latest("name"),
    "Max": lambda: Person.objects.aggregate(Max("name")),
    "Min over a relation": lambda: PersonJoin.objects.aggregate(Min("into__name")),
    "Count": lambda: Person.objects.aggregate(Count("name")),
    "Count distinct": lambda: Person.objects.aggregate(Count("name", distinct=True)),
    "annotated aggregate": lambda: list(Person.objects.annotate(x=Max("joins__into__name"))),
    "Cast": lambda: list(Person.objects.annotate(x=Cast("name", models.TextField()))),
    "Lower": lambda: list(Person.objects.annotate(x=Lower("name"))),
    "Length": lambda: list(Person.objects.annotate(x=Length("name"))),
    "Concat": lambda: list(
        Person.objects.annotate(x=Concat("name", Value("x"), output_field=models.TextField()))
    ),
    "Case": lambda: list(
        Person.objects.annotate(
            x=Case(When(pk__isnull=False, then=F("name")), output_field=models.BinaryField())
        )
    ),
    "F on the right": lambda: list(Person.objects.filter(match_token=F("name"))),
    "F on the right of an id": lambda: list(Person.objects.filter(pk__gt=F("name"))),
}


@pytest.mark.parametrize("compute", COMPUTATIONS.values(), ids=COMPUTATIONS.keys())
def test_nothing_sorts_or_computes_with_sealed_columns(
    ada: Viewer, pat: Person, compute: Callable[[], Any]
) -> None:
    with wall.writing(ada.organisation), pytest.raises(SealedLookup, match="is sealed"):
        compute()
    with wall.reading(ada.organisation):  # nothing reached the database: no transaction is broken
        assert Person.objects.count() == 1


@pytest.mark.parametrize("compute", COMPUTATIONS.values(), ids=COMPUTATIONS.keys())
def test_without_our_own_refusal_the_database_refuses(
    ada: Viewer, pat: Person, compute: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections["default"], "execute_wrappers", [])
    refused = pytest.raises(DatabaseError, match="sealed_values_cannot_be_sorted_or_computed_with")
    with refused, wall.writing(ada.organisation):
        compute()


def test_sorting_by_a_sealed_column_is_refused_with_a_sentence(ada: Viewer) -> None:
    with wall.reading(ada.organisation):
        for name in ("name", "-name"):
            with pytest.raises(SealedLookup, match="sort in Python"):
                Person.objects.order_by(name)
            with pytest.raises(SealedLookup, match="sort in Python"):
                Person.objects.values_list("name").order_by(name)


def test_dates_of_a_sealed_date_are_refused(ada: Viewer, pat: Person) -> None:
    with wall.reading(ada.organisation), pytest.raises((SealedLookup, AssertionError, TypeError)):
        list(Person.objects.dates("born", "year"))


WRITES: dict[str, Callable[[Person], Any]] = {
    "save": lambda row: row.save(),
    "save of one column": lambda row: row.save(update_fields=["created"]),
    "save_base": lambda row: row.save_base(),
    "raw save_base": lambda row: row.save_base(raw=True),
    "delete": lambda row: row.delete(),
    "update": lambda row: Person.objects.update(name="Pat"),
    "update of a plain column": lambda row: Person.objects.update(created=row.created),
    "update by a sealed value": lambda row: models.QuerySet.update(
        Person.objects.all(), name=row.name
    ),
    "update by clear text": lambda row: models.QuerySet.update(Person.objects.all(), name="Pat"),
    "update by bytes": lambda row: models.QuerySet.update(Person.objects.all(), name=b"Pat"),
    "update by stolen ciphertext": lambda row: models.QuerySet.update(
        Person.objects.all(), name=row.__dict__["name"].ciphertext
    ),
    "queryset delete": lambda row: Person.objects.all().delete(),
    "raw delete": lambda row: Person.objects.all()._raw_delete("default"),
    "create": lambda row: Person.objects.create(name="Pat"),
    "get_or_create": lambda row: Person.objects.get_or_create(pk=UUID(int=7)),
    "update_or_create": lambda row: Person.objects.update_or_create(pk=row.pk),
    "bulk_create": lambda row: Person.objects.bulk_create([Person(name="Pat")]),
    "Django's bulk_create": lambda row: models.QuerySet.bulk_create(
        Person.objects.all(), [Person(name="Pat", organisation_id=row.organisation_id)]
    ),
    "bulk_update": lambda row: Person.objects.bulk_update([row], ["name"]),
    "Django's bulk_update": lambda row: models.QuerySet.bulk_update(
        Person.objects.all(), [row], ["name"]
    ),
    "base manager update": lambda row: Person._base_manager.update(name="Pat"),
    "base manager create": lambda row: Person._base_manager.create(name="Pat"),
    "fixture": lambda row: Person._meta.get_field("name").to_python("Pat"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_only_keep_writes(ada: Viewer, pat: Person, write: Callable[[Person], Any]) -> None:
    with pytest.raises(OnlyKeepWrites), wall.writing(ada.organisation):
        write(pat)
    with wall.reading(ada.organisation), disclose(ada, "care"):
        (there,) = Person.objects.all()
        assert there.name.open() == "Pat Nakamura"
        assert there.created == pat.created


def test_update_with_an_expression_cannot_copy_a_sealed_column(ada: Viewer, pat: Person) -> None:
    with pytest.raises(SealedLookup, match="is sealed"), wall.writing(ada.organisation):
        models.QuerySet.update(Person.objects.all(), email=F("name"))
