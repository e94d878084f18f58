"""Choosing the daily summary, stopping it on the page, by the link and by one click (RFC 8058)."""

import re
from typing import Any

import pytest
from pytest_django import Settings

from keepwell.jobs import queue
from keepwell.office.summaries.jobs import write_summary
from keepwell.safeguards.consent.mailings.links import Meant, token_of
from keepwell.safeguards.consent.models import MailingChoice, Way
from keepwell.safeguards.mail import spool
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.jobs.doing import do_all
from tests.mailbox import Mailed, mailed, parse
from tests.office.mornings import SUBJECT, at_hour, choose, morning, put
from tests.office.rooms import House, text_of
from tests.people import browser
from tests.products.forms.pages.patients import Patient

PAGE = "/account/notifications/"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def choices(house: House) -> list[MailingChoice]:
    with wall.reading(house.clinic.organisation.id):
        return list(MailingChoice.objects.order_by("moment"))


def test_it_is_off_until_it_is_chosen_and_each_act_is_kept_by_version_and_time(
    house: House,
) -> None:
    ben = house.browser("Ben")
    assert re.search(r'value=""[^>]*checked', text_of(ben.get(PAGE)))
    assert "Necessary letters only" in text_of(ben.get("/account/"))
    for given in ("yes", "yes", "", ""):
        assert ben.post(PAGE, {"summary": given})["Location"] == PAGE
    page = text_of(ben.get(PAGE))
    assert page.count("<li>Chosen") == page.count("<li>Stopped") == 1
    rows = choices(house)
    assert [(one.is_wanted, one.version, one.way, one.language) for one in rows] == [
        (True, 1, Way.PAGE, "en-us"),
        (False, 1, Way.PAGE, "en-us"),
    ]
    assert abs((clock.now() - rows[-1].moment).total_seconds()) < 300
    [chosen] = house.payloads("consent:mailing:choose")
    [stopped] = house.payloads("consent:mailing:withdraw")
    assert chosen.actor == stopped.actor == house.people["Ben"].user.pk
    assert stopped.detail == {"letter": "summary", "version": "1", "way": "page"}
    assert "Stopped" not in text_of(house.browser("Ada").get(PAGE))


def test_anything_else_is_no_choice(house: House) -> None:
    ben = house.browser("Ben")
    assert ben.post(PAGE, {"summary": "no thanks"}).status_code == 422
    assert choices(house) == []


def stop_of(letter: Mailed) -> str:
    found = re.search(r"/unsubscribe/([\w-]+)/", letter.body)
    assert found
    return found[1]


def one_click(token: str, body: dict[str, str] | None = None, **how: Any) -> Any:
    """Post as a mail program does: no cookie, no token of ours, from wherever it is."""
    here = browser(has_csrf_checks=True, agent="Google-Mail")
    headers = {"origin": "https://mail.example"}
    return here.post(f"/unsubscribe/{token}/", body or ONE_CLICK, headers=headers, **how)


def test_the_letter_carries_the_headers_of_one_click_in_whole_lines(
    house: House, sent: Patient, told: list[bytes], settings: Settings
) -> None:
    settings.KEEPWELL_PUBLIC_URL = "https://forms.clinic.example"  # staff pages are elsewhere
    choose(house, "Ben")
    letter = morning(told)["ben"]
    address = f"https://forms.clinic.example/unsubscribe/{stop_of(letter)}/"
    lines = letter.raw.decode().replace("\r\n", "\n").split("\n")
    assert f"List-Unsubscribe: <{address}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert f'href="{address}"' in letter.html


