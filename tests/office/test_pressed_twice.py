"""A button pressed twice makes one thing, and the second answer is the answer of the first."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keepwell.products.forms.queries.authoring import forms_of
from keepwell.safeguards.access.locations.queries import open_locations
from keepwell.safeguards.access.once import COUNTS_FOR, id_from
from keepwell.safeguards.persons.outside import queries as outside
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7, uuid7_from
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.lost_phones import proven
from tests.office.rooms import House, text_of
from tests.office.test_disclosures import sent
from tests.office.test_reports import asked
from tests.products.forms.pages.patients import INTAKE, publish

TIMES = 6
_TOKEN = re.compile(r'name="once" value="([0-9a-f-]{36})"')


def token_of(browser: Client, address: str) -> str:
    """Return the token that a form carries."""
    [found] = _TOKEN.findall(text_of(browser.get(address)))
    return str(found)


def pressed(house: House, address: str, given: dict[str, str]) -> list[tuple[int, str]]:
    """Send the same form several times at the same moment; return what was answered."""

    def press() -> tuple[int, str]:
        answer = house.browser("Ada").post(address, given)
        return answer.status_code, answer.headers.get("Location", "")

    return at_once([press] * TIMES)


def test_a_disclosure_sent_many_times_at_once_is_in_the_accounting_once(
    house: House, ada: Client, pat: UUID
) -> None:
    address = f"/persons/{pat}/disclosures/add/"
    given = sent(once=token_of(ada, address))
    answers = pressed(house, address, given)
    assert set(answers) == {(302, f"/persons/{pat}/disclosures/")}
    assert ada.post(address, given).status_code == 302, "and a moment later"
    assert len(outside.of_person(house.viewer(), pat)) == 1
    assert len(house.payloads("persons:disclosure:note")) == 1


def test_what_differs_is_written_down_even_with_an_old_token(
    house: House, ada: Client, pat: UUID
) -> None:
    address = f"/persons/{pat}/disclosures/add/"
    given = sent(once=token_of(ada, address))
    ada.post(address, given)
    ada.post(address, given | {"recipient": "Second recipient"})  # back in the browser
    assert len(outside.of_person(house.viewer(), pat)) == 2


def test_the_same_words_on_a_form_opened_anew_are_another_disclosure(
    house: House, ada: Client, pat: UUID
) -> None:
    address = f"/persons/{pat}/disclosures/add/"
    for _twice in range(2):
        ada.post(address, sent(once=token_of(ada, address)))
    ada.post(address, sent(once="nonsense"))
    assert len(outside.of_person(house.viewer(), pat)) == 3


def test_a_form_that_came_back_with_an_error_keeps_its_token(ada: Client, pat: UUID) -> None:
    address = f"/persons/{pat}/disclosures/add/"
    token = token_of(ada, address)
    again = ada.post(address, sent(once=token, what=""))
    assert again.status_code == 422
    assert _TOKEN.findall(text_of(again)) == [token]


def test_a_report_ordered_many_times_at_once_is_one_order(
    house: House, ada: Client, pat: UUID
) -> None:
    token = token_of(ada, f"/persons/{pat}/report/")
    assert _TOKEN.search(text_of(ada.get(f"/persons/{pat}/"))), "the person's page asks it too"
    answers = at_once([lambda: asked(house.browser("Ada"), pat, once=token)] * TIMES)
    [address] = {answer["Location"] for answer in answers}
    assert ada.get(address).status_code == 200
    assert len(house.payloads("persons:report:order")) == 1
    other = asked(ada, pat, once=token, reason="Another question")["Location"]
    assert other != address
    assert len(house.payloads("persons:report:order")) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda house, once: id_from(house.viewer("Ben"), once, "same"),
        lambda house, once: id_from(house.viewer("Cy"), once, "same"),
        lambda house, once: id_from(house.viewer(), once, "other"),
        lambda house, once: id_from(house.viewer(), uuid7(), "same"),
    ],
    ids=["another hand", "another organisation", "other words", "another form"],
)
def test_only_the_same_form_by_the_same_hand_is_the_same(
    house: House, change: Callable[[House, UUID], UUID]
) -> None:
    once = uuid7()
    made = id_from(house.viewer(), once, "same")
    assert made == id_from(house.viewer(), once, "same") != once
    assert change(house, once) != made


def test_a_token_that_is_old_or_of_the_future_is_as_good_as_none(house: House) -> None:
    day = COUNTS_FOR // timedelta(microseconds=1)
    for moment in (clock.now_us() - day - 1_000_000, clock.now_us() + 60_000_000):
        once = uuid7_from(moment, b"12345678")
        assert id_from(house.viewer(), once) != id_from(house.viewer(), once)


HILL = {"name": "Hillside", "telephone": "+1 555 0177", "hours": "", "address": ""}
NOA = {"name": "Noa", "email": "noa@example.org", "role": "member", "reason": "Begins on Monday"}


def letters() -> int:
    """Count the letters that Noa got."""
    return len([one for one in mailed() if one.to == NOA["email"]])


def test_a_location_added_many_times_at_once_is_one_and_nobody_is_told_off(
    house: House, ada: Client
) -> None:
    address = "/settings/locations/add/"
    given = HILL | {"once": token_of(ada, address)}
    assert set(pressed(house, address, given)) == {(302, "/settings/locations/")}
    assert [one.name for one in open_locations(house.viewer())].count("Hillside") == 1
    assert len(house.payloads("access:location:add")) == 1
    other = HILL | {"once": token_of(ada, address)}
    assert ada.post(address, other).status_code == 422, "another form says that the name is taken"


def test_an_invitation_sent_many_times_at_once_is_one_with_one_letter(
    house: House, ada: Client
) -> None:
    given = NOA | {"once": token_of(ada, "/members/invite/")}
    assert set(pressed(house, "/members/invite/", given)) == {(302, "/members/")}
    assert letters() == 1
    assert ada.post("/members/invite/", given).status_code == 302, "after the letter has gone"
    assert letters() == 1
    assert len(house.payloads("access:invitation:send")) == 1
    other = NOA | {"once": token_of(ada, "/members/invite/")}
    assert ada.post("/members/invite/", other).status_code == 422
    assert house.browser("Abe").post("/members/invite/", given).status_code == 422


def test_send_again_pressed_twice_sends_one_letter_whose_link_works(
    house: House, ada: Client
) -> None:
    ada.post("/members/invite/", NOA)
    assert letters() == 1
    page = text_of(ada.get("/members/"))
    [address] = re.findall(r'formaction="(/members/invitations/[0-9a-f-]+/send/)"', page)
    [token] = _TOKEN.findall(page)
    for _twice in range(2):
        assert ada.post(address, {"once": token}).status_code == 302
        assert letters() == 2, "the first, and one more"
    assert len(house.payloads("access:invitation:send")) == 2
    ada.post(address, {"once": token_of(ada, "/members/")})
    assert len(house.payloads("access:invitation:send")) == 3, "a page shown anew sends again"


def test_an_export_ordered_many_times_at_once_is_one_order(
    house: House, ada: Client, pat: UUID
) -> None:
    address = f"/persons/{pat}/export/"
    browser = proven(house, "Ada", address, "export")
    given = {"reason": "Asked for a copy", "once": token_of(browser, address)}
    answers = [browser.post(address, given) for _twice in range(2)]
    [made] = {answer["Location"] for answer in answers}
    assert browser.get(made).status_code == 200
    assert len(house.payloads("persons:export:order")) == 1


def test_another_link_asked_for_many_times_at_once_is_one(house: House, ada: Client) -> None:
    publish(house.clinic)
    [line] = forms_of(house.viewer())
    address = f"/forms/{line.form.pk}/"
    given = {"once": token_of(ada, address)}
    assert set(pressed(house, f"{address}links/", given)) == {(302, address)}
    assert len(house.payloads("forms:link:make")) == 2, "the first of the form, and one more"


def test_a_form_uploaded_many_times_at_once_is_one(house: House, ada: Client) -> None:
    token = token_of(ada, "/forms/upload/")

    def press() -> str:
        file = SimpleUploadedFile("intake.json", json.dumps(INTAKE).encode())
        browser = house.browser("Ada")
        answer = browser.post("/forms/upload/", {"definition": file, "once": token})
        return str(answer["Location"])

    assert len(set(at_once([press] * TIMES))) == 1
    assert len(forms_of(house.viewer())) == 1
