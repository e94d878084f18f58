"""Facts of a person put right by a colleague: found by what is right, told on the trail, sealed."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.persons import actions, queries
from keepwell.safeguards.persons.errors import FactsChanged, ReasonMissing
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.at_once import at_once
from tests.office.rooms import House, text_of

BORN = date(1984, 3, 9)
OPEN = "records:fields:open"
CHANGE = "persons:person:change"
WHY = "As it stands on the insurance card"
RIGHT = {
    "name": "Patrizia Winterbourne",
    "born": "1948-09-03",
    "email": "patrizia@example.org",
    "telephone": "+1 555 0987",
    "reason": WHY,
}
TIMES = 6
_HIDDEN = re.compile(r'type="hidden" name="(seen|once)" value="([0-9a-f-]{36})"')


def address_of(person: UUID) -> str:
    return f"/persons/{person}/facts/"


def shown(browser: Client, person: UUID) -> dict[str, str]:
    """Open the form; return what it holds, as it would be sent unchanged."""
    page = text_of(browser.get(address_of(person)))
    kept = {"name": "Pat Winters", "born": BORN.isoformat(), "telephone": "+1 555 0123"}
    assert re.search('<input type="email" name="email"(?![^>]* value=)', page)
    for value in kept.values():
        assert f'value="{value}"' in page
    return {**kept, "reason": WHY, **dict(_HIDDEN.findall(page))}


def seen(house: House, person: UUID) -> UUID:
    return queries.person_with(house.viewer(), person).entry_id


def facts(**instead: Any) -> actions.Facts:
    said: actions.Facts = {
        "name": "Pat Winters",
        "born": BORN,
        "email": None,
        "telephone": "+1 555 0123",
    }
    return said | cast("actions.Facts", instead)


def found(house: House, **by: Any) -> set[UUID]:
    return {one.pk for one in queries.persons_found(house.viewer(), **by).rows}


def test_what_is_corrected_is_found_by_the_new_and_not_by_the_old(
    house: House, ada: Client, pat: UUID
) -> None:
    old: list[dict[str, Any]] = [
        {"name": "Pat Winters"},
        {"born": BORN},
        {"telephone": "+1 555 0123"},
    ]
    assert all(found(house, **by) == {pat} for by in old)
    answer = ada.post(address_of(pat), shown(ada, pat) | RIGHT)
    assert (answer.status_code, answer["Location"]) == (302, f"/persons/{pat}/")
    new: list[dict[str, Any]] = [
        {"name": "Winterbourne Patrizia"},
        {"born": date(1948, 9, 3)},
        {"telephone": "+1 555 0987"},
    ]
    assert all(found(house, **by) == {pat} for by in new)
    assert all(found(house, **by) == set() for by in old)
    page = text_of(ada.get(f"/persons/{pat}/?for=care"))
    assert "The facts are corrected." in page
    assert "Corrected by a colleague" in page
    assert "As this person wrote" not in page
    for value in set(RIGHT.values()) - {WHY}:
        assert value in page.replace("<wbr>", "")


def test_the_trail_names_the_fields_and_holds_no_value(
    house: House, ada: Client, pat: UUID
) -> None:
    ada.post(address_of(pat), shown(ada, pat) | RIGHT | {"born": BORN.isoformat()})
    [said] = house.payloads(CHANGE)
    [about] = said.subjects
    assert (about.model, about.ids, about.persons) == ("persons.person", (pat,), (pat,))
    assert set(about.fields) == {"name", "email", "telephone"}
    assert (said.actor, said.reason) == (house.people["Ada"].user.pk, WHY)
    for value in ("Winter", "Patrizia", "patrizia", "0123", "0987", "1984"):
        assert value not in repr(said)
    [entry] = house.entries(CHANGE)
    page = text_of(ada.get(f"/trail/{entry.index}/"))
    assert "corrected the facts of a person" in page
    assert WHY in page


def test_opening_the_form_is_recorded_and_sending_it_opens_nothing(
    house: House, ada: Client, pat: UUID
) -> None:
    given = shown(ada, pat)
    [opened] = house.payloads(OPEN)
    assert opened.subjects[0].ids == (pat,)
    assert set(opened.subjects[0].fields) == {"name", "born", "telephone"}, "all that was given"
    assert opened.purpose == "operations"
    ada.post(address_of(pat), given | RIGHT)
    assert len(house.payloads(OPEN)) == 1


def test_only_who_saw_a_person_opened_is_led_there_from_it(ada: Client, pat: UUID) -> None:
    link = f'href="{address_of(pat)}"'
    assert link in text_of(ada.get(f"/persons/{pat}/?for=care"))
    assert link not in text_of(ada.get(f"/persons/{pat}/"))


def test_a_number_that_is_somebody_elses_is_taken_out_and_the_trail_says_which_field(
    house: House, ada: Client, pat: UUID
) -> None:
    ada.post(address_of(pat), shown(ada, pat) | {"telephone": ""})
    assert found(house, telephone="+1 555 0123") == set()
    assert found(house, born=BORN) == {pat}
    [said] = house.payloads(CHANGE)
    assert said.subjects[0].fields == ("telephone",)
    with wall.reading(house.clinic.organisation.id):
        row = Person.objects.filter(pk=pat).values("telephone", "telephone_token").get()
    assert row == {"telephone": None, "telephone_token": None}


def test_what_was_never_given_is_added(house: House, ada: Client) -> None:
    bare = house.person(name="Pat Winters")
    page = text_of(ada.get(address_of(bare)))
    given = {"name": "Pat Winters", "born": "1984-03-09", "telephone": "", "reason": WHY}
    answer = ada.post(address_of(bare), given | dict(_HIDDEN.findall(page)))
    assert answer.status_code == 302
    assert found(house, born=BORN) == {bare}
    assert house.payloads(CHANGE)[0].subjects[0].fields == ("born",)


def test_an_address_that_a_patient_wrote_is_opened_put_right_and_taken_out(
    house: House, ada: Client
) -> None:
    one = house.person(name="Pat Winters", email="pat@exmaple.org")
    page = text_of(ada.get(address_of(one)))
    assert 'value="pat@exmaple.org"' in page
    given = {"name": "Pat Winters", "reason": WHY, **dict(_HIDDEN.findall(page))}
    assert ada.post(address_of(one), given | {"email": " pat@example.org "}).status_code == 302
    assert "pat<wbr>@example.org" in text_of(ada.get(f"/persons/{one}/?for=care"))
    anew = dict(_HIDDEN.findall(text_of(ada.get(address_of(one)))))
    assert ada.post(address_of(one), given | anew).status_code == 302
    assert "pat<wbr>" not in text_of(ada.get(f"/persons/{one}/?for=care"))
    assert [said.subjects[0].fields for said in house.payloads(CHANGE)] == [("email",)] * 2


def test_matches_are_worked_out_anew(house: House, ada: Client, pat: UUID) -> None:
    other = house.person(name="Pat Winter", born=BORN)
    assert "Is this the same person?" not in text_of(ada.get(f"/persons/{pat}/"))
    actions.correct_person(
        house.viewer(), person=other, seen=seen(house, other), reason=WHY, **facts(telephone=None)
    )
    assert "Is this the same person?" in text_of(ada.get(f"/persons/{pat}/"))
    actions.correct_person(
        house.viewer(), person=pat, seen=seen(house, pat), reason=WHY, **facts(name="Pam Winters")
    )
    assert "Is this the same person?" not in text_of(ada.get(f"/persons/{pat}/"))


def test_of_joined_persons_each_source_is_corrected_by_itself(
    house: House, ada: Client, pat: UUID
) -> None:
    other = house.person(name="Pat Winters", born=BORN)
    actions.join(house.viewer(), person=other, into=pat, reason=WHY)
    page = text_of(ada.get(f"/persons/{pat}/?for=care"))
    assert all(address_of(one) in page for one in (pat, other))
    ada.post(address_of(pat), shown(ada, pat) | RIGHT)
    assert found(house, name="Pat Winters") == {other}
    assert house.whole(pat) == {pat, other}


def test_nothing_changed_says_so_and_writes_nothing(house: House, ada: Client, pat: UUID) -> None:
    before = seen(house, pat)
    answer = ada.post(address_of(pat), shown(ada, pat) | {"name": " Pat Winters "}, follow=True)
    assert "Nothing was different" in text_of(answer)
    assert house.payloads(CHANGE) == []
    assert seen(house, pat) == before
    assert "Corrected by a colleague" not in text_of(ada.get(f"/persons/{pat}/?for=care"))


def test_blanks_that_were_sent_with_a_name_are_no_correction(house: House, ada: Client) -> None:
    blank = house.person(name=" Pat Winters ", born=BORN, telephone="+1 555 0123")
    assert not actions.correct_person(
        house.viewer(), person=blank, seen=seen(house, blank), reason=WHY, **facts()
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"reason": "x" * 501},
        {"born": "1984-13-40"},
        {"born": (date.today() + timedelta(days=3)).isoformat()},  # noqa: DTZ011  of this machine
        {"telephone": "none"},
        {"email": "pat at example.org"},
        {"email": "x" * 250 + "@example.org"},
        {"name": "x" * 301},
    ],
)
def test_what_cannot_be_used_is_asked_for_and_nothing_is_changed(
    house: House, ada: Client, pat: UUID, wrong: dict[str, str]
) -> None:
    given = shown(ada, pat) | RIGHT
    again = ada.post(address_of(pat), given | wrong)
    assert again.status_code == 422
    assert dict(_HIDDEN.findall(text_of(again))) == {one: given[one] for one in ("seen", "once")}
    assert house.payloads(CHANGE) == []
    assert ada.post(address_of(pat), given).status_code == 302


def test_the_second_of_two_who_edit_overwrites_nothing_and_is_told(
    house: House, ada: Client, pat: UUID
) -> None:
    ben = house.browser("Ben")
    mine, theirs = shown(ada, pat), shown(ben, pat)
    ben.post(address_of(pat), theirs | {"telephone": "+1 555 0666"})
    answer = ada.post(address_of(pat), mine | RIGHT)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "corrected by somebody else since you opened this page" in page
    assert "Patrizia Winterbourne" in page, "what was typed is there to be typed again"
    assert found(house, telephone="+1 555 0666") == {pat}
    assert len(house.payloads(CHANGE)) == 1
    assert ada.post(address_of(pat), mine | RIGHT).status_code == 409
    anew = dict(_HIDDEN.findall(text_of(ada.get(address_of(pat)))))
    assert ada.post(address_of(pat), mine | RIGHT | anew).status_code == 302


@pytest.mark.parametrize("stamp", ["", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_who_has_not_looked_learns_nothing_by_guessing(
    house: House, ada: Client, pat: UUID, stamp: str
) -> None:
    given = {"name": "Pat Winters", "born": BORN.isoformat(), "telephone": "+1 555 0123"}
    answer = ada.post(address_of(pat), given | {"reason": WHY, "seen": stamp})
    assert answer.status_code == 409


def test_of_several_at_once_one_is_kept(house: House, pat: UUID) -> None:
    stamp = seen(house, pat)

    def correct(number: int) -> bool:
        try:
            return actions.correct_person(
                house.viewer(), person=pat, seen=stamp, reason=WHY, **facts(name=f"Pat {number}")
            )
        except FactsChanged:
            return False

    kept = at_once([partial(correct, number) for number in range(TIMES)])
    assert kept.count(True) == 1
    assert len(house.payloads(CHANGE)) == 1
    assert found(house, name=f"Pat {kept.index(True)}") == {pat}


def test_a_form_pressed_several_times_corrects_once_and_answers_alike(
    house: House, ada: Client, pat: UUID
) -> None:
    given = shown(ada, pat) | RIGHT

    def press() -> tuple[int, str]:
        answer = house.browser("Ada").post(address_of(pat), given)
        return answer.status_code, answer.headers.get("Location", "")

    assert set(at_once([press] * TIMES)) == {(302, f"/persons/{pat}/")}
    assert len(house.payloads(CHANGE)) == 1


@pytest.mark.parametrize("who", ["Dee", "Abe", "Tom"])
def test_who_works_with_no_records_corrects_none(house: House, pat: UUID, who: str) -> None:
    house.people["Tom"] = house.clinic.add("Tom", Role.TECHNICIAN)
    browser, stamp = house.browser(who), str(seen(house, pat))
    assert browser.get(address_of(pat)).status_code == 403
    assert browser.post(address_of(pat), RIGHT | {"seen": stamp}).status_code == 403
    viewer = replace(house.viewer("Dee"), role="technician") if who == "Tom" else house.viewer(who)
    with pytest.raises(NotPermitted):
        actions.correct_person(viewer, person=pat, seen=UUID(stamp), reason=WHY, **facts(name="No"))
    assert house.payloads(CHANGE, OPEN) == []


def test_who_may_change_and_not_open_learns_nothing(house: House, pat: UUID) -> None:
    raised = replace(house.viewer("Abe"), raised=frozenset({"person:change"}))
    with pytest.raises(NotPermitted):
        actions.correct_person(raised, person=pat, seen=seen(house, pat), reason=WHY, **facts())


def test_a_member_corrects_and_the_action_asks_why(house: House, pat: UUID) -> None:
    viewer, stamp = house.viewer("Ben"), seen(house, pat)
    with pytest.raises(ReasonMissing):
        actions.correct_person(viewer, person=pat, seen=stamp, reason=" ", **facts(name="Pam"))
    assert actions.correct_person(viewer, person=pat, seen=stamp, reason=WHY, **facts(name="Pam"))


def test_another_organisations_person_unknown_and_erased_ones_are_not_there(
    house: House, ada: Client, pat: UUID
) -> None:
    stamp, cy = seen(house, pat), house.browser("Cy")
    for browser, person in ((cy, pat), (ada, uuid7())):
        assert browser.get(address_of(person)).status_code == 404
        assert browser.post(address_of(person), RIGHT | {"seen": stamp}).status_code == 404
    actions.erase_person(house.viewer(), person=pat, reason="Asked for it")
    assert ada.get(address_of(pat)).status_code == 404
    assert ada.post(address_of(pat), RIGHT | {"seen": stamp}).status_code == 404


def test_what_is_kept_is_sealed_anew_and_the_earlier_words_are_gone(
    house: House, pat: UUID
) -> None:
    posted: Any = Person._meta.get_field("name").postings

    def words() -> set[int]:
        with wall.reading(house.clinic.organisation.id):
            return set(posted.objects.filter(row_id=pat).values_list("token", flat=True))

    before = words()
    actions.correct_person(
        house.viewer(), person=pat, seen=seen(house, pat), reason=WHY, **facts(name="Zoe Quinn")
    )
    assert before
    assert words()
    assert not before & words()
    with wall.reading(house.clinic.organisation.id):
        row = Person.objects.filter(pk=pat).values().get()
    assert "Quinn" not in repr(row)
    assert b"Quinn" not in repr(row).encode()
    assert row["corrected"] <= clock.now()
