"""Pages over persons: what opens is recorded, joining says why, erasing touches one only."""

import re
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import escape

from keepwell.office.persons.views import PAGE_ROWS
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.persons import queries
from keepwell.safeguards.records.disclosure import disclose
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.office.rooms import House, text_of
from tests.people import show_both_steps

BORN = date(1984, 3, 9)
WHY = "same telephone, confirmed by a call"
OPEN = "records:fields:open"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def twin(house: House, pat: UUID) -> UUID:
    """Make somebody of Pat's name and birth date."""
    return house.person(name="Pat Winters", born=BORN, telephone="+1 555 0199")


def joined(client: Client, pat: UUID, twin: UUID) -> Any:
    return client.post(f"/persons/{pat}/join/{twin}/", {"reason": WHY})


def test_the_list_opens_names_says_how_many_and_is_one_entry(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    page = text_of(ada.get("/persons/"))
    assert page.count("Pat Winters") == 2
    assert "<strong>2 names</strong>" in page
    (opened,) = house.payloads(OPEN)
    assert opened.purpose == "care"
    assert {id_ for subject in opened.subjects for id_ in subject.ids} == {pat, twin}
    assert opened.request is not None


def test_an_auditor_sees_that_there_are_persons_and_no_name(house: House, pat: UUID) -> None:
    response = house.browser("Dee").get("/persons/")
    assert response.status_code == 200
    assert "Pat Winters" not in text_of(response)
    assert "Sealed" in text_of(response)
    assert house.payloads(OPEN) == []


def test_an_auditor_finds_by_what_an_index_knows_and_opens_nothing(house: House, pat: UUID) -> None:
    dee = house.browser("Dee")
    asked = dee.get("/persons/").content.decode()
    assert 'name="born"' in asked
    assert 'name="name"' not in asked
    found = dee.post("/persons/", {"born": "1984-03-09", "name": "nobody at all"})
    assert f"/persons/{pat}/report/" in found.content.decode()
    assert "Pat Winters" not in text_of(found)
    assert house.payloads(OPEN) == []
    [looked] = house.payloads("persons:person:find")
    assert looked.actor == house.people["Dee"].user.pk
    assert looked.subjects[0].ids == (pat,)
    assert "Nobody found" in text_of(dee.post("/persons/", {"born": "1901-01-01"}))
    assert len(house.payloads("persons:person:find")) == 2, "who looks and finds nobody, too"
    only_name = dee.post("/persons/", {"name": "Pat"})
    assert only_name.status_code == 422
    assert "Give the date of birth or a telephone number." in text_of(only_name)
    for wrong in ("Abe", "Cy"):
        page = house.browser(wrong).post("/persons/", {"born": "1984-03-09"})
        assert str(pat) not in page.content.decode()


def test_pages_of_the_list_follow_each_other_without_gap(house: House, ada: Client) -> None:
    made = [house.person(name=f"Patient {number:02}") for number in range(26)]
    first = text_of(ada.get("/persons/"))
    assert "Patient 01" in first
    assert "Patient 00" not in first
    older = text_of(ada.get(f"/persons/?before={made[1]}"))
    assert "Patient 00" in older
    assert "Patient 01" not in older


def test_facts_stay_sealed_until_a_purpose_is_said(house: House, ada: Client, pat: UUID) -> None:
    sealed = text_of(ada.get(f"/persons/{pat}/"))
    assert "Pat Winters" not in sealed
    assert house.payloads(OPEN) == []
    opened = text_of(ada.get(f"/persons/{pat}/?for=person-request"))
    assert "Pat Winters" in opened
    assert "+1 555 0123" in opened
    (payload,) = house.payloads(OPEN)
    assert payload.purpose == "person-request"
    assert set(payload.subjects[0].fields) == {"name", "born", "telephone"}


def test_a_purpose_that_does_not_exist_opens_nothing(house: House, ada: Client, pat: UUID) -> None:
    assert "Pat Winters" not in text_of(ada.get(f"/persons/{pat}/?for=curiosity"))
    assert house.payloads(OPEN) == []


def test_the_page_says_who_opened_any_source_of_the_person(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    row = queries.person_with(house.viewer("Ben"), twin)
    with disclose(house.viewer("Ben"), "care") as scope:  # this source alone
        scope.open([row], "name")
    joined(ada, pat, twin)
    page = text_of(ada.get(f"/persons/{pat}/"))
    assert "<strong>Ben</strong> opened" in page


def test_equal_name_and_birth_date_are_offered_side_by_side(
    ada: Client, pat: UUID, twin: UUID
) -> None:
    sealed = text_of(ada.get(f"/persons/{pat}/"))
    assert "1 possible match" in sealed
    assert "555 0199" not in sealed
    opened = text_of(ada.get(f"/persons/{pat}/?for=care"))
    assert "+1 555 0123" in opened
    assert "+1 555 0199" in opened
    assert f"/persons/{pat}/join/{twin}/" in opened


def test_a_shared_telephone_alone_is_no_offer(house: House, ada: Client, pat: UUID) -> None:
    house.person(name="Sam Winters", born=BORN, telephone="+1 555 0123")
    assert "possible match" not in text_of(ada.get(f"/persons/{pat}/"))


def test_joining_needs_a_reason_and_keeps_the_page(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    response = ada.post(f"/persons/{pat}/join/{twin}/", {"reason": "  "})
    assert response.status_code == 422
    assert "Say why" in text_of(response)
    assert house.whole(pat) == {pat}


def test_a_join_and_its_undo(house: House, ada: Client, pat: UUID, twin: UUID) -> None:
    assert joined(ada, pat, twin).status_code == 302
    assert house.whole(pat) == {pat, twin}
    page = text_of(ada.get(f"/persons/{pat}/?for=care"))
    assert "Source 2" in page
    assert "+1 555 0199" in page
    (join,) = queries.joins_of(house.viewer(), [pat, twin])
    assert f"/persons/joins/{join.pk}/undo/" in page
    undone = ada.post(f"/persons/joins/{join.pk}/undo/", {"reason": "two brothers"})
    assert undone.status_code == 302
    assert house.whole(pat) == {pat}
    begun, parted = house.payloads("persons:join:begin", "persons:join:undo")
    assert (begun.reason, parted.reason) == (WHY, "two brothers")


def test_an_offer_joins_all_that_are_one_with_it(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    third = house.person(name="Pat Winters", born=BORN)
    joined(ada, twin, third)
    assert joined(ada, pat, third).status_code == 302
    assert house.whole(pat) == {pat, twin, third}


def test_only_who_is_offered_can_be_joined(house: House, ada: Client, pat: UUID) -> None:
    other = house.person(name="Rosa", born=BORN)
    assert joined(ada, pat, other).status_code == 404
    assert house.whole(pat) == {pat}


def test_erasing_says_what_ends_and_needs_a_reason(house: House, ada: Client, pat: UUID) -> None:
    show_both_steps(ada, house.people["Ada"], "erase")
    page = text_of(ada.get(f"/persons/{pat}/erase/"))
    for heading in ("What ends", "What stays", "Who is told"):
        assert heading in page
    assert "Pat Winters" not in page
    assert ada.post(f"/persons/{pat}/erase/", {}).status_code == 422
    assert house.whole(pat) == {pat}


def test_erasing_one_person_leaves_the_joined_one_readable(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    joined(ada, pat, twin)
    show_both_steps(ada, house.people["Ada"], "erase")
    assert ada.post(f"/persons/{pat}/erase/", {"reason": "asked for it"}).status_code == 302
    assert house.browser("Ben").get(f"/persons/{pat}/").status_code == 404
    page = text_of(ada.get(f"/persons/{twin}/?for=care"))
    assert "+1 555 0199" in page
    assert house.payloads("persons:person:erase")[0].reason == "asked for it"


def test_without_both_steps_again_nobody_is_erased(house: House, ada: Client, pat: UUID) -> None:
    address = f"/persons/{pat}/erase/"
    asked = f"/account/again/erase/?next={quote(address, safe='')}"
    assert ada.get(address)["Location"] == asked
    assert ada.post(address, {"reason": "asked for it"})["Location"] == f"{asked}&unsent=1"
    assert house.whole(pat) == {pat}
    show_both_steps(ada, house.people["Ada"], "erase")
    with clock.moved(5 * 60):
        assert ada.post(address, {"reason": "asked for it"})["Location"] == f"{asked}&unsent=1"
    assert house.payloads("persons:person:erase") == []
    assert ada.post(address, {"reason": "asked for it"})["Location"].endswith("/erased/?now=1")


@pytest.mark.parametrize("name", ["Ben", "Dee", "Abe"])
def test_nobody_but_the_owner_erases(house: House, pat: UUID, name: str) -> None:
    response = house.browser(name).post(f"/persons/{pat}/erase/", {"reason": "tidying up"})
    assert response.status_code == 403
    with disclose(house.viewer(), "care") as scope:
        (row,) = scope.open([queries.person_with(house.viewer(), pat)], "name")
        assert row.name.open() == "Pat Winters"


@pytest.mark.parametrize(("name", "status"), [("Ben", 200), ("Dee", 403), ("Abe", 403)])
def test_who_may_open_a_person(house: House, pat: UUID, name: str, status: int) -> None:
    assert house.browser(name).get(f"/persons/{pat}/?for=care").status_code == status


def test_a_stranger_is_answered_as_for_an_id_that_never_was(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    joined(ada, pat, twin)
    (join,) = queries.joins_of(house.viewer(), [pat, twin])
    cy, nobody = house.browser("Cy"), uuid7()
    for there in (
        f"/persons/{pat}/?for=care",
        f"/persons/{pat}/join/{twin}/",
        f"/persons/{pat}/erase/",
        f"/persons/joins/{join.pk}/undo/",
    ):
        never = there.replace(str(pat), str(nobody)).replace(str(join.pk), str(nobody))
        found = [cy.get(address) for address in (there, never)]
        assert [response.status_code for response in found] == [404, 404]
        seen = [_without_reference(text_of(response)) for response in found]
        assert seen[0] == seen[1]


def _without_reference(page: str) -> str:
    """Leave out what each page has of its own: number, token, seconds left, its own address."""
    own = r'value="\w{64}"|seconds(-in-all)?="\d+"|name="page" value="[^"]*"'
    return re.sub(own, "", page.partition("<h1>")[2])


def test_names_and_reasons_are_escaped(house: House, ada: Client) -> None:
    one = house.person(name=HOSTILE, born=BORN, email=HOSTILE)
    two = house.person(name=HOSTILE, born=BORN)
    ada.post(f"/persons/{one}/join/{two}/", {"reason": HOSTILE})
    index = house.entries("persons:join:begin")[0].index
    for address in ("/persons/", f"/persons/{one}/?for=care", f"/trail/{index}/", "/trail/"):
        page = text_of(ada.get(address))
        assert HOSTILE not in page, address
        assert escape(HOSTILE) in page, address


def looked_for(
    client: Client, name: str = "pat  WINTERS", born: str = "1984-03-09", telephone: str = ""
) -> Any:
    return client.post("/persons/", {"name": name, "born": born, "telephone": telephone})


def test_somebody_is_found_by_name_and_birth_date_and_nobody_else_is_opened(
    house: House, ada: Client, pat: UUID
) -> None:
    other = house.person(name="Rosa Delgado", born=BORN)
    page = text_of(looked_for(ada))
    assert f"/persons/{pat}/" in page
    assert f"/persons/{other}/" not in page
    (opened,) = house.payloads(OPEN)
    assert {id_ for subject in opened.subjects for id_ in subject.ids} == {pat}


@pytest.mark.parametrize("name", ["", "win", "Pat", "wi pa", "Pat Win"])
def test_a_birth_date_finds_with_the_beginning_of_a_name(
    house: House, ada: Client, pat: UUID, name: str
) -> None:
    assert f"/persons/{pat}/" in text_of(looked_for(ada, name))


@pytest.mark.parametrize("number", ["+1 555 0199", "(1) 555-0199", "001 5550199", "1.555.0199"])
@pytest.mark.parametrize("name", ["", "pat"])
def test_a_telephone_number_finds_however_it_is_typed(
    house: House, ada: Client, pat: UUID, twin: UUID, number: str, name: str
) -> None:
    page = text_of(looked_for(ada, name, "", number))
    assert f"/persons/{twin}/" in page
    assert f"/persons/{pat}/" not in page


def test_a_family_of_one_number_is_told_apart_by_the_birth_date(
    house: House, ada: Client, twin: UUID
) -> None:
    child = house.person(name="Kim Winters", born=date(2015, 1, 2), telephone="+1 555 0199")
    both = text_of(looked_for(ada, "", "", "+1 555 0199"))
    assert f"/persons/{child}/" in both
    assert f"/persons/{twin}/" in both
    page = text_of(looked_for(ada, "", "2015-01-02", "+1 555 0199"))
    assert f"/persons/{child}/" in page
    assert f"/persons/{twin}/" not in page


@pytest.mark.parametrize(
    ("name", "born", "telephone"),
    [
        ("Pat Winters", "1984-03-10", ""),
        ("Rosa", "1984-03-09", ""),
        ("inters", "1984-03-09", ""),
        ("", "1984-03-09", "+1 555 0198"),
        ("", "", "+1 555 0198"),
    ],
)
def test_who_is_not_known_is_not_found_and_opens_nobody(
    house: House, ada: Client, pat: UUID, name: str, born: str, telephone: str
) -> None:
    page = text_of(looked_for(ada, name, born, telephone))
    assert "Nobody found" in page
    assert f"/persons/{pat}/" not in page
    assert house.payloads(OPEN) == []


@pytest.mark.parametrize(
    ("asked", "said", "unsaid"),
    [
        (("", "", "555 0123"), "Give the whole telephone number", "beginning"),
        (("", "", "0123"), "Give the whole telephone number", "Nobody fits"),
        (("Rosa", "", "0123"), "leave one field empty. Give the whole telephone", "beginning"),
        (("win", "", ""), "Three letters of a beginning are not looked up", "telephone number,"),
        (("inters", "", ""), "check the spelling", "Three letters"),
        (("", "1984-03-10", ""), "Check day, month and year", "Nobody fits"),
        (("Rosa", "1984-03-09", ""), "leave one field empty", "telephone number,"),
    ],
)
def test_nobody_found_speaks_of_what_was_filled_in(
    ada: Client, pat: UUID, asked: tuple[str, str, str], said: str, unsaid: str
) -> None:
    page = text_of(looked_for(ada, *asked))
    told = page[page.index("Nobody found") :]
    assert said in told
    assert unsaid not in told


def test_the_fields_say_what_finds(ada: Client) -> None:
    page = text_of(ada.get("/persons/"))
    assert "Four letters of a word, or a whole word." in page
    assert "The whole number, with area code." in page
    added = text_of(ada.get("/persons/add/"))
    assert "Four letters" not in added
    assert "area code" not in added


def test_those_who_are_joined_are_found_once(
    house: House, ada: Client, pat: UUID, twin: UUID
) -> None:
    joined(ada, pat, twin)
    assert text_of(looked_for(ada)).count('class="title"') == 1


@pytest.mark.parametrize("name", ["winters", "WINT", "Pat", "wint pa", "Winters, P."])
def test_a_name_alone_finds_whose_words_begin_so(
    house: House, ada: Client, pat: UUID, name: str
) -> None:
    other = house.person(name="Rosa Delgado", born=BORN)
    page = text_of(looked_for(ada, name, born=""))
    assert f"/persons/{pat}/" in page
    assert f"/persons/{other}/" not in page
    (opened,) = house.payloads(OPEN)
    assert {id_ for subject in opened.subjects for id_ in subject.ids} == {pat}


@pytest.mark.parametrize("name", ["inters", "win", "Pat Delgado", "Wintersome", "-"])
def test_a_name_that_nobody_has_finds_nobody(
    house: House, ada: Client, pat: UUID, name: str
) -> None:
    assert "Nobody found" in text_of(looked_for(ada, name, born=""))
    assert house.payloads(OPEN) == []


def test_more_than_a_page_of_one_name_says_so(house: House, ada: Client) -> None:
    for _one in range(PAGE_ROWS + 1):
        house.person(name="Pat Winters", born=BORN)
    page = text_of(looked_for(ada, "winters", born=""))
    assert page.count('class="title"') == PAGE_ROWS
    assert "There are more" in page


@pytest.mark.parametrize(
    ("name", "telephone", "said"),
    [("", "", "Give a name, the date of birth"), ("Pat", "12-3", "at least 4 digits")],
)
def test_a_question_for_nobody_is_asked_again_and_opens_nobody(
    house: House, ada: Client, pat: UUID, name: str, telephone: str, said: str
) -> None:
    response = looked_for(ada, name, born="", telephone=telephone)
    assert response.status_code == 422
    assert said in text_of(response)
    assert house.payloads(OPEN) == []


def test_whoever_may_not_open_names_may_not_look_for_them(house: House, pat: UUID) -> None:
    abe = house.browser("Abe")
    assert 'name="born"' not in text_of(abe.get("/persons/"))
    assert looked_for(abe).status_code == 403
    with pytest.raises(NotPermitted):
        queries.persons_found(house.viewer("Dee"), name="Winters", born=BORN)
    with pytest.raises(NotPermitted):
        queries.persons_found(house.viewer("Abe"), name="Winters")


def test_nobody_of_another_organisation_is_found(house: House, pat: UUID) -> None:
    assert "Nobody found" in text_of(looked_for(house.browser("Cy")))
