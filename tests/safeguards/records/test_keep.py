"""Keeping a row seals it, saves it and says so on the trail: all of it or nothing."""

import copy
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import erase, keep, mark
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import NotKeptYet, OnlyKeepWrites, SealedElsewhere
from keepwell.safeguards.records.sealed import Kept, Pending
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.tenancy.wall import NoWall, WallCrossed
from keepwell.safeguards.vault import keys, sealing
from keepwell.safeguards.vault.errors import KeyGone, KeystoreUnavailable
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.records.outages import store_down
from tests.safeguards.records.readings import column, entries, execute, loaded, payloads
from tests.stores.session import Stores

CHANGE = "tests:person:change"
ERASE = "tests:person:erase"


def test_what_is_kept_is_ciphertext_and_opens_again(ada: Viewer, pat: Person) -> None:
    raw = column(ada.organisation, "persons_person", "name", pat.pk)
    assert raw is not None
    assert b"Pat" not in raw
    assert len(raw) == len("Pat Nakamura") + 33
    with disclose(ada, "care"):
        assert pat.name.open() == "Pat Nakamura"
        assert pat.born.open() == date(1961, 4, 2)
    assert pat.telephone is None


def test_keeping_leaves_one_entry_naming_row_fields_and_person(ada: Viewer, pat: Person) -> None:
    pat.name, pat.telephone = "Pat N.", "+1 555 0123"
    with wall.writing(ada.organisation):
        entry_id = keep(ada, pat, CHANGE, reason="married")
    (entry,) = entries(ada, CHANGE)
    assert entry.id == entry_id == pat.entry_id == loaded(ada, pat.pk).entry_id
    assert entry.payload is not None
    (subject,) = entry.payload.subjects
    assert (subject.model, subject.ids, subject.persons) == ("persons.person", (pat.pk,), (pat.pk,))
    assert set(subject.fields) == {"name", "telephone"}
    assert entry.payload.reason == "married"


def test_each_row_has_a_key_of_its_own(ada: Viewer, pat: Person) -> None:
    other = Person(name="Pat Nakamura")
    with wall.writing(ada.organisation):
        keep(ada, other, CHANGE)
    assert other.key_id != pat.key_id
    raws = [column(ada.organisation, "persons_person", "name", row.pk) for row in (pat, other)]
    assert raws[0] != raws[1]


def test_a_kept_row_holds_no_plain_value_any_more(ada: Viewer) -> None:
    row = Person(name="Pat")
    assert isinstance(row.name, Pending)
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    assert isinstance(row.name, Kept)


def test_keeping_again_changes_only_what_was_assigned(ada: Viewer, pat: Person) -> None:
    before = column(ada.organisation, "persons_person", "born", pat.pk)
    pat.name = "Pat N."
    with wall.writing(ada.organisation):
        keep(ada, pat, CHANGE)
    assert column(ada.organisation, "persons_person", "born", pat.pk) == before
    with disclose(ada, "care"):
        assert loaded(ada, pat.pk).name.open() == "Pat N."


def test_an_emptied_field_is_absent(ada: Viewer, pat: Person) -> None:
    pat.name = None
    with wall.writing(ada.organisation):
        keep(ada, pat, CHANGE)
    assert column(ada.organisation, "persons_person", "name", pat.pk) is None
    assert loaded(ada, pat.pk).match_token is None


def test_an_emptied_field_is_named_and_one_that_was_absent_is_not(ada: Viewer, pat: Person) -> None:
    pat.name, pat.telephone = "Pat N.", None  # she never gave a number
    pat.name = None
    with wall.writing(ada.organisation):
        keep(ada, pat, CHANGE)
        pat.born = date(1961, 2, 4)
        keep(ada, pat, CHANGE)
    first, second = (payload.subjects[0].fields for payload in payloads(ada, CHANGE)[-2:])
    assert {first, second} == {("name",), ("born",)}


def test_keep_outside_a_wall_or_in_another_is_refused(ada: Viewer, cy: Viewer) -> None:
    with pytest.raises(NoWall):
        keep(ada, Person(name="Pat"), CHANGE)
    with wall.writing(cy.organisation), pytest.raises(WallCrossed):
        keep(ada, Person(name="Pat"), CHANGE)
    with wall.writing(ada.organisation), pytest.raises(WallCrossed):
        keep(ada, Person(name="Pat", organisation_id=cy.organisation), CHANGE)
    assert not entries(ada, CHANGE)


def test_a_rolled_back_keep_leaves_neither_row_nor_entry(ada: Viewer) -> None:
    row = Person(name="Pat")
    with pytest.raises(ZeroDivisionError), wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
        raise ZeroDivisionError
    assert execute(ada.organisation, "SELECT count(*) FROM persons_person") == (0,)
    assert not entries(ada, CHANGE)


