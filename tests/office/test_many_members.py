"""A page for many colleagues: paged, searched; and how many invitations go out within an hour."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.test import Client

from keepwell.safeguards.access.invitations import actions as invitations
from keepwell.safeguards.access.invitations.queries import invitations_in
from keepwell.safeguards.access.members.queries import Standing, members_in
from keepwell.safeguards.access.models import InvitationLetter, Membership
from keepwell.safeguards.access.paging import PAGE_ROWS
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.people import browser_of

MANY = 2 * PAGE_ROWS + 5
FEW = 3


def fill(house: House, names: Sequence[str], **more: object) -> None:
    """Let many work here, as rows."""
    organisation = house.clinic.organisation.id
    made = [User(email=f"{n}@many.example", name=name) for n, name in enumerate(names)]
    users = User.objects.bulk_create(made)
    facts = {"role": Role.MEMBER, "approved": clock.now(), **more}
    with wall.writing(organisation):
        Membership.objects.bulk_create(
            [Membership(organisation_id=organisation, user=user, **facts) for user in users]
        )


def shown(page: str) -> list[str]:
    """Return the names in the lists of members; the officers stand in a panel of their own."""
    lists = re.sub(r'<section[^>]*"officers".*?</section>', "", page, flags=re.DOTALL)
    return re.findall(r'class="title"[^>]*>([^<]*)</', lists)


def walked(client: Client, list_name: str) -> list[list[str]]:
    """Follow "Next page" to the end; return the names on each page."""
    pages, address = [], f"/members/?list={list_name}"
    while address:
        page = text_of(client.get(address))
        pages.append(shown(page))
        found = re.search(r'href="([^"]*)" rel="next"', page)
        address = "/members/" + found[1].replace("&amp;", "&") if found else ""
    return pages


def invite(client: Client, number: int) -> int:
    given = {"name": f"Noa {number}", "email": f"noa{number}@example.org"}
    posted = {**given, "role": "member", "reason": "Begins on Monday"}
    return client.post("/members/invite/", posted).status_code


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let only a few letters go out within an hour."""
    monkeypatch.setattr(invitations, "MOST_LETTERS", FEW)
    return FEW


# Pages.


def test_each_colleague_stands_on_one_page_also_those_of_equal_name(
    house: House, ada: Client
) -> None:
    fill(house, ["Kim Lee"] * MANY)
    pages = walked(ada, "present")
    assert [len(one) for one in pages] == [PAGE_ROWS, PAGE_ROWS, MANY + 4 - 2 * PAGE_ROWS]
    listed = [name for one in pages for name in one]
    assert sorted(listed) == sorted(["Kim Lee"] * MANY + ["Abe", "Ada", "Ben", "Dee"])


@pytest.mark.parametrize(
    ("list_name", "standing"),
    [("waiting", {"approved": None}), ("former", {"ended": clock.now()})],
)
def test_who_waits_and_who_left_have_pages_too(
    house: House, ada: Client, list_name: str, standing: dict[str, object]
) -> None:
    names = [f"Person {number}" for number in range(MANY)]
    fill(house, names, **standing)
    assert f"{PAGE_ROWS} of {MANY} shown" in text_of(ada.get("/members/"))
    assert sorted(name for one in walked(ada, list_name) for name in one) == sorted(names)


def test_a_page_stays_where_it_was_when_its_last_colleague_has_left_meanwhile(house: House) -> None:
    fill(house, [f"Person {number:03}" for number in range(MANY)])
    viewer = house.viewer()
    first = members_in(viewer, Standing.PRESENT)
    with wall.writing(viewer.organisation):
        Membership.objects.filter(pk=first.next).update(ended=clock.now())
    following = members_in(viewer, Standing.PRESENT, after=first.next)
    assert first.rows[-1].user.name < following.rows[0].user.name
    assert not {row.pk for row in first.rows} & {row.pk for row in following.rows}


@pytest.mark.parametrize("after", ["nonsense", "01890000-0000-7000-8000-000000000000"])
def test_an_id_that_is_not_there_begins_at_the_beginning(ada: Client, after: str) -> None:
    assert "Abe" in shown(text_of(ada.get(f"/members/?list=present&after={after}")))


