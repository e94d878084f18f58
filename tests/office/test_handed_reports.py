"""A report handed to the person it is about: who reads it by which answer, and when nobody does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.formats import date_format

from keepwell.office.persons import pdf
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.identity.models import OneTimeLink
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons.errors import ReportOfOthers
from keepwell.safeguards.persons.handed import queries, tries
from keepwell.safeguards.persons.handed.actions import giving
from keepwell.safeguards.persons.models import HandedReport
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock, spelled
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.conftest import BORN
from tests.office.rooms import House, text_of
from tests.office.test_reports import WHY, opened
from tests.office.test_shared_reports import ordered, report_id
from tests.people import browser

DAY, HOUR = 86_400, 3600
SENT = {"days": "7", "reason": "Asked for it at the desk"}
RIGHT = {"born_day": "9", "born_month": "3", "born_year": "1984"}
WRONG = {**RIGHT, "born_year": "1985"}
IN_HANDS = "Link by letter"
OVER = "This link does not open a report"


def letter(ada: Client, report: str) -> str:
    """Let Ada hand the report over by its page; return the letter."""
    answer = ada.post(f"{report}hand/", SENT)
    assert answer.status_code == 200, text_of(answer)
    return text_of(answer)


def link_in(page: str) -> str:
    found = re.search(r'typed">[^<]*?(/r/[0-9A-Z-]+/)<', page)
    assert found
    return found[1]


def code_in(page: str) -> str:
    found = re.search(r'spoken mono">([0-9A-Z-]+)<', page)
    return found[1] if found else ""


def read(link: str, answer: dict[str, str] | None = None, reader: Client | None = None) -> Any:
    """Answer at a link and follow to what it shows."""
    return (reader or browser()).post(link, answer or RIGHT, follow=True)


def row_of(house: House) -> HandedReport:
    with wall.reading(house.clinic.organisation.id):
        found: HandedReport = HandedReport.objects.latest("made")
    return found


@contextmanager
def in_hours(hours: float) -> Iterator[None]:
    with clock.moved(hours * HOUR + 1):
        yield


@pytest.fixture
def report(house: House, ada: Client, pat: UUID) -> str:
    """Have Ben open Pat's name, and a report that says so."""
    opened(house, "Ben", [pat], "name", why="checked the address")
    return ordered(house, ada, pat)


@pytest.fixture
def link(ada: Client, report: str) -> str:
    """Hand Pat the report."""
    return link_in(letter(ada, report))


# The letter.


def test_the_letter_names_the_clinic_and_nobody_else_and_is_shown_once(
    house: House, ada: Client, report: str
) -> None:
    page = letter(ada, report)
    article = page[page.index("<article") : page.index("</article>")]
    assert "Ashgrove Clinic" in article
    assert "<svg" in article
    for never in ("Pat", "Winters", "1984", "Ben"):
        assert never not in article
    assert "The page asks for your date of birth" in article
    assert mailed() == []
    again = text_of(ada.get(report))
    token = link_in(page).split("/")[2]
    assert IN_HANDS in again
    assert token not in again
    assert spelled.read(token) not in again


def test_only_hashes_are_kept(house: House, link: str) -> None:
    token = spelled.read_token(link.split("/")[2])
    assert token is not None
    row, door = row_of(house), OneTimeLink.objects.get(purpose="report")
    kept = f"{vars(row)} {vars(door)}"
    assert token not in kept
    assert len(token) * 5 >= 128


# Reading.


def test_the_right_birth_date_opens_the_report_and_no_name_is_in_it(
    house: House, report: str, link: str
) -> None:
    first = browser().get(link)
    assert first.status_code == 200
    asks = text_of(first)
    assert "Ashgrove Clinic" in asks
    assert "What is your date of birth?" in asks
    assert "checked the address" not in asks
    page = text_of(read(link))
    assert "Ben Member" in page.replace("</strong> (", " ").replace(")", "")
    assert "checked the address" in page
    assert "opened name" in page
    assert "Winters" not in page
    assert "signed log, as it was written" in page


def test_months_may_be_words_and_digits_of_any_script(link: str) -> None:
    page = read(link, {"born_day": "٩", "born_month": "March", "born_year": "1984"})
    assert "checked the address" in text_of(page)


def test_an_answer_opens_one_browser_for_half_an_hour(link: str) -> None:
    mine, other = browser(), browser()
    read(link, reader=mine)
    assert "checked the address" in text_of(mine.get(link))
    assert "What is your date of birth?" in text_of(other.get(link))
    with in_hours(0.5):
        assert "What is your date of birth?" in text_of(mine.get(link))


