"""Whatever was opened is on the trail, once, before it may leave; nothing else opens."""

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.actions import keep
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import (
    NoScope,
    ScopeClosed,
    ScopeInGenerator,
    SealedElsewhere,
)
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.tenancy.wall import WallCrossed
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from tests.safeguards.records.outages import store_down
from tests.safeguards.records.readings import OPEN, entries, loaded, opened_ids, openings
from tests.stores.session import Stores


def test_one_scope_is_one_entry_naming_rows_fields_persons_and_purpose(
    ada: Viewer, pat: Person
) -> None:
    other = create_person(ada, name="Pat N.")
    with disclose(ada, "care") as scope:
        for row in scope.open([pat, other], "name"):
            row.name.open()
        pat.born.open()
        pat.born.open()
    (entry,) = entries(ada, OPEN)
    assert (scope.entries, scope.count) == ((entry.id,), 3)
    assert entry.payload is not None
    assert (entry.payload.purpose, entry.payload.actor) == ("care", ada.actor)
    named = {subject.fields: subject for subject in entry.payload.subjects}
    assert named.keys() == {("name",), ("born", "name")}
    assert named["born", "name"].ids == named["born", "name"].persons == (pat.pk,)
    assert named[("name",)].ids == (other.pk,)
    assert {subject.model for subject in entry.payload.subjects} == {"persons.person"}