def test_a_failed_write_gives_the_assigned_values_back(ada: Viewer, pat: Person) -> None:
    twin = Person(id=pat.pk, name="Pat")
    with pytest.raises(IntegrityError), wall.writing(ada.organisation):
        keep(ada, twin, CHANGE)
    assert type(twin.name) is Pending
    twin.id = uuid7()
    with wall.writing(ada.organisation):
        keep(ada, twin, CHANGE)
    with disclose(ada, "care"):
        assert loaded(ada, twin.pk).name.open() == "Pat"


def test_keeping_a_row_that_was_erased_meanwhile_does_not_bring_it_back(
    ada: Viewer, pat: Person
) -> None:
    stale = loaded(ada, pat.pk)
    with wall.writing(ada.organisation):
        erase(ada, [pat], ERASE, reason="asked for it")
    stale.name = "Pat N."
    with pytest.raises(KeyGone), wall.writing(ada.organisation):
        keep(ada, stale, CHANGE)
    assert execute(ada.organisation, "SELECT count(*) FROM persons_person") == (0,)


# -- copies and moves ------------------------------------------------------------------------------


def test_a_copied_row_is_refused_whichever_way_it_was_copied(ada: Viewer, pat: Person) -> None:
    for new_id in (None, uuid7()):
        for twin in (copy.copy(pat), copy.deepcopy(pat), loaded(ada, pat.pk)):
            twin.pk = new_id
            twin._state.adding = True
            with pytest.raises((SealedElsewhere, OnlyKeepWrites)):
                twin.save()
            with pytest.raises(SealedElsewhere), wall.writing(ada.organisation):
                keep(ada, twin, CHANGE)
            if new_id is not None:
                with disclose(ada, "care"), pytest.raises(sealing.SealBroken):
                    twin.name.open()


def test_a_row_that_changes_its_organisation_is_refused(
    ada: Viewer, cy: Viewer, pat: Person
) -> None:
    pat.organisation_id = cy.organisation
    with pytest.raises(SealedElsewhere), wall.writing(cy.organisation):
        keep(cy, pat, CHANGE)
    with disclose(ada, "care"), pytest.raises(WallCrossed):
        pat.name.open()
    with disclose(cy, "care"), pytest.raises((sealing.SealBroken, KeyGone)):
        pat.name.open()


def test_a_sealed_value_is_not_assigned_to_another_row(ada: Viewer, pat: Person) -> None:
    with pytest.raises(SealedElsewhere):
        Person(name=pat.name)
    with wall.reading(ada.organisation):
        loose = Person.objects.values_list("name", flat=True).get()
    with pytest.raises(SealedElsewhere):
        pat.email = loose
    stranger = Person(name=loose)
    with pytest.raises(SealedElsewhere), wall.writing(ada.organisation):
        keep(ada, stranger, CHANGE)


