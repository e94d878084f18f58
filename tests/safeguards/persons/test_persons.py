"""Persons are created, offered as matches, joined and parted; erasing one touches no other."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.persons import erasures, queries
from keepwell.safeguards.persons.actions import create_person, erase_person, join, undo_join
from keepwell.safeguards.persons.checks import check_persons
from keepwell.safeguards.persons.erasures import certificate_of
from keepwell.safeguards.persons.errors import AlreadyJoined, JoinUndone, ReasonMissing
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.models import Person, PersonJoin
from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault import keys, owed
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.records.readings import column, entries, openings, payloads, working_as

BORN = date(1961, 4, 2)
WHY = "same person, confirmed by telephone"


def a_person(viewer: Viewer, **values: Any) -> UUID:
    return create_person(viewer, **values).pk


def joined(viewer: Viewer, person: UUID, into: UUID) -> PersonJoin:
    return join(viewer, person=person, into=into, reason=WHY)


def whole(viewer: Viewer, person: UUID) -> set[UUID]:
    return {one.pk for one in queries.whole_of(viewer, person)}


def test_a_patient_makes_a_person_without_any_permission(ada: Viewer) -> None:
    patient = replace(ada, kind=ViewerKind.RESPONDENT, role="", actor=uuid7())
    person = create_person(patient, name="Pat", born=BORN)
    (payload,) = payloads(ada, PersonsEvent.PERSON_CREATE)
    assert payload.actor == patient.actor
    assert payload.subjects[0].persons == (person.pk,)


# -- matches ---------------------------------------------------------------------------------------


def matches(viewer: Viewer, person: UUID) -> set[UUID]:
    found = queries.person_with(viewer, person)
    return {one.pk for one in queries.possible_matches(viewer, found)}


def test_equal_name_and_birth_date_is_offered_as_a_match(ada: Viewer) -> None:
    pat = a_person(ada, name="José O'Neil-Nakamura", born=BORN)
    again = a_person(ada, name="jose  oneil nakamura", born=BORN)
    assert matches(ada, pat) == {again}
    assert matches(ada, again) == {pat}


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Pat Nakamura", "born": date(1961, 4, 3)},
        {"name": "Nakamura Pat", "born": BORN},
        {"name": "Pat Nakamura"},
        {"born": BORN},
        {"name": "Kim Nakamura", "born": BORN, "email": "family@example.org"},
        {"name": "Kim Nakamura", "born": BORN, "telephone": "+1 555 0123"},
        {"email": "family@example.org", "telephone": "+1 555 0123"},
        {"name": "- '", "born": BORN},
    ],
)
def test_anything_less_is_never_offered(ada: Viewer, other: dict[str, Any]) -> None:
    pat = a_person(
        ada, name="Pat Nakamura", born=BORN, email="family@example.org", telephone="+1 555 0123"
    )
    another = a_person(ada, **other)
    a_person(ada, name="...", born=BORN)  # a name of nothing but signs matches no other such name
    assert matches(ada, pat) == matches(ada, another) == set()


def test_a_match_is_not_offered_across_the_wall_or_when_joined(ada: Viewer, cy: Viewer) -> None:
    pat, again = (a_person(ada, name="Pat Nakamura", born=BORN) for _ in range(2))
    a_person(cy, name="Pat Nakamura", born=BORN)
    assert matches(ada, pat) == {again}
    joined(ada, again, pat)
    assert matches(ada, pat) == set()


def test_offering_matches_opens_nothing(ada: Viewer) -> None:
    pat = a_person(ada, name="Pat Nakamura", born=BORN)
    a_person(ada, name="Pat Nakamura", born=BORN)
    matches(ada, pat)
    assert not openings(ada)


# -- joins -----------------------------------------------------------------------------------------


def test_joined_persons_are_one_whole_from_every_side(ada: Viewer) -> None:
    one, two, three, four, apart = (a_person(ada, name="Pat") for _ in range(5))
    joined(ada, one, two)
    joined(ada, two, three)
    joined(ada, four, three)
    for person in (one, two, three, four):
        assert whole(ada, person) == {one, two, three, four}
    assert whole(ada, apart) == {apart}
    assert {made.joined_id for made in queries.joins_of(ada, [one, two, three, four])} == {
        one, two, four,
    }  # fmt: skip


def test_a_join_is_on_the_trail_with_its_reason_and_touches_no_row_or_key(ada: Viewer) -> None:
    one, two = (create_person(ada, name="Pat") for _ in range(2))
    before = [column(ada.organisation, "persons_person", "name", row.pk) for row in (one, two)]
    made = joined(ada, one.pk, two.pk)
    (entry,) = entries(ada, PersonsEvent.JOIN_BEGIN)
    assert entry.id == made.entry_id
    assert entry.payload is not None
    assert entry.payload.reason == WHY
    assert entry.payload.subjects[0].persons == (one.pk, two.pk)
    after = [column(ada.organisation, "persons_person", "name", row.pk) for row in (one, two)]
    assert after == before
    there = queries.person_with(ada, one.pk)
    assert (there.key_id, there.entry_id) == (one.key_id, one.entry_id)


def test_loops_and_second_joins_are_refused(ada: Viewer) -> None:
    one, two, three = (a_person(ada, name="Pat") for _ in range(3))
    joined(ada, one, two)
    joined(ada, two, three)
    for person, into in ((three, one), (three, two), (one, three), (two, one), (one, one)):
        with pytest.raises(AlreadyJoined):
            joined(ada, person, into)
    assert len(payloads(ada, PersonsEvent.JOIN_BEGIN)) == 2


def test_two_joins_at_once_cannot_make_a_loop(ada: Viewer) -> None:
    persons = [a_person(ada, name="Pat") for _ in range(4)]
    pairs = [(persons[at], persons[(at + 1) % 4]) for at in range(4)]  # all four would be a loop
    start = threading.Barrier(4)

    def attempt(pair: tuple[UUID, UUID]) -> bool:
        start.wait()
        try:
            joined(ada, *pair)
        except AlreadyJoined:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, pairs)) == [False, True, True, True]
    assert whole(ada, persons[0]) == set(persons)


def test_an_undone_join_parts_them_again_and_may_be_made_anew(ada: Viewer) -> None:
    one, two, three = (a_person(ada, name="Pat") for _ in range(3))
    joined(ada, one, two)
    made = joined(ada, two, three)
    undone = undo_join(ada, join=made.pk, reason="it was the twin")
    assert (whole(ada, one), whole(ada, three)) == ({one, two}, {three})
    (payload,) = payloads(ada, PersonsEvent.JOIN_UNDO)
    assert payload.reason == "it was the twin"
    assert undone.undone_by == ada.actor
    with pytest.raises(JoinUndone):
        undo_join(ada, join=made.pk, reason="again")
    joined(ada, two, three)
    assert whole(ada, one) == {one, two, three}


# -- lists -----------------------------------------------------------------------------------------


def test_persons_are_listed_page_by_page_newest_first_without_joined_ones(ada: Viewer) -> None:
    made = [a_person(ada, name=f"Pat {number}") for number in range(5)]
    joined(ada, made[1], made[0])
    first = queries.persons_of(ada, limit=2)
    second = queries.persons_of(ada, before=first[-1].pk, limit=2)
    assert [row.pk for row in (*first, *second)] == [made[4], made[3], made[2], made[0]]
    assert queries.persons_of(ada, before=made[0]) == ()


def test_a_persons_page_shows_who_opened_kept_and_joined_and_that_it_was_looked_at(
    ada: Viewer, cy: Viewer
) -> None:
    one, two = (create_person(ada, name="Pat") for _ in range(2))
    with disclose(ada, "care"):
        one.name.open()
    with disclose(ada, "care"):
        two.name.open()
    joined(ada, one.pk, two.pk)
    entries(ada)
    page = queries.entries_about_whole(ada, one.pk)
    assert Counter(entry.kind for entry in page.entries) == {
        "persons:join:begin": 1, "persons:person:create": 2, "records:fields:open": 2,
    }  # fmt: skip
    looked = payloads(ada, "audit:trail:open")
    assert any(str(one.pk) in payload.detail.get("about", "").split() for payload in looked)
    with pytest.raises(OutOfReach):
        queries.entries_about_whole(cy, one.pk)


# -- erasing ---------------------------------------------------------------------------------------


def test_erasing_one_person_touches_no_other(ada: Viewer) -> None:
    one, two, three = (create_person(ada, name=f"Pat {number}", born=BORN) for number in range(3))
    joined(ada, one.pk, two.pk)
    joined(ada, two.pk, three.pk)
    entry_id = erase_person(ada, person=two.pk, reason="asked for it")
    (entry,) = entries(ada, PersonsEvent.PERSON_ERASE)
    assert entry.id == entry_id
    assert entry.payload is not None
    assert entry.payload.subjects[0].persons == (two.pk,)
    with pytest.raises(OutOfReach):
        queries.person_with(ada, two.pk)
    keys.forget()
    with disclose(ada, "care"):
        for row in (one, three):
            there = queries.person_with(ada, row.pk)
            assert there.name.open() == row.name.open()
            assert (there.key_id, there.entry_id) == (row.key_id, row.entry_id)
        with pytest.raises(KeyGone):
            two.name.open()
    assert whole(ada, one.pk) == {one.pk}


def erased_again(viewer: Viewer, person: UUID) -> None:
    """Order it once more, as after a backup was put back; another key is owed."""
    with wall.writing(viewer.organisation):
        subject = Subject("persons.person", (person,), (), (person,))
        entry = record(viewer, PersonsEvent.PERSON_ERASE, subjects=(subject,), reason="once more")
        owed.owe(viewer.organisation, [keys.new_data_key(viewer.organisation)], entry)
    entries(viewer, PersonsEvent.PERSON_ERASE)  # the writer has written it


def test_a_certificate_says_no_key_is_gone_while_another_is_owed_by_a_later_order(
    ada: Viewer,
) -> None:
    pat = a_person(ada, name="Pat")
    erase_person(ada, person=pat, reason="asked for it")
    erased_again(ada, pat)
    halfway = certificate_of(ada, pat)
    assert halfway is not None
    assert halfway.destroyed is None
    assert owed.pay(ada.organisation) == 1
    found = certificate_of(ada, pat)
    assert found is not None
    assert found.destroyed is not None
    assert (found.keys, found.records, len(found.orders)) == (2, 1, 2)


def test_a_certificate_holds_entries_of_every_page(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    pat = a_person(ada, name="Pat")
    erase_person(ada, person=pat, reason="asked for it")
    erased_again(ada, pat)
    monkeypatch.setattr(erasures, "LARGEST_PAGE", 1)
    found = certificate_of(ada, pat)
    assert found is not None
    indexes = [order.entry.index for order in found.orders]
    assert len(indexes) == 2
    assert indexes == sorted(indexes)


def test_half_of_an_erasure_on_the_trail_has_no_certificate_yet(
    ada: Viewer, specimens: None
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    with wall.writing(ada.organisation):
        pat = create_person(ada, name="Pat")
        specimen = Specimen(text="fine", person=pat)
        keep(ada, specimen, "tests:specimen:create")
    with wall.writing(ada.organisation):
        erase(ada, [specimen], PersonsEvent.PERSON_ERASE, reason="the first thousand")
    assert len(entries(ada, PersonsEvent.PERSON_ERASE)) == 1
    assert certificate_of(ada, pat.pk) is None


def test_erasing_a_person_erases_the_records_about_that_person_with_one_entry(
    ada: Viewer, specimens: None
) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    pat, ben = (create_person(ada, name=name) for name in ("Pat", "Ben"))
    about_pat, about_ben, about_nobody = (
        Specimen(text="fine", person=person) for person in (pat, ben, None)
    )
    with wall.writing(ada.organisation):
        for row in (about_pat, about_ben, about_nobody):
            keep(ada, row, "tests:specimen:create")
    erase_person(ada, person=pat.pk, reason="asked for it")
    with wall.reading(ada.organisation):
        left = set(Specimen.objects.values_list("pk", flat=True))
    assert left == {about_ben.pk, about_nobody.pk}
    (payload,) = payloads(ada, PersonsEvent.PERSON_ERASE)
    named = {subject.model: (subject.ids, subject.persons) for subject in payload.subjects}
    assert named == {
        "persons.person": ((pat.pk,), (pat.pk,)),
        "specimens.specimen": ((about_pat.pk,), (pat.pk,)),
    }
    keys.forget()
    with disclose(ada, "care"), pytest.raises(KeyGone):
        about_pat.text.open()
    with disclose(ada, "care"):
        assert about_ben.text.open() == "fine"


# -- who may ---------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Viewer, Person, PersonJoin], Any]] = {
    "open": lambda viewer, person, made: queries.person_with(viewer, person.pk),
    "whole": lambda viewer, person, made: queries.whole_of(viewer, person.pk),
    "matches": lambda viewer, person, made: queries.possible_matches(viewer, person),
    "joins": lambda viewer, person, made: queries.joins_of(viewer, [person.pk]),
    "trail": lambda viewer, person, made: queries.entries_about_whole(viewer, person.pk),
    "list": lambda viewer, person, made: queries.persons_of(viewer),
    "join": lambda viewer, person, made: joined(viewer, made.into_id, person.pk),
    "undo": lambda viewer, person, made: undo_join(viewer, join=made.pk, reason=WHY),
    "erase": lambda viewer, person, made: erase_person(viewer, person=person.pk, reason=WHY),
}
ALLOWED = {
    "owner": set(ACTS),
    "member": set(ACTS) - {"erase"},
    "auditor": {"list", "trail"},
    "administrator": set[str](),
    "": set[str](),
}


@pytest.mark.parametrize("role", ALLOWED)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_asks_for_its_permission(ada: Viewer, role: str, act: str) -> None:
    person, one, two = (create_person(ada, name="Pat") for _ in range(3))
    made = joined(ada, one.pk, two.pk)
    viewer = working_as(ada, role)
    if act in ALLOWED[role]:
        ACTS[act](viewer, person, made)
    else:
        with pytest.raises(NotPermitted):
            ACTS[act](viewer, person, made)


@pytest.mark.parametrize("act", ["open", "whole", "join", "undo", "erase"])
def test_a_stranger_is_told_what_an_unknown_id_is_told(ada: Viewer, cy: Viewer, act: str) -> None:
    person, one, two = (create_person(ada, name="Pat") for _ in range(3))
    made = joined(ada, one.pk, two.pk)
    with pytest.raises(OutOfReach) as strange:
        ACTS[act](cy, person, made)
    unknown = PersonJoin(joined_id=uuid7(), into_id=uuid7())
    with pytest.raises(OutOfReach) as nowhere:
        ACTS[act](cy, Person(name="Nobody"), unknown)
    assert str(strange.value) == str(nowhere.value)
    assert whole(ada, one.pk) == {one.pk, two.pk}


def test_a_reason_is_needed(ada: Viewer) -> None:
    person, into = a_person(ada, name="Pat"), a_person(ada, name="Pat")
    for empty in ("", "  \n"):
        with pytest.raises(ReasonMissing):
            join(ada, person=person, into=into, reason=empty)
        with pytest.raises(ReasonMissing):
            undo_join(ada, join=uuid7(), reason=empty)
        with pytest.raises(ReasonMissing):
            erase_person(ada, person=person, reason=empty)
    with wall.reading(ada.organisation):
        assert Person.objects.count() == 2
        assert PersonJoin.objects.count() == 0


def test_a_record_that_refers_to_a_person_must_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_persons() == []
    for model in sealed_models():
        monkeypatch.setattr(model, "about", "")
    found = {str(message.obj.__name__) for message in check_persons()}
    refers = {
        model.__name__
        for model in sealed_models()
        if any(field.related_model is Person for field in model._meta.concrete_fields)
    }
    assert found == refers != set()