def test_nothing_opened_is_no_entry(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care") as scope:
        scope.open([pat], "telephone")
        scope.open([], "name")
    assert scope.entries == ()
    assert not openings(ada)


def test_the_entry_is_durable_before_the_scope_is_left(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care"):
        pat.name.open()
        assert not openings(ada)
    assert len(openings(ada)) == 1


def test_what_is_recorded_early_is_recorded_once_and_stays_open(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care") as scope:
        scope.open([pat], "name")
        scope.record()
        assert [opened_ids(one) for one in openings(ada)] == [{pat.pk}]
        pat.name.open()
        scope.record()
        assert len(entries(ada, OPEN)) == 1
        pat.born.open()
    assert len(entries(ada, OPEN)) == 2


def test_a_strict_scope_commits_before_each_opening(
    ada: Viewer, pat: Person, stores: Stores
) -> None:
    with disclose(ada, "care", strict=True) as scope:
        pat.name.open()
        assert [one.subjects[0].fields for one in openings(ada)] == [("name",)]
        scope.open([pat], "name", "born", "email")
        assert len(openings(ada)) == 2
        pat.email.open()
    assert len(openings(ada)) == len(scope.entries) == 2


def test_a_strict_scope_opens_nothing_when_the_trail_is_down(
    ada: Viewer, pat: Person, stores: Stores
) -> None:
    with disclose(ada, "care", strict=True) as scope:
        with store_down(stores, "trail"), pytest.raises(TrailUnavailable):
            pat.name.open()
        assert scope.count == 0


def test_outside_a_scope_nothing_opens(pat: Person) -> None:
    with pytest.raises(NoScope):
        pat.name.open()


def test_after_a_scope_nothing_opens(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care") as scope:
        pat.name.open()
    with pytest.raises(NoScope):
        pat.name.open()
    with pytest.raises(ScopeClosed):
        scope.open([pat], "name")
    with pytest.raises(ScopeClosed), scope:
        pass


def test_a_scope_needs_a_purpose(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "") as scope, pytest.raises(NoScope):
        pat.name.open()
    assert scope.count == 0


def test_only_sealed_fields_are_opened(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care") as scope:
        for name in ("created", "key_id", "nonsense", "__dict__"):
            with pytest.raises(SealedElsewhere, match="no sealed field"):
                scope.open([pat], name)


def test_a_row_of_another_organisation_does_not_open(ada: Viewer, cy: Viewer, pat: Person) -> None:
    with disclose(cy, "care") as scope:
        with pytest.raises(WallCrossed):
            pat.name.open()
        with pytest.raises(WallCrossed):
            scope.open([pat], "name")
    assert not openings(cy)


def test_inner_scopes_record_for_themselves_and_do_not_see_what_is_open_outside(
    ada: Viewer, pat: Person
) -> None:
    with disclose(ada, "care"):
        pat.name.open()
        with disclose(ada, "payment"):
            pat.name.open()
        pat.born.open()
    told = {one.purpose: one.subjects[0].fields for one in openings(ada)}
    assert told == {"payment": ("name",), "care": ("born", "name")}


def test_an_exception_in_the_body_still_records_what_was_opened(ada: Viewer, pat: Person) -> None:
    with pytest.raises(ZeroDivisionError), disclose(ada, "care"):
        pat.name.open()
        raise ZeroDivisionError
    assert len(openings(ada)) == 1


def test_a_reading_in_a_transaction_that_is_rolled_back_is_recorded(
    ada: Viewer, pat: Person
) -> None:
    with pytest.raises(ZeroDivisionError), wall.writing(ada.organisation):
        with disclose(ada, "care"):
            Person.objects.get(pk=pat.pk).name.open()
        pat.name = "Pat N."
        keep(ada, pat, "tests:person:change")
        raise ZeroDivisionError
    assert len(openings(ada)) == 1
    with disclose(ada, "care"):
        assert loaded(ada, pat.pk).name.open() == "Pat Nakamura"


def test_a_value_changed_within_a_scope_opens_anew(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care"):
        assert pat.name.open() == "Pat Nakamura"
        pat.name = "Pat N."
        with wall.writing(ada.organisation):
            keep(ada, pat, "tests:person:change")
        assert pat.name.open() == "Pat N."


def test_more_than_a_thousand_rows_are_several_entries(ada: Viewer) -> None:
    with wall.writing(ada.organisation):
        for number in range(1001):
            keep(ada, Person(name=f"Pat {number}"), "tests:person:create")
    with wall.reading(ada.organisation):
        rows = list(Person.objects.all())
    keys.forget()
    with disclose(ada, "operations") as scope:
        scope.open(rows, "name")
    told = openings(ada)
    assert sorted(len(opened_ids(one)) for one in told) == [1, 1000]
    assert set.union(*map(opened_ids, told)) == {row.pk for row in rows}
    assert len(scope.entries) == 2


# -- stores away -----------------------------------------------------------------------------------


def test_with_the_trail_down_a_scope_is_not_left_in_peace_and_it_recovers(
    ada: Viewer, pat: Person, stores: Stores
) -> None:
    with pytest.raises(TrailUnavailable), disclose(ada, "care"):
        pat.name.open()
        with ExitStack() as outage:
            outage.enter_context(store_down(stores, "trail"))
            outage_to_close = outage.pop_all()
    outage_to_close.close()
    with disclose(ada, "care"):
        pat.name.open()
    assert openings(ada)


def test_with_the_keystore_down_nothing_opens_and_it_recovers(
    ada: Viewer, pat: Person, stores: Stores
) -> None:
    with disclose(ada, "care") as scope:
        with store_down(stores, "keys"):
            for opening in (pat.name.open, lambda: scope.open([pat], "name", "born")):
                with pytest.raises(KeystoreUnavailable):
                    opening()
        assert scope.count == 0
        assert pat.name.open() == "Pat Nakamura"
    assert len(openings(ada)) == 1


# -- tasks, threads, generators --------------------------------------------------------------------


def test_a_task_that_outlives_its_scope_opens_nothing(ada: Viewer, pat: Person) -> None:
    async def late(closed: asyncio.Event) -> Any:
        await closed.wait()
        return pat.name.open()

    async def main() -> None:
        closed = asyncio.Event()
        with disclose(ada, "care"):
            task = asyncio.create_task(late(closed))
            await asyncio.sleep(0)
        closed.set()
        with pytest.raises(ScopeClosed):
            await task

    asyncio.run(main())
    assert not openings(ada)


def test_a_task_within_its_scope_is_part_of_it(ada: Viewer, pat: Person) -> None:
    async def read() -> Any:
        return pat.name.open()

    async def main() -> Any:
        with disclose(ada, "care"):
            return await asyncio.create_task(read())

    with disclose(ada, "care"):
        pat.born.open()  # so that the key is in memory
    assert asyncio.run(main()) == "Pat Nakamura"
    assert [one.subjects[0].fields for one in openings(ada)] == [("born",), ("name",)]


def test_tasks_side_by_side_have_their_own_scopes(ada: Viewer, pat: Person) -> None:
    first, second = replace(ada, role="member"), replace(ada, role="owner")

    async def read(viewer: Viewer, name: str, turn: asyncio.Barrier) -> None:
        with disclose(viewer, "care"):
            await turn.wait()
            getattr(pat, name).open()
            await turn.wait()

    async def main() -> None:
        turn = asyncio.Barrier(2)
        await asyncio.gather(read(first, "name", turn), read(second, "born", turn))

    with disclose(ada, "care"):
        pat.email.open()
    asyncio.run(main())
    told = {one.role: one.subjects[0].fields for one in openings(ada)}
    assert (told["member"], told["owner"]) == (("name",), ("born",))


def test_a_thread_does_not_inherit_a_scope(ada: Viewer, pat: Person) -> None:
    with disclose(ada, "care"), ThreadPoolExecutor(1) as pool, pytest.raises(NoScope):
        pool.submit(pat.name.open).result()
    assert not openings(ada)


def test_a_thread_given_the_context_is_recorded_and_ends_with_the_scope(
    ada: Viewer, pat: Person
) -> None:
    def read(name: str) -> Any:
        try:
            return getattr(pat, name).open()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with disclose(ada, "care"):
            context = contextvars.copy_context()
            assert pool.submit(context.run, read, "name").result() == "Pat Nakamura"
        with pytest.raises(ScopeClosed):
            pool.submit(context.run, read, "born").result()
    assert [one.subjects[0].fields for one in openings(ada)] == [("name",)]


def test_a_scope_does_not_begin_in_a_generator(ada: Viewer, pat: Person) -> None:
    def generator() -> Iterator[str]:
        with disclose(ada, "care"):
            yield pat.name.open()

    def through_a_stack() -> Iterator[str]:
        with ExitStack() as stack:
            stack.enter_context(disclose(ada, "care"))
            yield pat.name.open()

    @contextmanager
    def manager() -> Iterator[None]:
        with disclose(ada, "care"):
            yield

    for made in (generator, through_a_stack):
        with pytest.raises(ScopeInGenerator):
            next(made())
    with pytest.raises(ScopeInGenerator), manager():
        pass
    with pytest.raises(NoScope):
        pat.name.open()


def test_a_scope_does_not_begin_in_an_asynchronous_generator(ada: Viewer, pat: Person) -> None:
    async def generator() -> AsyncIterator[str]:
        with disclose(ada, "care"):
            yield pat.name.open()

    async def main() -> None:
        with pytest.raises(ScopeInGenerator):
            await anext(aiter(generator()))

    asyncio.run(main())


def test_a_generator_consumed_in_a_scope_opens_in_it(ada: Viewer, pat: Person) -> None:
    def names() -> Iterator[str]:
        yield pat.name.open()

    with disclose(ada, "care"):
        assert list(names()) == ["Pat Nakamura"]
    late = names()
    with pytest.raises(NoScope):
        next(late)


def test_a_hundred_readers_at_once_leave_exactly_their_entries(ada: Viewer, pat: Person) -> None:
    readers, rounds = 100, 3
    start = threading.Barrier(20)

    def read(number: int) -> int:
        viewer = replace(ada, device=f"reader-{number}")
        try:
            if number < 20:
                start.wait()
            for _round in range(rounds):
                with disclose(viewer, "care") as scope:
                    scope.open([loaded(viewer, pat.pk)], "name", "born")
            return scope.count
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(read, range(readers))) == [2] * readers
    told = [one.device for one in openings(ada)]
    assert sorted(told) == sorted(f"reader-{n}" for n in range(readers) for _ in range(rounds))
    writer.stop()