def test_closing_forgets_the_browser_at_once(link: str) -> None:
    mine = browser()
    read(link, reader=mine)
    handle = mine.cookies.copy()
    answer = mine.post(f"{link}close/")
    assert answer["Clear-Site-Data"] == '"cache"'
    mine.cookies.update(handle)  # somebody kept it
    assert "What is your date of birth?" in text_of(mine.get(link))


def test_a_stranger_cannot_close_what_is_open_elsewhere(link: str) -> None:
    mine = browser()
    read(link, reader=mine)
    browser().post(f"{link}close/")
    assert "checked the address" in text_of(mine.get(link))


def test_each_reading_is_on_the_trail_and_on_the_persons_page(
    house: House, ada: Client, pat: UUID, report: str, link: str
) -> None:
    mine = browser()
    read(link, reader=mine)
    mine.get(link)
    row = row_of(house)
    said = house.payloads("persons:report:read")
    assert [one.viewer_kind for one in said] == ["respondent"] * 2
    assert {id_ for one in said for subject in one.subjects for id_ in subject.ids} == {row.pk}
    assert {id_ for one in said for subject in one.subjects for id_ in subject.persons} == {pat}
    assert row.readings == 2
    assert "read 2 times" in text_of(ada.get(report))
    assert "read the report of who opened their own data" in text_of(ada.get(f"/persons/{pat}/"))


def test_asking_and_wrong_answers_open_nothing_on_record(house: House, link: str) -> None:
    before = len(house.entries("records:fields:open", "audit:trail:open"))
    browser().get(link)
    read(link, WRONG)
    ours = 1  # looking at the trail
    assert len(house.entries("records:fields:open", "audit:trail:open")) == before + ours