@pytest.mark.parametrize("how", ["multipart", "urlencoded"])
def test_one_click_without_signing_in_stops_it_at_once_and_again_is_the_same(
    house: House, sent: Patient, told: list[bytes], how: str
) -> None:
    choose(house, "Ben", "Ada")
    letters = morning(told)
    token = stop_of(letters["ben"])
    kind = {} if how == "multipart" else {"content_type": "application/x-www-form-urlencoded"}
    body: Any = ONE_CLICK if how == "multipart" else "List-Unsubscribe=One-Click"
    with at_hour(7, days=2):
        do_plan_without_writing(house)
        answers = [one_click(token, body, **kind) for _ in range(3)]
        do_all()
    assert {one.status_code for one in answers} == {200}
    assert len({one.content for one in answers}) == 1
    assert [parse(raw).to for raw in told[2:]] == ["ada@example.org"]
    [stopped] = house.payloads("consent:mailing:withdraw")
    assert stopped.viewer_kind == "visitor"
    assert stopped.actor is None
    assert stopped.detail["way"] == "link"
    assert [one.is_wanted for one in choices(house)] == [True, True, False]
    assert "by the link in a letter" in text_of(house.browser("Ben").get(PAGE))


def do_plan_without_writing(house: House) -> None:
    """Put the letters, and let no worker come to them yet."""
    from keepwell.office.summaries import jobs  # noqa: PLC0415

    jobs._plan(house.clinic.organisation.id)
    assert queue.count_open([write_summary.name]) == 2


def test_a_letter_that_waits_for_a_server_is_taken_back(house: House, sent: Patient) -> None:
    choose(house, "Ben")
    with at_hour(7) as day:
        put(house, day)
        [waiting] = [one for one in mailed() if one.subject == SUBJECT]
        one_click(stop_of(waiting))
    assert [one for one in mailed() if one.subject == SUBJECT] == []
    assert spool.count_waiting() == 0


def test_following_the_link_changes_nothing(house: House) -> None:
    choose(house, "Ben")
    page = text_of(browser().get(f"/unsubscribe/{token_for(house)}/"))
    assert page.count("<button") == 1
    assert 'value="One-Click"' in page
    assert [one.is_wanted for one in choices(house)] == [True]


def token_for(house: House, letter: str = "summary") -> str:
    return token_of(Meant(house.clinic.organisation.id, house.people["Ben"].user.pk, letter))


def test_wrong_links_answer_like_right_ones_and_stop_nothing(house: House) -> None:
    choose(house, "Ben")
    right = token_for(house)
    flipped = right[:-3] + ("A" if right[-3] != "A" else "B") + right[-2:]
    cy = house.people["Cy"].organisation
    assert cy
    wrong = [
        "x",
        "x" * 5000,
        "é",
        flipped,
        right + "AAAA",
        token_for(house, "alert"),
        token_of(Meant(cy, house.people["Ben"].user.pk, "summary")),
        token_of(Meant(house.people["Ben"].user.pk, cy, "summary")),
    ]
    said = {one_click(token).content for token in wrong}
    asked = {browser().get(f"/unsubscribe/{token}/").content for token in wrong}
    assert [one.is_wanted for one in choices(house)] == [True]
    assert said == {one_click(right).content}
    assert asked == {browser().get(f"/unsubscribe/{right}/").content}
    assert [one.is_wanted for one in choices(house)] == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        {"List-Unsubscribe": "one-click"},
        {"List-Unsubscribe": ""},
        {"act": "stop"},
        {"List-Unsubscribe": "One-Click", "more": "1"},
    ],
)
def test_any_other_body_stops_nothing(house: House, body: dict[str, str]) -> None:
    choose(house, "Ben")
    assert one_click(token_for(house), body).status_code == 422
    assert [one.is_wanted for one in choices(house)] == [True]


def test_the_link_opens_nothing_and_tells_no_name(house: House) -> None:
    choose(house, "Ben")
    here = browser()
    for answer in (
        here.get(f"/unsubscribe/{token_for(house)}/"),
        here.post(f"/unsubscribe/{token_for(house)}/", ONE_CLICK),
    ):
        page = text_of(answer)
        for word in ("Ben", "Ashgrove", "ben@example.org"):
            assert word not in page
    assert here.get("/account/").status_code == 302
    assert len({token_for(house) for _ in range(5)}) == 5
