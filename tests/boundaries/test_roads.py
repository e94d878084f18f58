"""No code outside the core goes around the chokepoint; each rule is first seen to fail."""

from collections.abc import Iterator

import pytest
from django.db import models
from django.test.utils import isolate_apps

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records import checks
from tests.boundaries import roads, shape
from tests.boundaries.shape import Module
from tests.boundaries.test_code_shape import Rule, assert_none, not_exempt, offenders

# Module or package: why the rule does not hold there.
SQL_BY_HAND = {
    "keepwell.safeguards.audit.outbox": "lets the trail's one thread give up soon on SQLite",
    "keepwell.safeguards.audit.trail.inbox": "fills and empties the inbox, in bulk",
    "keepwell.safeguards.audit.trail.statements": "writes the trail, and only the trail, in bulk",
    "keepwell.safeguards.audit.waiting": "counts what waits, for which no wall is entered",
    "keepwell.safeguards.tenancy": "raises the wall itself",
    "keepwell.safeguards.vault.keystore": "overwrites what was deleted, and takes locks",
}
MANAGERS_PASSED_BY = {
    "keepwell.safeguards.erasure.rows": "removes rows of a whole organisation, whose keys all go",
    "keepwell.safeguards.records.actions": "is the one road by which records change",
    "keepwell.safeguards.records.checks": "looks which managers a model has",
    "keepwell.safeguards.records.reindexing": "changes tokens alone, which no entry names",
    "keepwell.safeguards.tenancy.models": "is the manager that knows the wall",
}
OPENINGS_UNRECORDED = {
    "keepwell.products.forms.actions.links": "shows a link's address, which is no ePHI",
    "keepwell.safeguards.audit": "opens the trail's own entries, and records who read them",
    "keepwell.safeguards.records": "is what seals and records",
    "keepwell.safeguards.vault": "is what seals",
}
RULES = [
    (roads.sql_by_hand, SQL_BY_HAND),
    (roads.managers_passed_by, MANAGERS_PASSED_BY),
    (roads.openings_unrecorded, OPENINGS_UNRECORDED),
]
BREACHES: list[tuple[Rule, str]] = [
    (roads.sql_by_hand, "Person.objects.raw('SELECT * FROM persons_person')"),
    (roads.sql_by_hand, "rows.extra(where=['1 = 1'])"),
    (roads.sql_by_hand, "with connection.cursor() as cursor:\n    cursor.execute('DELETE FROM x')"),
    (roads.sql_by_hand, "connections['default'].cursor()"),
    (roads.sql_by_hand, "cursor.executemany('INSERT', rows)"),
    (roads.sql_by_hand, "from django.db.models.expressions import RawSQL"),
    (roads.sql_by_hand, "rows.annotate(x=expressions.RawSQL('name', ()))"),
    (roads.managers_passed_by, "Person._base_manager.all()"),
    (roads.managers_passed_by, "rows._raw_delete('default')"),
    (roads.managers_passed_by, "models.QuerySet.update(rows, status='x')"),
    (roads.managers_passed_by, "QuerySet.delete(rows)"),
    (roads.managers_passed_by, "models.QuerySet.bulk_create(rows, [])"),
    (roads.managers_passed_by, "models.Model.save(row)"),
    (roads.managers_passed_by, "Model.delete(row)"),
    (roads.openings_unrecorded, "from keepwell.safeguards.records.sealing import open_ciphertext"),
    (roads.openings_unrecorded, "from keepwell.safeguards.records import sealing, actions"),
    (roads.openings_unrecorded, "from keepwell.safeguards.records.sealed import Kept, Writable"),
    (roads.openings_unrecorded, "from keepwell.safeguards.vault import data_keys"),
    (roads.openings_unrecorded, "from keepwell.safeguards.vault.sealing import open_sealed"),
    (roads.openings_unrecorded, "sealing.open_sealed(key, binding, sealed)"),
    (roads.openings_unrecorded, "blobs.read(key, binding)"),
]
KEPT: list[tuple[Rule, str]] = [
    (roads.sql_by_hand, "Person.objects.filter(pk=pk)"),
    (roads.managers_passed_by, "Person.objects.update(status='x')\nrow.save()"),
    (roads.openings_unrecorded, "from keepwell.safeguards.vault.sealing import SealBroken"),
    (roads.openings_unrecorded, "from keepwell.safeguards.records.disclosure import disclose"),
    (roads.openings_unrecorded, "file.read()"),
]


@pytest.mark.parametrize(("rule", "text"), BREACHES)
def test_each_road_around_is_seen(rule: Rule, text: str) -> None:
    assert list(rule(Module.snippet("keepwell.products.x.queries", text)))


@pytest.mark.parametrize(("rule", "text"), KEPT)
def test_the_road_itself_is_left_alone(rule: Rule, text: str) -> None:
    assert list(rule(Module.snippet("keepwell.products.x.queries", text))) == []


@pytest.fixture(scope="module")
def source() -> list[Module]:
    return shape.source_modules()


@pytest.mark.parametrize(("rule", "exemptions"), RULES)
def test_nobody_else_goes_around(
    rule: Rule, exemptions: dict[str, str], source: list[Module]
) -> None:
    assert_none(not_exempt(offenders(rule, source), exemptions))


@pytest.mark.parametrize(("rule", "exemptions"), RULES)
def test_every_exemption_is_needed(
    rule: Rule, exemptions: dict[str, str], source: list[Module]
) -> None:
    found = offenders(rule, source)
    needed = [name for name in exemptions if not_exempt(found, {name: ""}) != found]
    assert needed == list(exemptions)


# What refers to a sealed record is about somebody.


@pytest.fixture
def own_apps() -> Iterator[None]:
    with isolate_apps("keepwell.safeguards.tenancy"):
        yield


def test_a_text_column_beside_a_reference_to_a_sealed_record_is_an_error(own_apps: None) -> None:
    class Remark(models.Model):
        person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
        remark = models.TextField()
        colour = models.CharField(max_length=5, choices=[("red", "red")])

        class Meta:
            app_label = "tenancy"

        def __str__(self) -> str:
            return "remark"

    found = list(checks._beside_sealed(Remark))
    assert [message.id for message in found] == ["records.E001"]
    Remark.plain = {"remark": "printed on the door"}  # type: ignore[attr-defined]
    assert list(checks._beside_sealed(Remark)) == []
