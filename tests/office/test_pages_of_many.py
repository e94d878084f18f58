"""Pages that speak of members: what they load does not grow with how many work here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keepwell.office.choosing import MOST_OFFERED
from keepwell.safeguards.access.models import EmergencyAccess, Membership
from keepwell.safeguards.access.paging import PAGE_ROWS
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.consent.terms import actions as terms
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.office.alarms import export_trail, look
from tests.office.rooms import House, text_of
from tests.office.test_emergencies import acting_as
from tests.office.test_many_members import fill
from tests.office.test_officers import SECURITY, membership_of, prove
from tests.office.test_reports import asked
from tests.people import accept_all

MANY = MOST_OFFERED + PAGE_ROWS
RULES = "/settings/rules/"
SENT = {"days": "7", "reason": "He answers the complaint"}


@contextmanager
def loading() -> Iterator[list[UUID]]:
    """Collect each membership that is loaded as a row."""
    loaded: list[UUID] = []

    def note(instance: Membership, **_more: object) -> None:
        loaded.append(instance.pk)

    post_init.connect(note, sender=Membership)
    try:
        yield loaded
    finally:
        post_init.disconnect(note, sender=Membership)


def cost_of(client: Client, address: str) -> tuple[int, int, int]:
    """Return queries, memberships loaded and choices offered; the second time, as always after."""
    for _twice in range(2):
        with CaptureQueriesContext(connection) as queries, loading() as loaded:
            answer = client.get(address)
    assert answer.status_code == 200
    return len(queries), len(loaded), text_of(answer).count("<option")


def names_in(page: str) -> list[str]:
    """Return who stands in the list of those who accepted the rules."""
    return re.findall(r"<p><strong>([^<]*)</strong></p><p class=\"small muted\">", page)


def offered(page: str) -> list[str]:
    """Return whom a form offers."""
    return re.findall(r'<option value="[^"]+"[^>]*>\s*([^<,]*),', page)


@pytest.fixture
def report(house: House, ada: Client, pat: UUID) -> str:
    """Let Ada make a report; return the address at which it is shared."""
    address: str = asked(ada, pat)["Location"]
    house.entries()
    return f"{address}share/"


# What is loaded.


@pytest.mark.parametrize(
    "address", ["/", "/alerts/", "/emergency/", "/safeguards/", "/two-persons/"]
)
def test_a_page_costs_the_same_however_many_work_here(house: House, address: str) -> None:
    abe = house.browser("Abe")
    export_trail(house.people["Abe"])
    look(house)  # an alert of what Abe himself did: somebody else has to settle it
    few = cost_of(abe, address)
    fill(house, [f"Member {number:03}" for number in range(MANY)])
    assert cost_of(abe, address) == few


def test_emergencies_cost_the_same_however_many_there_were(house: House, ada: Client) -> None:
    session = acting_as(house, "Abe").session
    few = cost_of(ada, "/emergency/"), cost_of(ada, "/")
    facts = {"organisation_id": house.clinic.organisation.id, "role": Role.ADMINISTRATOR}
    facts |= {"membership_id": membership_of(house, "Abe"), "session": session}
    facts |= {"begun": clock.now(), "until": clock.now(), "ended": clock.now()}
    facts |= {"ended_because": "expired"}
    with wall.writing(house.clinic.organisation.id):
        EmergencyAccess.objects.bulk_create([EmergencyAccess(**facts) for _ in range(20)])
    assert text_of(ada.get("/")).count("Abe had emergency access") == 20
    more = cost_of(ada, "/emergency/"), cost_of(ada, "/")
    for before, after in zip(few, more, strict=True):
        assert after[0] <= before[0] + 2


def test_who_settles_an_own_alert_is_still_somebody_else(house: House) -> None:
    export_trail(house.people["Abe"])
    look(house)
    assert "1 alert is open" not in text_of(house.browser("Abe").get("/"))
    assert "1 alert is open" in text_of(house.browser("Ada").get("/"))


# Choosing among many.


def test_few_colleagues_are_all_offered(house: House, ada: Client, report: str) -> None:
    page = text_of(ada.get(report))
    assert offered(page) == ["Abe", "Ben", "Dee"]
    assert 'name="find"' not in page


def test_of_many_colleagues_one_is_found_and_chosen(house: House, ada: Client, report: str) -> None:
    fill(house, [f"Member {number:03}" for number in range(MANY)])
    page = text_of(ada.get(report))
    assert offered(page) == []
    assert "find somebody by name first" in page
    found = ada.post(report, {"words": "member 041", "find": "yes", **SENT})
    assert found.status_code == 200
    assert offered(text_of(found)) == ["Member 041"]
    assert SENT["reason"] in text_of(found)
    assert house.payloads("persons:report:share") == []  # finding shares nothing
    ben = str(membership_of(house, "Ben"))
    page = text_of(ada.post(report, {"words": "dee", "find": "yes", "colleague": ben, **SENT}))
    assert offered(page) == ["Ben", "Dee"]
    assert re.search(rf'value="{ben}" selected', page)
    assert ada.post(report, {"words": "dee", "colleague": ben, **SENT}).status_code == 302
    assert len(house.payloads("persons:report:share")) == 1


@pytest.mark.parametrize("words", ["cy", "ada", "nobody of this name"])
def test_whoever_cannot_be_chosen_is_not_found(
    house: House, ada: Client, report: str, words: str
) -> None:
    fill(house, [f"Member {number:03}" for number in range(MANY)])
    page = text_of(ada.post(report, {"words": words, "find": "yes", **SENT}))
    assert offered(page) == []
    assert "Nobody found" in page
    cy = str(membership_of(house, "Cy"))
    assert offered(text_of(ada.post(report, {"find": "yes", "colleague": cy, **SENT}))) == []
    assert ada.post(report, {"colleague": cy, **SENT}).status_code == 422


def test_whom_one_looks_for_stands_in_no_address(house: House, ada: Client, report: str) -> None:
    fill(house, [f"Member {number:03}" for number in range(MANY)])
    assert offered(text_of(ada.get(f"{report}?words=ben&find=yes"))) == []
    assert names_in(text_of(ada.get(f"{RULES}?words=ben&find=yes")))[:2] == ["Abe", "Ada"]


def test_an_officer_is_found_among_many_who_can_serve(house: House, ada: Client) -> None:
    fill(house, [f"Auditor {number:03}" for number in range(MANY)], role=Role.AUDITOR)
    prove(ada, house)
    assert offered(text_of(ada.get(SECURITY))) == []
    for words, names in (("auditor 007", ["Auditor 007"]), ("ben", [])):
        found = ada.post(SECURITY, {"words": words, "find": "yes"})
        assert (found.status_code, offered(text_of(found))) == (200, names)
    assert house.payloads("access:officer:name") == []
    given = {"member": membership_of(house, "Dee"), "reason": "She knows the server"}
    assert ada.post(SECURITY, given).status_code == 302
    assert offered(text_of(ada.get(SECURITY))) == ["Dee"]


# Who accepted the rules.


def test_who_accepted_the_rules_has_pages(house: House, ada: Client) -> None:
    fill(house, ["Kim Lee"] * MANY)
    few, pages, address = cost_of(ada, RULES), [], RULES
    assert few[1] < 2 * PAGE_ROWS
    while address:
        page = text_of(ada.get(address))
        pages.append(names_in(page))
        on = re.search(r'href="([^"]*)" rel="next"', page)
        address = RULES + on[1].replace("&amp;", "&") if on else ""
    assert [len(one) for one in pages[:-1]] == [PAGE_ROWS] * (len(pages) - 1)
    listed = sorted(name for one in pages for name in one)
    assert listed == sorted(["Kim Lee"] * MANY + ["Abe", "Ada", "Ben", "Dee"])


def test_whoever_has_yet_to_accept_the_rules_is_counted_and_shown_alone(
    house: House, ada: Client
) -> None:
    assert "Everybody accepted it" in text_of(ada.get(RULES))
    terms.publish_addition(house.viewer(), text="# At the desk")
    accept_all(house.people["Ben"], Role.MEMBER)
    page = text_of(ada.get(f"{RULES}?list=missing"))
    assert names_in(page) == ["Abe", "Ada", "Dee"]
    assert "3 colleagues have yet to accept it" in page
    assert "Cy" not in names_in(text_of(ada.get(RULES)))


def test_a_colleague_is_found_among_those_who_accepted_and_nothing_is_published(
    house: House, ada: Client
) -> None:
    fill(house, [f"Member {number:03}" for number in range(MANY)])
    found = ada.post(RULES, {"words": "DEE", "find": "yes"})
    assert (found.status_code, names_in(text_of(found))) == (200, ["Dee"])
    assert "Nobody found" in text_of(ada.post(RULES, {"words": "cy", "find": "yes"}))
    assert ada.post(RULES, {"words": "x" * 201, "find": "yes"}).status_code == 422
    assert house.payloads("consent:rules:publish") == []
    assert house.browser("Ben").post(RULES, {"words": "dee", "find": "yes"}).status_code == 403
