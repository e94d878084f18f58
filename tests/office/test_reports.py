"""Who opened this person's data, from a day to a day: the report, its order, proof and wall."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from keepwell.safeguards.audit import export
from keepwell.safeguards.audit.offline import verify as offline
from keepwell.safeguards.persons import actions, queries, reports
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.office.rooms import House, text_of

BORN = date(1984, 3, 9)
WHY = "Pat asked at the desk who looked."
ORDER = "persons:report:order"
DAY = 86_400


def asked(browser: Client, person: UUID, **instead: str) -> Any:
    """Ask for a report of yesterday and today."""
    today = clock.now().date()
    days = {"first": today - timedelta(days=1), "last": today}
    sent = {name: day.isoformat() for name, day in days.items()}
    sent |= {"purpose": "person-request", "reason": WHY}
    return browser.post(f"/persons/{person}/report/", sent | instead)


def made(house: House, browser: Client, person: UUID, **instead: str) -> str:
    """Ask, and read what the report says."""
    answer = asked(browser, person, **instead)
    assert answer.status_code == 302, text_of(answer)
    house.entries()  # the order is in the log
    page = browser.get(answer["Location"])
    assert page.status_code == 200
    return text_of(page)


def opened(
    house: House, name: str, persons: list[UUID], *fields: str, purpose: str = "care", why: str = ""
) -> None:
    """Let a colleague open fields of persons."""
    viewer = house.viewer(name)
    rows = [queries.person_with(house.viewer(), one) for one in persons]
    with disclose(viewer, purpose, reason=why) as scope:
        scope.open(rows, *fields)


@contextmanager
def at(days: int) -> Iterator[None]:
    """Do something some days from now."""
    with clock.moved(days * DAY):
        yield


def table_of(page: str) -> str:
    """Return the part with the openings."""
    found = re.search(r'aria-labelledby="openings">(.*?)</section>', page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", " ", found[1])


def test_the_report_says_who_what_when_why_and_by_which_entry(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name", "telephone", why="called back")
    (entry,) = house.entries("records:fields:open")
    page = made(house, ada, pat)
    said = " ".join(table_of(page).split())
    assert "Ben Member opened name, telephone of 1 person Care" in said
    assert "“called back”" in said
    assert f"/trail/{entry.index}/" in page
    assert "Made by" in page
    assert "Ada, Owner" in page
    assert "Ashgrove Clinic" in page
    assert f"“{WHY}”" in page
    assert "Every entry proven just now" in page


def test_the_order_is_on_the_trail_with_its_reason_before_the_report_is_there(
    house: House, ada: Client, pat: UUID
) -> None:
    answer = asked(ada, pat)
    (order,) = house.entries(ORDER)
    assert answer["Location"] == f"/persons/{pat}/report/{order.id}/"
    assert order.payload is not None
    assert (order.payload.reason, order.payload.purpose) == (WHY, "person-request")
    assert [one.ids for one in order.payload.subjects] == [(pat,)]
    before = len(house.payloads("audit:trail:open"))
    ada.get(answer["Location"])
    ours = 1
    assert len(house.payloads("audit:trail:open")) == before + ours + 2  # the order, the openings


def test_opening_the_name_for_the_report_is_recorded_for_the_purpose_that_was_said(
    house: House, ada: Client, pat: UUID
) -> None:
    page = made(house, ada, pat)
    assert "Pat Winters" in page
    (payload,) = house.payloads("records:fields:open")
    assert payload.purpose == "person-request"
    assert "Nobody opened anything" in page  # this opening came after the order


def test_a_report_says_the_same_whenever_it_is_looked_at(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    answer = asked(ada, pat)
    house.entries()
    first = table_of(text_of(ada.get(answer["Location"])))
    opened(house, "Ben", [pat], "telephone")
    house.entries()
    again = table_of(text_of(house.browser("Dee").get(answer["Location"])))
    assert again == first


def test_only_the_days_that_were_asked_for_also_if_the_clock_was_set_back(
    house: House, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    with at(10):
        opened(house, "Ada", [pat], "name")
    house.entries()  # ten days earlier by the clock
    ten = (clock.now() + timedelta(days=10)).date()
    with at(20):
        browser = house.browser("Ada")
        later = made(house, browser, pat, first=str(ten), last=str(ten))
        both = made(house, browser, pat, first=str(ten - timedelta(days=11)), last=str(ten))
    assert "Ben" not in table_of(later)
    assert "Ada" in table_of(later)
    assert "Ben" in table_of(both)


def test_emergency_access_is_marked(house: House, ada: Client, pat: UUID) -> None:
    opened(house, "Ben", [pat], "name", purpose="care")
    assert "Emergency access" not in table_of(made(house, ada, pat))
    opened(house, "Ben", [pat], "name", purpose="emergency", why="collapsed in the hall")
    said = table_of(made(house, ada, pat))
    assert "Emergency access" in said
    assert "collapsed in the hall" in said


def test_what_a_list_opened_of_others_is_counted_and_never_named(
    house: House, ada: Client, pat: UUID
) -> None:
    others = [house.person(name=f"Somebody {number}", born=BORN) for number in range(3)]
    opened(house, "Ben", [pat, *others], "name", "born")
    page = made(house, ada, pat)
    said = " ".join(table_of(page).split())
    assert "opened birth date, name of 1 person" in said
    assert "in a list with 3 other persons" in said
    assert not any(str(other) in page for other in others)


def test_both_sources_of_a_joined_person_are_covered(house: House, ada: Client, pat: UUID) -> None:
    twin = house.person(name="Pat Winters", born=BORN)
    opened(house, "Ben", [twin], "name")
    assert "Ben" not in table_of(made(house, ada, pat))
    actions.join(house.viewer(), person=twin, into=pat, reason="the same")
    for one in (pat, twin):
        page = made(house, ada, one)
        assert "Ben" in table_of(page)
        assert "2 sources were joined as this one person" in page
        assert str(pat) in page
        assert str(twin) in page


def test_a_person_who_was_erased_still_has_a_report_without_a_name(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    before = asked(ada, pat)
    actions.erase_person(house.viewer(), person=pat, reason="asked for it")
    house.entries()
    for page in (made(house, ada, pat), text_of(ada.get(before["Location"]))):
        assert "Ben" in table_of(page)
        assert "A person who was erased" in page
        assert "Pat Winters" not in page
    assert f"/persons/{pat}/report/" in text_of(ada.get(f"/persons/{pat}/erased/"))


def test_a_role_that_may_not_open_names_gets_the_report_without_one(
    house: House, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    dee = house.browser("Dee")
    assert f"/persons/{pat}/report/" in text_of(dee.get("/persons/"))
    page = made(house, dee, pat)
    assert "Ben" in table_of(page)
    assert "Pat Winters" not in page
    assert "Sealed" in page
    assert "Dee, Auditor" in page
    assert len(house.payloads("records:fields:open")) == 1  # Ben's: the report opened nothing


def test_who_may_order_and_read_a_report(house: House, ada: Client, pat: UUID) -> None:
    there = asked(ada, pat)["Location"]
    house.entries()
    seen = {name: house.browser(name).get(there).status_code for name in house.people}
    assert seen == {"Ada": 200, "Ben": 403, "Dee": 200, "Abe": 200, "Cy": 404}
    orders = len(house.entries(ORDER))
    ordered = {name: asked(house.browser(name), pat).status_code for name in house.people}
    assert ordered == {"Ada": 302, "Ben": 403, "Dee": 302, "Abe": 302, "Cy": 404}
    assert len(house.entries(ORDER)) == orders + 3


def test_ids_that_are_no_order_about_this_person_answer_alike(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    (opening,) = house.entries("records:fields:open")
    other = house.person(name="Rosa")
    ordered = asked(ada, pat)["Location"].split("/")[-2]
    house.entries()
    for person, report in ((pat, opening.id), (pat, uuid7()), (other, ordered), (uuid7(), ordered)):
        assert ada.get(f"/persons/{person}/report/{report}/").status_code == 404


def test_an_account_that_erased_somebody_is_not_taken_for_a_person(
    house: House, ada: Client, pat: UUID
) -> None:
    actions.erase_person(house.viewer(), person=pat, reason="asked for it")
    house.entries()
    assert asked(ada, house.people["Ada"].user.pk).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "  "}, "Say why"),
        ({"first": ""}, "Give the first day"),
        ({"last": "soon"}, "Give the last day"),
        ({"first": "2026-11-20", "last": "2026-11-19"}, "not before the first"),
        ({"first": "1900-01-01"}, "Choose a day that is not before 1990."),
        ({"first": "0001-01-01"}, "Choose a day that is not before 1990."),
        ({"last": "9999-12-31"}, "Choose a day that is past, or today."),
        ({"purpose": "curiosity"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_a_report_is_asked_again_and_orders_nothing(
    house: House, ada: Client, pat: UUID, sent: dict[str, str], said: str
) -> None:
    answer = asked(ada, pat, **sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert house.entries(ORDER) == []


def test_a_day_that_has_not_come_is_asked_again_and_orders_nothing(
    house: House, ada: Client, pat: UUID
) -> None:
    first, last = ((clock.now() + timedelta(days=days)).date().isoformat() for days in (1, 9))
    for days in ({"last": first}, {"first": first, "last": last}):
        answer = asked(ada, pat, **days)
        assert answer.status_code == 422
        assert "Choose a day that is past, or today." in text_of(answer)
    assert house.entries(ORDER) == []


def test_the_last_day_is_past_or_today_by_the_clinics_clock(
    house: House, ada: Client, pat: UUID
) -> None:
    with wall.writing(house.clinic.organisation.pk):
        here = Organisation.objects.filter(pk=house.clinic.organisation.pk)
        here.update(time_zone="Pacific/Kiritimati")
    there = clock.now().astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    assert asked(ada, pat, last=str(there + timedelta(days=1))).status_code == 422
    assert asked(ada, pat, last=str(there)).status_code == 302


def test_a_report_of_today_says_until_what_time_it_holds(
    house: House, ada: Client, pat: UUID
) -> None:
    page = made(house, ada, pat)
    (order,) = house.entries(ORDER)
    said = re.sub(r"<[^>]+>", "", page)
    assert said.count(f", until {order.moment:%H:%M}") == 2  # its head, its days
    assert f"holds until {order.moment:%A, %B} {order.moment.day}" in said


def test_a_report_of_days_that_are_over_holds_for_all_of_them(
    house: House, ada: Client, pat: UUID
) -> None:
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    page = made(house, ada, pat, first=yesterday, last=yesterday)
    assert "holds until" not in page
    assert ", until" not in page


def test_a_report_ordered_before_for_days_to_come_says_when_it_ended(
    house: House, ada: Client, pat: UUID
) -> None:
    now = clock.now()
    span: reports.Span = {"since": now - timedelta(days=1), "until": now + timedelta(days=9)}
    ordered = reports.order(house.viewer(), person=pat, reason=WHY, **span)
    house.entries()
    page = text_of(ada.get(f"/persons/{pat}/report/{ordered}/"))
    assert "holds until" in page
    assert f'datetime="{now.date() + timedelta(days=8)}"' not in page


def test_sent_twice_it_is_ordered_twice_and_both_say_the_same(
    house: House, ada: Client, pat: UUID
) -> None:
    opened(house, "Ben", [pat], "name")
    first, second = made(house, ada, pat), made(house, ada, pat)
    assert len(house.entries(ORDER)) == 2
    assert "Ben" in table_of(first)
    assert table_of(second).count("Ben") == 1  # and Ada, whose first report opened the name


def test_more_openings_than_a_report_holds_are_said_to_be_missing(
    house: House, ada: Client, pat: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_OPENINGS", 2)
    for name in ("Ben", "Ada"):
        opened(house, name, [pat], "name")
    assert "This report is not complete" not in made(house, house.browser("Dee"), pat)
    opened(house, "Ben", [pat], "telephone")
    page = made(house, house.browser("Dee"), pat)
    assert "This report is not complete" in page
    assert "2 openings" in page


def test_an_outsider_finds_root_and_hashes_in_a_later_export(
    house: House, ada: Client, pat: UUID, tmp_path: Path
) -> None:
    opened(house, "Ben", [pat], "name")
    page = made(house, ada, pat)
    (opening,) = house.entries("records:fields:open")[:1]
    root, size = re.findall(r"\b[0-9a-f]{64}\b", page)[0], re.search(r"--first (\d+)", page)
    assert size
    export.export(house.viewer().organisation, tmp_path / "trail")
    asked_of = int(size[1]), frozenset({opening.index})
    whole, *answers = offline.verify(tmp_path / "trail", None, asked_of).splitlines()
    assert whole.startswith("whole: ")
    assert f"the first {size[1]} entries: root {root}" in answers
    (hashed,) = (line.split()[-1] for line in answers if line.startswith("entry "))
    assert f'<td class="end">{opening.index}</td><td class="mono">{hashed}' in page


def test_the_persons_page_asks_for_the_last_month(house: House, ada: Client, pat: UUID) -> None:
    page = text_of(ada.get(f"/persons/{pat}/"))
    assert f'action="/persons/{pat}/report/"' in page
    assert f'value="{clock.now().date() - timedelta(days=31)}"' in page
    assert f"/persons/{pat}/report/" not in text_of(house.browser("Ben").get(f"/persons/{pat}/"))


def test_reasons_and_names_are_escaped(house: House, ada: Client) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    one = house.person(name=hostile)
    opened(house, "Ben", [one], "name", why=hostile)
    assert hostile not in made(house, ada, one, reason=hostile)
