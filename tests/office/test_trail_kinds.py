"""Kinds to choose on the trail page: openings stand with the app whose records were opened."""

import json
import re
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import queries, search, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject, period_of
from keepwell.safeguards.audit.erasures import erase_period
from keepwell.safeguards.audit.search import Openings, Search
from keepwell.shell.trail_lines import lines_of
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.office.alarms import guess
from tests.office.rooms import House, text_of
from tests.office.test_reports import opened
from tests.people import show_both_steps
from tests.safeguards.audit.tampering import Hands

OPEN = "records:fields:open"
OF_FORMS = Search(kinds=frozenset({"forms:form:publish"}), openings=Openings(OPEN, "forms"))
PERSONS, FORMS, MIXED = ("persons.person",), ("forms.submission",), ("persons.person", "forms.file")


def note(house: House, *models: str, kind: str = OPEN) -> UUID:
    """Put an entry about a record of each of these models on the trail; return its id."""
    subjects = [Subject(model, (uuid7(),), ("name",)) for model in models]
    return record_now(house.viewer(), kind, subjects=subjects)


def found(house: House, asked: Search, limit: int = 50) -> list[tuple[str, ...]]:
    """Return the models of each entry that a search finds, newest first, over all of its pages."""
    writer.settle(house.clinic.organisation.id)
    said, before = [], None
    while True:
        page = queries.page_of(house.viewer(), asked, before, limit)
        said += [tuple(one.model for one in e.payload.subjects) for e in page.entries if e.payload]
        if page.before is None:
            return said
        before = page.before


def test_an_opening_is_found_by_the_app_of_any_of_its_records(house: House) -> None:
    for models in (PERSONS, FORMS, MIXED, PERSONS):
        note(house, *models)
    assert found(house, OF_FORMS) == [MIXED, FORMS]
    assert len(found(house, Search(kinds=frozenset({OPEN})))) == 4
    with_all = Search(kinds=frozenset({OPEN}), openings=Openings(OPEN, "forms"))
    assert len(found(house, with_all)) == 4  # every opening was asked for


def test_few_among_many_openings_are_found_over_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "REACH", 4)
    for number in range(12):
        note(house, *(FORMS if number % 5 == 0 else PERSONS))
    assert found(house, OF_FORMS, limit=1) == [FORMS] * 3


def test_an_opening_whose_seal_is_broken_is_not_found_among_those_of_an_app(
    house: House, ada: Client, hands: Hands
) -> None:
    first, second = (note(house, *FORMS) for _twice in range(2))
    assert found(house, OF_FORMS) == [FORMS, FORMS]
    hands.change(
        "UPDATE trail_entry SET payload = (SELECT payload FROM trail_entry WHERE entry_id = ? "
        "AND organisation_id = :org) WHERE entry_id = ? AND organisation_id = :org",
        first.hex,
        second.hex,
    )
    assert found(house, OF_FORMS) == [FORMS]
    assert len(lines_at(ada, "kind=opened&app=forms")) == 1
    assert len(found(house, Search(kinds=frozenset({OPEN})))) == 1, "it has nothing to say"
    assert "cannot be read" in text_of(ada.get("/trail/?kind=opened"))


def test_of_an_erased_month_no_opening_is_found(house: House) -> None:
    for _twice in range(2):
        note(house, *FORMS)
    period = period_of(clock.now_us())
    with clock.moved(40 * 86_400):
        note(house, *FORMS)
        assert len(found(house, OF_FORMS)) == 3
        erase_period(console(house.clinic.organisation.id, account="tests"), period, reason="Old")
        assert found(house, OF_FORMS) == [FORMS]


def test_the_page_shows_openings_with_what_else_its_app_does(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    house.entries()
    page = text_of(ada.get("/trail/?kind=persons"))
    assert "began a new person" in page
    assert "opened name of 1 person" in page
    assert "opened name" not in text_of(ada.get("/trail/?kind=consent"))
    assert "opened name" not in text_of(ada.get("/trail/?kind=identity"))
    show_both_steps(ada, house.people["Ada"], "trail-export")
    exported = ada.get("/trail/export/?kind=persons&form=jsonl").content.decode().splitlines()
    assert OPEN in {json.loads(line)["kind"] for line in exported}


def test_where_none_of_the_newest_fits_older_ones_can_be_looked_at(
    house: House, ada: Client, pat: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.entries()
    monkeypatch.setattr(search, "REACH", 5)
    for _n in range(20):
        note(house, kind="office:profile:change")
    writer.settle(house.clinic.organisation.id)
    address, pages = "/trail/?kind=persons", 0
    while "began a new person" not in (page := text_of(ada.get(address))):
        assert "No entry fits" not in page
        (on,) = re.findall(r'<a class="button quiet" href="([^"]*)">Look at older ones', page)
        address, pages = "/trail/" + on.replace("&amp;", "&"), pages + 1
    assert pages > 1


def test_a_wrong_password_names_the_account_to_who_may_see_members(
    house: House, ada: Client
) -> None:
    guess(house.people["Ben"], times=1)
    house.entries()
    told = "Somebody who is not signed in</strong> gave a wrong password for the account of Ben"
    assert told in text_of(ada.get("/trail/?kind=refused"))


def test_to_who_may_not_see_members_it_is_an_account(house: House) -> None:
    guess(house.people["Ben"], times=1)
    entries = house.entries("identity:password:fail")
    said = {who: lines_of(house.viewer(who), entries)[0].did for who in ("Ada", "Ben")}
    assert said["Ada"] == "gave a wrong password for the account of Ben"
    assert said["Ben"] == "gave a wrong password for an account"


def test_beside_the_field_for_an_id_a_person_can_be_found(house: House, ada: Client) -> None:
    assert 'href="/persons/">Find a person' in text_of(ada.get("/trail/"))
    dee = house.browser("Dee")
    may = dee.get("/persons/").status_code == 200
    assert ('href="/persons/">Find a person' in text_of(dee.get("/trail/"))) is may


def lines_at(ada: Client, asked: str) -> list[str]:
    return [line.did for line in ada.get(f"/trail/?{asked}").context["lines"]]


def test_what_happened_and_where_are_asked_together(house: House, ada: Client) -> None:
    for models in (PERSONS, FORMS):
        note(house, *models)
    note(house, kind="forms:form:publish")
    note(house, kind="office:logo:change")
    guess(house.people["Ben"])
    opened_forms = lines_at(ada, "kind=opened&app=forms")
    assert len(opened_forms) == 1
    assert len(lines_at(ada, "kind=opened&app=persons")) == 1
    assert len(lines_at(ada, "app=forms")) == len(lines_at(ada, "kind=forms"))
    assert len(lines_at(ada, "app=forms")) > 1
    assert lines_at(ada, "kind=refused&app=forms") == []
    assert lines_at(ada, "kind=refused&app=identity") != []
    assert lines_at(ada, "kind=office:logo:change&app=forms") == []


def test_one_kind_by_itself_is_found_from_its_entry(house: House, ada: Client) -> None:
    note(house, kind="office:logo:change")
    note(house, kind="office:profile:change")
    assert lines_at(ada, "kind=office:logo:change") == ["changed the logo"]
    page = ada.get("/trail/?kind=office:logo:change")
    assert '<option value="office:logo:change" selected>changed the logo' in page.content.decode()
    (line,) = page.context["lines"]
    assert "?kind=office%3Alogo%3Achange" in ada.get(line.url).content.decode()
    assert len(lines_at(ada, "kind=office:nothing:such")) > 1, "what is no kind asks nothing"
