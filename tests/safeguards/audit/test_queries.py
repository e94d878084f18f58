"""The trail is read page by page, by those of one organisation, and reading it is on it."""

from dataclasses import replace
from uuid import UUID

import pytest

from keepwell.safeguards.audit import places, queries, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.queries import Content, Page, page_of_entries
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.tampering import Hands

OPEN = "records:fields:open"
PAT = uuid7()


def indexes(page: Page) -> list[int]:
    return [entry.index for entry in page.entries]


def opened(viewer: Viewer, *ids: UUID, person: UUID | None = None, kind: str = OPEN) -> None:
    subject = Subject("forms.submission", ids, ("answers",), (person,) if person else ())
    record_now(viewer, kind, subjects=[subject])
    writer.settle(viewer.organisation)


def test_pages_follow_one_another_without_gap_or_overlap(ada: Viewer) -> None:
    for _ in range(7):
        opened(ada, uuid7())
    first = page_of_entries(ada, limit=3)
    assert (indexes(first), first.before) == ([6, 5, 4], 4)
    second = page_of_entries(ada, limit=3, before=first.before)
    third = page_of_entries(ada, limit=3, before=second.before)
    assert (indexes(second), indexes(third)) == ([3, 2, 1], [0])
    assert third.before is None


def test_a_full_last_page_is_the_last(ada: Viewer) -> None:
    for _ in range(3):
        opened(ada, uuid7())
    assert page_of_entries(ada, limit=3).before is None


def test_entries_are_found_by_record_by_person_and_by_actor(ada: Viewer, ben: Viewer) -> None:
    record = uuid7()
    opened(ada, record)
    opened(ben, uuid7(), person=PAT)
    opened(ben, record, uuid7())
    assert ben.actor is not None
    assert indexes(page_of_entries(ada, about=record)) == [2, 0]
    assert indexes(page_of_entries(ada, about=PAT)) == [1]
    assert indexes(page_of_entries(ada, about=ben.actor)) == [2, 1]
    assert indexes(page_of_entries(ada, actor=ben.actor)) == [2, 1]
    assert indexes(page_of_entries(ada, about=record, actor=ben.actor)) == [2]
    assert indexes(page_of_entries(ada, actor=record)) == []


def test_an_act_on_behalf_of_somebody_is_found_by_both(ada: Viewer) -> None:
    principal = uuid7()
    opened(replace(ada, on_behalf_of=principal), uuid7())
    assert indexes(page_of_entries(ada, about=principal)) == [0]
    assert indexes(page_of_entries(ada, actor=principal)) == []


def test_entries_are_found_by_kind(ada: Viewer) -> None:
    opened(ada, uuid7())
    opened(ada, uuid7(), kind="forms:form:publish")
    assert indexes(page_of_entries(ada, kinds=["forms:form:publish"])) == [1]
    assert indexes(page_of_entries(ada, kinds=[])) == []


def test_reading_the_trail_is_on_the_trail(ada: Viewer, ben: Viewer) -> None:
    opened(ada, uuid7(), person=PAT)
    assert indexes(page_of_entries(ben, about=PAT)) == [0]
    reading = queries.entry(ada, 1)
    assert reading.kind == "audit:trail:open"
    assert reading.payload is not None
    assert reading.payload.actor == ben.actor
    assert reading.payload.detail == {"about": str(PAT), "count": "1", "first": "0", "last": "0"}
    assert queries.state(ada).size == 3


def test_a_stranger_sees_nothing_of_another_trail(ada: Viewer, cy: Viewer) -> None:
    opened(ada, uuid7(), person=PAT)
    assert indexes(page_of_entries(cy)) == []
    assert indexes(page_of_entries(cy, about=PAT)) == []
    assert cy.actor is not None
    with pytest.raises(EntryMissing):
        queries.entry(replace(cy, actor=ada.actor), 99)


def test_an_entry_that_does_not_exist_is_missing(ada: Viewer) -> None:
    with pytest.raises(EntryMissing):
        queries.entry(ada, 0)


def test_ids_that_are_not_on_the_trail_are_told(ada: Viewer, cy: Viewer) -> None:
    mine, stranger = record_now(ada, OPEN), record_now(cy, OPEN)
    unknown = uuid7()
    asked = [mine, stranger, unknown]
    assert places.missing(ada.organisation, asked) == {stranger, unknown}


def test_a_key_shredded_without_an_order_is_no_erasure(ada: Viewer, hands: Hands) -> None:
    opened(ada, uuid7(), person=PAT)
    ((key_id,),) = hands.rows("SELECT key_id FROM trail_entry WHERE organisation_id = :org")
    keys.shred(ada.organisation, [UUID(str(key_id))])
    entry = page_of_entries(ada).entries[-1]
    assert (entry.content, entry.payload) == (Content.LOST, None)


def test_a_payload_moved_to_another_entry_is_shown_as_broken(ada: Viewer, hands: Hands) -> None:
    opened(ada, uuid7())
    opened(ada, uuid7())
    hands.change(
        'UPDATE trail_entry SET payload = (SELECT payload FROM trail_entry WHERE "index" = 0 '
        'AND organisation_id = :org) WHERE "index" = 1 AND organisation_id = :org'
    )
    newest = page_of_entries(ada).entries[0]
    assert (newest.content, newest.payload) == (Content.BROKEN, None)


def test_breaking_the_glass_is_marked(ada: Viewer) -> None:
    opened(replace(ada, purpose="emergency"), uuid7())
    payload = queries.entry(ada, 0).payload
    assert payload is not None
    assert payload.is_emergency
