"""An accounting of disclosures to others (45 CFR 164.528): written down, printed, taken out."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pypdf
import pytest
from django.template.loader import render_to_string
from django.test import Client

from keepwell.office.persons import pdf
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons.models import OutsideDisclosure
from keepwell.safeguards.persons.outside import actions
from keepwell.safeguards.persons.outside import queries as outside
from keepwell.safeguards.persons.outside.years import first_day
from keepwell.safeguards.tenancy import wall
from keepwell.shell import moments
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.half_minute import early_in_a_half_minute
from tests.office.rooms import House, text_of
from tests.people import show_both_steps
from tests.products.forms.pages.test_exports import bundle_of, ordered, resources, words_of

TOLD = {
    "recipient": "County health department\n12 Harbour Street",
    "what": "Positive culture of 3 June",
    "purpose": "Reportable disease",
}


def today() -> date:
    return clock.now().date()


def sent(**instead: str) -> dict[str, str]:
    return {"made": today().isoformat(), **TOLD, **instead}


def noted(
    house: House, person: UUID, *, days_ago: int = 0, who: str = "Ada", **instead: str
) -> UUID:
    return actions.note(house.viewer(who), person=person, **told(days_ago, **instead)).pk


def told(days_ago: int = 0, **instead: str) -> actions.Told:
    """Return what an action is told of a disclosure."""
    said = TOLD | instead
    made = today() - timedelta(days=days_ago)
    return {
        "made": made,
        "recipient": said["recipient"],
        "what": said["what"],
        "purpose": said["purpose"],
    }


def accounting(browser: Client, person: UUID) -> str:
    return text_of(browser.get(f"/persons/{person}/disclosures/"))


def test_what_is_written_down_stands_in_the_accounting_with_day_recipient_what_and_why(
    house: House, ada: Client, pat: UUID
) -> None:
    assert "Nothing was written down" in accounting(ada, pat)
    answer = ada.post(f"/persons/{pat}/disclosures/add/", sent())
    assert answer["Location"] == f"/persons/{pat}/disclosures/"
    page = accounting(ada, pat)
    assert "Pat Winters" in page
    assert "County health department<br>12 Harbour Street" in page
    for said in (TOLD["what"], TOLD["purpose"], "Ada, "):
        assert said in page
    assert "A disclosure to others was written down" in text_of(ada.get(f"/persons/{pat}/"))


def test_it_is_sealed_and_its_opening_is_on_the_trail(house: House, ada: Client, pat: UUID) -> None:
    note = noted(house, pat)
    with wall.reading(house.clinic.organisation.id):
        row = OutsideDisclosure.objects.filter(pk=note).values().get()
    assert "County" not in repr(row)
    accounting(ada, pat)
    read = house.payloads("records:fields:open")[-1]
    [about] = [one for one in read.subjects if one.model == "persons.outsidedisclosure"]
    assert (about.ids, about.persons) == ((note,), (pat,))
    assert set(about.fields) == set(outside.FIELDS)
    assert read.purpose == "person-request"
    [kept] = house.payloads("persons:disclosure:note")
    assert kept.actor == house.people["Ada"].user.pk
    assert kept.detail == {}


def test_six_years_end_today_and_what_is_older_is_counted(
    house: House, ada: Client, pat: UUID
) -> None:
    first = first_day(today())
    inside, before = (today() - first).days, (today() - first).days + 1
    noted(house, pat, days_ago=inside, what="On the first day")
    noted(house, pat, days_ago=before, what="One day before")
    page = accounting(ada, pat)
    assert "On the first day" in page
    assert "One day before" not in page
    assert "1 older disclosure is kept" in page


@pytest.mark.parametrize(
    ("day", "first"),
    [("2028-02-29", "2022-02-28"), ("2026-11-29", "2020-11-29"), ("2024-02-28", "2018-02-28")],
)
def test_the_first_of_six_years(day: str, first: str) -> None:
    assert first_day(date.fromisoformat(day)) == date.fromisoformat(first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"made": ""},
        {"made": (date.today() + timedelta(days=3)).isoformat()},  # noqa: DTZ011  of this machine
        {"made": "1799-01-01"},
        {"recipient": " "},
        {"what": ""},
        {"purpose": ""},
        {"what": "x" * 2001},
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_kept(
    house: House, ada: Client, pat: UUID, wrong: dict[str, str]
) -> None:
    address = f"/persons/{pat}/disclosures/add/"
    assert ada.post(address, sent(**wrong)).status_code == 422
    assert outside.of_person(house.viewer(), pat) == ()
    assert ada.post(address, sent()).status_code == 302


def test_joined_persons_have_one_accounting_and_parted_ones_their_own(
    house: House, ada: Client, pat: UUID
) -> None:
    other = house.person(name="Patricia Winters")
    noted(house, other, what="Told of the other")
    assert "Told of the other" not in accounting(ada, pat)
    join = persons.join(house.viewer(), person=other, into=pat, reason="One passport")
    assert "Told of the other" in accounting(ada, pat)
    persons.undo_join(house.viewer(), join=join.pk, reason="Two passports")
    assert "Told of the other" not in accounting(ada, pat)


def test_a_mistake_leaves_the_accounting_and_stays_on_the_trail(
    house: House, ada: Client, pat: UUID
) -> None:
    note = noted(house, pat)
    address = f"/disclosures/{note}/mistake/"
    assert address in accounting(ada, pat)
    assert ada.post(address, {"reason": ""}).status_code == 422
    assert ada.post(address, {"reason": "Wrong chart"}).status_code == 302
    assert TOLD["what"] not in accounting(ada, pat)
    assert ada.post(address, {"reason": "Wrong chart"}).status_code == 404
    [said] = house.payloads("persons:disclosure:mistake")
    assert said.reason == "Wrong chart"
    with wall.reading(house.clinic.organisation.id):
        assert OutsideDisclosure.objects.filter(pk=note).exists()


def test_it_is_part_of_a_copy_for_the_person_and_goes_when_the_person_is_erased(
    house: House, ada: Client, pat: UUID
) -> None:
    note = noted(house, pat)
    with early_in_a_half_minute():
        page = ordered(ada, house.clinic, pat)
    [event] = resources(bundle_of(ada, page), "AuditEvent")
    assert event["id"] == str(note)
    assert event["agent"][0]["who"]["display"] == TOLD["recipient"]
    assert event["entity"][0]["what"]["reference"] == f"urn:uuid:{pat}"
    assert TOLD["purpose"] in words_of(ada, page)[0]
    persons.erase_person(house.viewer(), person=pat, reason="Asked for it")
    with wall.reading(house.clinic.organisation.id):
        assert not OutsideDisclosure.objects.filter(pk=note).exists()


def test_a_copy_says_that_it_was_written_down_and_on_which_day_in_words(
    house: House, ada: Client, pat: UUID
) -> None:
    noted(house, pat, days_ago=18)
    said = " ".join(words_of(ada, ordered(ada, house.clinic, pat))[0].split())
    made = today() - timedelta(days=18)
    assert moments.day_of(made) in said
    assert made.isoformat() not in said
    assert said.count("Disclosed to others") == 1
    assert "Written down " in said
    for of_what_was_sent in ("Sent ", "reference"):
        assert of_what_was_sent not in said


def test_in_a_copy_no_heading_stands_alone_at_the_foot_of_a_page() -> None:
    style = render_to_string("office/persons/export.css")
    part = (
        "<section><h2>Disclosed</h2><p class='small'>Written down</p>"
        "<dl><div><dt>Day</dt><dd>Today</dd></div></dl></section>"
    )
    above = "<p style='break-before: page; margin: 0; height: {}mm'>Above</p>"
    page = "".join(above.format(height) + part for height in range(205, 256, 3))
    whole = f"<html lang='en'><title>A copy</title>{page}</html>"
    reader = pypdf.PdfReader(io.BytesIO(pdf.drawn(whole, style)))
    feet = [foot_of(one.extract_text()) for one in reader.pages]
    assert {foot for foot in feet if foot} == {"Above", "Today"}


def foot_of(page: str) -> str:
    """Return the last line of a page above its number."""
    lines = [line for line in page.splitlines() if line and not re.match(r"\d+ / \d+", line)]
    return lines[-1] if lines else ""


def test_a_joined_person_stands_once_in_the_accounting_unless_something_differs(
    house: House, ada: Client, pat: UUID
) -> None:
    same = house.person(name="Pat Winters", born=date(1984, 3, 9))
    other = house.person(name="Patricia Winters")
    for one in (same, other):
        persons.join(house.viewer(), person=one, into=pat, reason="One passport")
    page = accounting(ada, pat)
    assert page.count("Pat Winters, born") == 1
    assert page.count("Patricia Winters") == 1


def test_on_paper_the_accounting_says_the_day_and_leads_nowhere(
    house: House, ada: Client, pat: UUID
) -> None:
    noted(house, pat)
    page = accounting(ada, pat)
    assert not re.search(r">Today \d", page)
    assert f'<a class="act-link" href="/persons/{pat}/report/"' in page  # `act-link`: not printed


def test_the_page_that_erases_warns_of_an_accounting_that_would_be_lost(
    house: House, ada: Client, pat: UUID
) -> None:
    show_both_steps(ada, house.people["Ada"], "erase")
    address, warning = f"/persons/{pat}/erase/", "wants the accounting kept for six years"
    other = house.person(name="Somebody else")
    noted(house, other)
    assert warning not in text_of(ada.get(address))
    mistaken = noted(house, pat)
    noted(house, pat)
    assert "2 disclosures to others are written down for this person" in text_of(ada.get(address))
    actions.find_mistaken(house.viewer(), disclosure=mistaken, reason="Wrong chart")
    page = text_of(ada.get(address))
    assert "1 disclosure to others is written down for this person" in page
    assert warning in page
    assert f'href="/persons/{pat}/disclosures/"' in page


@pytest.mark.parametrize("who", ["Ben", "Dee"])
def test_who_may_not_erase_is_not_told_what_would_be_lost(
    house: House, pat: UUID, who: str
) -> None:
    with pytest.raises(NotPermitted):
        outside.count_to_lose(house.viewer(who), pat)
    with pytest.raises(OutOfReach):
        outside.count_to_lose(house.viewer("Cy"), pat)


@pytest.mark.parametrize("who", ["Dee", "Abe"])
def test_who_opens_no_persons_neither_reads_nor_writes_it(
    house: House, pat: UUID, who: str
) -> None:
    note, browser = noted(house, pat), house.browser(who)
    for address in (
        f"/persons/{pat}/disclosures/",
        f"/persons/{pat}/disclosures/add/",
        f"/disclosures/{note}/mistake/",
    ):
        assert browser.get(address).status_code == 403
    for act in (
        lambda: noted(house, pat, who=who),
        lambda: actions.find_mistaken(house.viewer(who), disclosure=note, reason="No"),
        lambda: outside.of_person(house.viewer(who), pat),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_another_organisations_is_not_there(house: House, pat: UUID) -> None:
    note, cy = noted(house, pat), house.browser("Cy")
    for person, disclosure in ((pat, note), (uuid7(), uuid7())):
        assert cy.get(f"/persons/{person}/disclosures/").status_code == 404
        assert cy.post(f"/persons/{person}/disclosures/add/", sent()).status_code == 404
        assert cy.post(f"/disclosures/{disclosure}/mistake/", {"reason": "x"}).status_code == 404
    with pytest.raises(OutOfReach):
        noted(house, uuid7())
    assert len(outside.of_person(house.viewer(), pat)) == 1


def test_a_member_of_another_location_neither_reads_nor_writes_it(house: House, pat: UUID) -> None:
    note = noted(house, pat)
    bound = replace(house.viewer("Ben"), locations=frozenset({uuid7()}))
    for act in (
        lambda: outside.of_person(bound, pat),
        lambda: outside.one(bound, note),
        lambda: actions.find_mistaken(bound, disclosure=note, reason="No"),
        lambda: actions.note(bound, person=pat, **told()),
    ):
        with pytest.raises(OutOfReach):
            act()


def test_the_trail_names_the_person_and_says_no_word_of_it(house: House, pat: UUID) -> None:
    noted(house, pat)
    found = page_of_entries(house.viewer(), about=pat, kinds=["persons:disclosure:note"])
    [entry] = found.entries
    assert "County" not in repr(entry.payload)