@pytest.mark.skipif(not pdf.is_available(), reason=pdf.NEEDED)
def test_the_pdf_is_for_whoever_has_answered(house: House, link: str) -> None:
    mine = browser()
    assert mine.get(f"{link}report.pdf").status_code == 302
    read(link, reader=mine)
    answer = mine.get(f"{link}report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert [one.detail["as"] for one in house.payloads("persons:report:read")] == ["page", "pdf"]


def test_the_handing_itself_is_on_the_trail_with_its_reason(
    house: House, pat: UUID, link: str
) -> None:
    [said] = house.payloads("persons:report:hand")
    assert said.reason == SENT["reason"]
    assert {id_ for one in said.subjects for id_ in one.persons} == {pat}


# Who gives a wrong answer.


def test_a_wrong_birth_date_shows_nothing_and_is_on_the_trail(house: House, link: str) -> None:
    mine = browser()
    answer = mine.post(link, WRONG)
    assert answer.status_code == 422
    assert "not the date of birth" in text_of(answer)
    assert "1985" not in text_of(answer)
    assert "What is your date of birth?" in text_of(mine.get(link))
    [said] = house.payloads("persons:report:answer")
    assert (said.outcome, said.detail["wrong"]) == ("refused", "1")


@pytest.mark.parametrize("typed", ["", "31", "x"])
def test_what_is_no_day_is_asked_again_and_is_no_guess(house: House, link: str, typed: str) -> None:
    answer = browser().post(link, {**RIGHT, "born_day": typed, "born_month": "2"})
    assert answer.status_code == 422
    assert "Give day, month and year of birth" in text_of(answer)
    assert row_of(house).wrong == 0


def test_five_wrong_answers_an_hour_then_even_the_right_one_waits(house: House, link: str) -> None:
    for _again in range(tries.MOST_IN_AN_HOUR):
        assert read(link, WRONG).status_code == 422
    answer = read(link)
    assert answer.status_code == 429
    assert "Ashgrove" not in text_of(answer)
    assert int(answer["Retry-After"]) <= HOUR
    with in_hours(1):
        assert "checked the address" in text_of(read(link))


def test_a_hundred_guesses_at_once_are_not_all_the_first(house: House, link: str) -> None:
    statuses = at_once([lambda: read(link, WRONG).status_code] * 8)
    assert sorted(statuses) == [422] * tries.MOST_IN_AN_HOUR + [429] * 3
    assert row_of(house).wrong == tries.MOST_IN_AN_HOUR


def test_after_twenty_wrong_answers_the_link_is_over_and_the_clinic_is_told(
    house: House, ada: Client, report: str, link: str
) -> None:
    for hour in range(4):
        with in_hours(hour):
            answers = [read(link, WRONG) for _again in range(tries.MOST_IN_AN_HOUR)]
    assert OVER in text_of(answers[-1])
    with in_hours(5):
        assert OVER in text_of(read(link))
    page = text_of(ada.get(report))
    assert "After 20 wrong answers" in page
    assert "Ended by itself" in page


def test_a_network_that_tries_links_that_never_were_has_to_wait(house: House) -> None:
    strange = f"/r/{spelled.new_token()}/"
    statuses = [read(strange).status_code for _again in range(51)]
    assert statuses == [404] * 50 + [429]


# The code.


def test_without_a_birth_date_on_record_a_code_is_told_once(house: House, ada: Client) -> None:
    nobody = house.person(name="Sam Doe")
    page = letter(ada, ordered(house, ada, nobody))
    article = page[page.index("<article") :]
    code, link = code_in(page), link_in(page)
    assert len(code.replace("-", "")) >= 8
    assert code not in article
    assert "a code that we tell you separately" in article
    asks = text_of(browser().get(link))
    assert "Code" in asks
    assert "date of birth" not in asks
    assert read(link, RIGHT).status_code == 422
    assert read(link, {"code": "22222-22222"}).status_code == 422
    assert "Nobody opened anything about you" in text_of(read(link, {"code": code.lower()}))


def test_a_code_opens_no_link_that_asks_for_a_birth_date(
    house: House, ada: Client, link: str
) -> None:
    assert read(link, {"code": ""}).status_code == 422
    assert read(link, {"code": "22222-22222"}).status_code == 422


# Ends.


def test_unknown_past_taken_back_and_guessed_links_answer_alike(
    house: House, ada: Client, pat: UUID, report: str, link: str
) -> None:
    def said(address: str) -> list[tuple[int, str]]:
        token = address.split("/")[2]
        answers = [browser().get(address), read(address), browser().get(f"{address}report.pdf")]
        answers += [browser().post(f"{address}close/")]
        pages = [text_of(one).replace(token, "") for one in answers]
        hidden = re.compile(r"csrfmiddlewaretoken[^>]*|[0-9a-f]{12}")
        return [
            (one.status_code, hidden.sub("", page))
            for one, page in zip(answers, pages, strict=True)
        ]

    never = said(f"/r/{spelled.new_token()}/")
    assert {status for status, _page in never} == {404}
    with clock.moved(7 * DAY + 60):
        assert said(link) == never
    ada.post(f"/reports/handed/{row_of(house).pk}/take-back/")
    assert said(link) == never
    guessed = link_in(letter(ada, report))
    with wall.writing(house.clinic.organisation.id):
        row_of(house).end()
    assert said(guessed) == never
    erased = link_in(letter(ada, report))
    persons.erase_person(house.viewer(), person=pat, reason=WHY)
    assert said(erased) == never


def test_taken_back_the_open_page_shows_nothing_at_the_next_request(
    house: House, ada: Client, report: str, link: str
) -> None:
    mine = browser()
    read(link, reader=mine)
    for _twice in range(2):
        answer = ada.post(f"/reports/handed/{row_of(house).pk}/take-back/")
        assert answer["Location"] == report
    assert OVER in text_of(mine.get(link))
    assert len(house.payloads("persons:report:withdraw")) == 1
    assert IN_HANDS not in text_of(ada.get(report))


def test_it_ends_by_itself_also_for_a_browser_that_has_answered(link: str) -> None:
    mine = browser()
    with clock.moved(7 * DAY - 60):
        read(link, reader=mine)
        assert "checked the address" in text_of(mine.get(link))
    with clock.moved(7 * DAY + 60):
        assert OVER in text_of(mine.get(link))


def test_erasing_the_person_ends_it(house: House, pat: UUID, link: str) -> None:
    mine = browser()
    read(link, reader=mine)
    persons.erase_person(house.viewer(), person=pat, reason=WHY)
    assert OVER in text_of(mine.get(link))


def test_a_new_letter_ends_the_link_of_the_earlier_one(ada: Client, report: str, link: str) -> None:
    newer = link_in(letter(ada, report))
    assert OVER in text_of(read(link))
    assert "checked the address" in text_of(read(newer))


def test_pressed_many_times_one_link_works(house: House, pat: UUID, report: str) -> None:
    made = at_once([lambda: hand(house, pat, report).token] * 6)
    works = [one for one in made if queries.entrance_of(one) is not None]
    assert len(set(made)) == 6
    assert len(works) == 1


def test_a_report_on_records_that_are_somebody_elses_after_all_is_nobodys(
    house: House, ada: Client, pat: UUID
) -> None:
    other = house.person(name="Pat Winters", born=BORN)
    join = persons.join(house.viewer(), person=other, into=pat, reason=WHY)
    both = ordered(house, ada, pat)
    link = link_in(letter(ada, both))
    assert "Who opened what" in text_of(read(link))
    persons.undo_join(house.viewer(), join=join.pk, reason=WHY)
    assert OVER in text_of(read(link))
    with pytest.raises(ReportOfOthers):
        hand(house, pat, both)


@pytest.mark.parametrize(("form", "clock_of"), [("page", "TIME_FORMAT"), ("pdf", "H:i")])
def test_the_person_reads_until_what_time_a_report_of_today_holds(
    house: House, link: str, form: str, clock_of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    monkeypatch.setattr(pdf, "drawn", lambda page, _style: page.encode())
    mine = browser()
    page = text_of(read(link, reader=mine))
    if form == "pdf":
        page = text_of(mine.get(f"{link}report.pdf"))
    (order,) = house.entries("persons:report:order")
    said = re.sub(r"<[^>]+>", "", page)
    assert f", until {date_format(order.moment, clock_of)}" in said
    assert f"holds until {order.moment:%A, %B} {order.moment.day}" in said


# Who hands over.


def hand(house: House, person: UUID, report: str, by: str = "Ada") -> giving.Handed:
    return giving.hand(
        house.viewer(by), person=person, report=report_id(report), days=7, reason=WHY
    )


def test_only_who_makes_reports_hands_them_over_and_takes_them_back(
    house: House, pat: UUID, report: str, link: str
) -> None:
    row = row_of(house)
    for act in (
        lambda: hand(house, pat, report, by="Ben"),
        lambda: giving.withdraw(house.viewer("Ben"), handed=row.pk),
    ):
        with pytest.raises(NotPermitted):
            act()
    ben = house.browser("Ben")
    assert ben.get(f"{report}hand/").status_code == 403
    assert ben.post(f"/reports/handed/{row.pk}/take-back/").status_code == 403
    assert "checked the address" in text_of(read(link))


def test_another_organisation_hands_over_and_takes_back_nothing_of_ours(
    house: House, pat: UUID, report: str, link: str
) -> None:
    row = row_of(house)
    with pytest.raises(OutOfReach):
        hand(house, pat, report, by="Cy")
    with pytest.raises(OutOfReach):
        giving.withdraw(house.viewer("Cy"), handed=row.pk)
    cy = house.browser("Cy")
    assert cy.post(f"{report}hand/", SENT).status_code == 404
    assert cy.post(f"/reports/handed/{row.pk}/take-back/").status_code == 404
    assert "checked the address" in text_of(read(link))


def test_nobody_is_left_to_hand_a_report_to_once_the_person_was_erased(
    house: House, ada: Client, pat: UUID, report: str
) -> None:
    assert "For the person" in text_of(ada.get(report))
    persons.erase_person(house.viewer(), person=pat, reason=WHY)
    assert "For the person" not in text_of(ada.get(report))
    assert "This person was erased" in text_of(ada.get(f"{report}hand/"))
    with pytest.raises(OutOfReach):
        hand(house, pat, report)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": "0"}, "Write at least 1 day."),
        ({"days": "31"}, "Write at most 30 days."),
        ({"days": "a few"}, "Write a number of days."),
        ({"days": ""}, "Say for how many days."),
        ({"reason": " "}, "Say why"),
    ],
)
def test_what_is_not_understood_is_asked_again(
    ada: Client, report: str, wrong: dict[str, str], said: str
) -> None:
    assert "1 to 30." in text_of(ada.get(f"{report}hand/"))
    answer = ada.post(f"{report}hand/", SENT | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert IN_HANDS not in text_of(ada.get(report))


def test_an_error_page_at_the_link_names_the_clinic(link: str) -> None:
    refused = browser(has_csrf_checks=True).post(link, RIGHT)
    assert refused.status_code == 403
    assert "Ashgrove Clinic" in text_of(refused)
    strange = browser(has_csrf_checks=True).post(f"/r/{spelled.new_token()}/", RIGHT)
    assert "Ashgrove Clinic" not in text_of(strange)


def test_a_member_who_is_signed_in_answers_like_anybody(house: House, link: str) -> None:
    assert "What is your date of birth?" in text_of(house.browser("Ada").get(link))