def test_an_id_of_another_organisation_begins_at_the_beginning(house: House, ada: Client) -> None:
    with wall.reading(house.practice.organisation.id):
        foreign = Membership.objects.get()
    page = text_of(ada.get(f"/members/?list=present&after={foreign.pk}"))
    assert shown(page) == ["Abe", "Ada", "Ben", "Dee"]


# Finding.


@pytest.mark.parametrize("words", ["zoë", "ZOË", "brandt zo", "7@many", "  Brandt "])
def test_a_colleague_is_found_by_parts_of_name_or_address(
    house: House, ada: Client, words: str
) -> None:
    fill(house, [*["Kim Lee"] * 7, "Zoë Brandt"])
    assert shown(text_of(ada.post("/members/", {"words": words}))) == ["Zoë Brandt"]


def test_signs_that_mean_something_to_a_database_find_only_themselves(ada: Client) -> None:
    for words in ("%", "_", "' OR 1=1 --", "\\"):
        page = text_of(ada.post("/members/", {"words": words}))
        assert shown(page) == []
        assert "Nobody found" in page


def test_whom_one_looks_for_stands_in_no_address(ada: Client) -> None:
    assert shown(text_of(ada.get("/members/?words=ben"))) == ["Abe", "Ada", "Ben", "Dee"]


def test_nobody_of_another_organisation_is_found(house: House, ada: Client) -> None:
    assert "Cy" not in shown(text_of(ada.post("/members/", {"words": "cy"})))
    assert house.browser("Ben").post("/members/", {"words": "ada"}).status_code == 403


def test_more_than_a_page_of_matches_asks_for_more_of_the_name(house: House, ada: Client) -> None:
    fill(house, ["Kim Lee"] * MANY)
    page = text_of(ada.post("/members/", {"words": "kim"}))
    assert f"{PAGE_ROWS} of {MANY} found" in page
    assert 'rel="next"' not in page


@pytest.mark.parametrize("words", ["x" * 201, "a\0b"])
def test_a_question_that_cannot_be_asked_is_said(ada: Client, words: str) -> None:
    assert ada.post("/members/", {"words": words}).status_code == 422


# Letters within an hour.


def test_more_letters_than_may_be_are_refused_until_the_hour_is_over(
    house: House, ada: Client, few: int
) -> None:
    assert [invite(ada, number) for number in range(few)] == [302] * few
    refused = ada.post("/members/invite/", {"name": "Ira", "email": "ira@example.org"} | WHO)
    assert refused.status_code == 422
    # Shortly before midnight it can go on the next day.
    assert re.search(r"The next one can go (today|tomorrow) \d\d:\d\d", text_of(refused))
    assert len(mailed()) == few
    assert invitations_in(house.viewer(), like="ira").total == 0
    with clock.moved(timedelta(hours=1).total_seconds() + 1):
        assert invite(browser_of(house.people["Ada"]), few) == 302


WHO = {"role": "member", "reason": "Begins on Monday"}


def test_a_letter_sent_again_counts_and_the_refused_one_leaves_the_link_as_it_is(
    house: House, ada: Client, few: int
) -> None:
    invite(ada, 0)
    [row] = invitations_in(house.viewer()).rows
    for _again in range(few - 1):
        ada.post(f"/members/invitations/{row.pk}/send/")
    before = invitations_in(house.viewer()).rows[0].expires
    answer = ada.post(f"/members/invitations/{row.pk}/send/", follow=True)
    assert "Nothing was sent now" in text_of(answer)
    assert invitations_in(house.viewer()).rows[0].expires == before


def test_of_many_at_once_only_as_many_as_may_be_go_out(house: House, few: int) -> None:
    posts = [lambda n=n: invite(house.browser("Ada"), n) for n in range(2 * few)]
    assert sorted(at_once(posts)) == [302] * few + [422] * few
    with wall.reading(house.clinic.organisation.id):
        assert InvitationLetter.objects.count() == few


def test_one_organisation_takes_no_letters_from_another(
    house: House, ada: Client, few: int
) -> None:
    for number in range(few):
        invite(ada, number)
    assert invite(house.browser("Cy"), few) == 302