def test_a_value_copied_in_the_open_is_sealed_for_its_new_row(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care"), wall.writing(ada.organisation):
        twin = Person(name=pat.name.open())
        keep(ada, twin, CHANGE)
    with disclose(ada, "care"):
        assert loaded(ada, twin.pk).name.open() == "Pat Nakamura"


def test_refreshing_a_row_keeps_its_values_openable(ada: Viewer, pat: Person) -> None:
    with wall.reading(ada.organisation):
        pat.refresh_from_db()
        pat.refresh_from_db(fields=["name"])
    with disclose(ada, "care"):
        assert pat.name.open() == "Pat Nakamura"


# -- marking ---------------------------------------------------------------------------------------


def test_marking_sets_plain_columns_of_what_the_query_finds_with_one_entry(
    ada: Viewer, pat: Person
) -> None:
    moment = clock.now()
    with wall.writing(ada.organisation):
        changed = mark(ada, Person.objects.filter(pk=pat.pk), CHANGE, reason="r", created=moment)
        again = mark(ada, Person.objects.exclude(created=moment), CHANGE, created=moment)
    assert (changed, again) == ((pat.pk,), ())
    there = loaded(ada, pat.pk)
    (entry,) = entries(ada, CHANGE)
    assert there.created == moment
    assert there.entry_id == entry.id
    assert entry.payload is not None
    (subject,) = entry.payload.subjects
    assert (subject.ids, subject.fields, subject.persons) == ((pat.pk,), ("created",), (pat.pk,))


@pytest.mark.parametrize(
    "columns",
    [{"name": "Pat"}, {"match_token": 1}, {"key_id": uuid7()}, {"organisation": uuid7()},
     {"entry_id": uuid7()}, {"id": uuid7()}, {"joins": 1}],
)  # fmt: skip
def test_marking_touches_nothing_sealed(ada: Viewer, pat: Person, columns: dict[str, Any]) -> None:
    with pytest.raises(OnlyKeepWrites), wall.writing(ada.organisation):
        mark(ada, Person.objects.all(), CHANGE, **columns)
    assert not entries(ada, CHANGE)


# -- erasing ---------------------------------------------------------------------------------------


def test_erasing_deletes_rows_shreds_keys_and_leaves_one_entry(ada: Viewer, pat: Person) -> None:
    other = Person(name="Pat N.")
    with wall.writing(ada.organisation):
        keep(ada, other, CHANGE)
    raw = pat.__dict__["name"].ciphertext
    with wall.writing(ada.organisation):
        entry_id = erase(ada, [pat, other], ERASE, reason="asked for it")
    (entry,) = entries(ada, ERASE)
    assert entry.id == entry_id
    assert entry.payload is not None
    assert set(entry.payload.subjects[0].ids) == {pat.pk, other.pk}
    assert execute(ada.organisation, "SELECT count(*) FROM persons_person") == (0,)
    binding = sealing.Binding("persons.person.name", ada.organisation, pat.pk)
    keys.forget()
    with pytest.raises(KeyGone):
        sealing.open_sealed(pat.key_id, binding, raw)


def test_more_rows_than_one_entry_names_are_erased_in_several(ada: Viewer) -> None:
    many = [Person(name="Pat N.") for _ in range(1_001)]
    with wall.writing(ada.organisation):
        for row in many:
            keep(ada, row, CHANGE)
    with wall.writing(ada.organisation):
        last = erase(ada, many, ERASE, reason="asked for it")
    found = entries(ada, ERASE)
    assert [entry.id for entry in found][-1] == last
    assert [len(one.payload.subjects[0].ids) for one in found if one.payload] == [1_000, 1]
    assert execute(ada.organisation, "SELECT count(*) FROM persons_person") == (0,)
    keys.forget()
    with pytest.raises(KeyGone):
        sealing.seal(many[0].key_id, sealing.Binding("x.y", ada.organisation, many[0].pk), b"")


def test_a_rolled_back_erasure_shreds_nothing(ada: Viewer, pat: Person) -> None:
    with pytest.raises(ZeroDivisionError), wall.writing(ada.organisation):
        erase(ada, [pat], ERASE, reason="asked for it")
        raise ZeroDivisionError
    keys.forget()
    with disclose(ada, "care"):
        assert loaded(ada, pat.pk).name.open() == "Pat Nakamura"


def test_nothing_to_erase_is_no_entry(ada: Viewer) -> None:
    with wall.writing(ada.organisation):
        assert erase(ada, [], ERASE, reason="asked for it") is None
    assert not entries(ada, ERASE)


def test_erasing_across_the_wall_is_refused(ada: Viewer, cy: Viewer, pat: Person) -> None:
    with pytest.raises(SealedElsewhere), wall.writing(cy.organisation):
        erase(cy, [pat], ERASE, reason="asked for it")
    with disclose(ada, "care"):
        assert loaded(ada, pat.pk).name.open() == "Pat Nakamura"


# -- every kind of field ---------------------------------------------------------------------------


def test_every_kind_of_field_is_kept_and_opened(ada: Viewer, specimens: None) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    tree = {"name": "Pat", "scores": [1, 2, None, True], "deep": {"ü": "€"}}
    row = Specimen(text="ü€😀\x00", day=date(1900, 2, 28), tree=tree, drawn=b"\x89PNG")
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
        there = Specimen.objects.get(pk=row.pk)
    with disclose(ada, "care") as scope:
        scope.open([there], "text", "day", "tree", "drawn")
        assert there.text.open() == "ü€😀\x00"
        assert there.day.open() == date(1900, 2, 28)
        assert there.tree.open() == tree
        assert there.drawn.open() == b"\x89PNG"


def test_a_required_sealed_field_that_was_never_assigned_is_refused(
    ada: Viewer, specimens: None
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    with pytest.raises(NotKeptYet, match="text"), wall.writing(ada.organisation):
        keep(ada, Specimen(), CHANGE)


def test_the_person_a_row_is_about_is_named_on_the_trail(
    ada: Viewer, pat: Person, specimens: None
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    row = Specimen(text="fine", person=pat)
    guardian = uuid7()
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE, persons=[guardian])
    (payload,) = payloads(ada, CHANGE)
    assert payload.subjects[0].persons == (pat.pk, guardian)


def test_with_the_keystore_down_nothing_is_kept_and_it_recovers(
    ada: Viewer, stores: Stores
) -> None:
    down, refused = store_down(stores, "keys"), pytest.raises(KeystoreUnavailable)
    with down, refused, wall.writing(ada.organisation):
        keep(ada, Person(name="Pat"), CHANGE)
    assert execute(ada.organisation, "SELECT count(*) FROM persons_person") == (0,)
    with wall.writing(ada.organisation):
        keep(ada, Person(name="Pat"), CHANGE)
    assert execute(ada.organisation, "SELECT count(*) FROM persons_person") == (1,)
