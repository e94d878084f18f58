"""A computer that somebody walked away from: asked, hidden, signed out; nothing stays behind.

The browser's clock is moved by its own means; the server's session is made older in its store.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys import axe, browser
from tests.journeys.clinic import Clinic, press

pytestmark = pytest.mark.journey

TO_THE_QUESTION = "13:31"
TO_THE_END = "01:31"
HELD_BACK = 'dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))'
SHOWN_AGAIN = 'dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))'


def question(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Are you still there?")


def is_hidden(page: Page) -> bool:
    return bool(page.locator("main").evaluate("e => getComputedStyle(e).visibility") == "hidden")


def wait_until_hidden(page: Page, *, hidden: bool = True) -> None:
    wanted = "hidden" if hidden else "visible"
    expect(page.locator("main")).to_have_css("visibility", wanted)


def open_a_record(page: Page, clinic: Clinic) -> None:
    """Open the newest submission, so that sealed values stand on the page."""
    page.goto(clinic.address("/inbox/"))
    press(page, 'tbody a[href^="/inbox/"]')
    press(page, 'main form[method="get"] button')
    assert page.locator(".opened-note").count(), "values are open"


def session_of(page: Page) -> str:
    return str(page.locator("keepwell-idle").get_attribute("session"))


def grow_old(clinic: Clinic, page: Page, minutes: int) -> None:
    """Let the session of this page have had no act for so long."""
    store = clinic.demo.served.home / "data.sqlite3"
    then = datetime.now(UTC) - timedelta(minutes=minutes)
    with sqlite3.connect(store, timeout=30) as connection:
        statement = "UPDATE identity_sessionrecord SET last_act = ? WHERE id = ?"
        found = connection.execute(
            statement, (then.strftime("%Y-%m-%d %H:%M:%S.%f"), UUID(session_of(page)).hex)
        )
        assert found.rowcount == 1
    connection.close()


@contextmanager
def with_a_clock(context: BrowserContext) -> Iterator[None]:
    context.clock.install()
    yield


def test_the_question_is_answered_by_keyboard_and_what_was_typed_is_still_there(
    clinic: Clinic,
) -> None:
    with clinic.staff("ada") as this, with_a_clock(this.page.context):
        page = this.page
        page.goto(clinic.address("/settings/"))
        field = page.locator('[name="hours"]')
        field.fill("Weekdays 9 to 5, by appointment")
        page.clock.fast_forward(TO_THE_QUESTION)
        question(page).wait_for(state="visible")
        assert is_hidden(page)
        assert axe.violations(page) == []
        assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
        page.clock.run_for(30_000)
        left = question(page).get_by_role("timer").inner_text()
        assert re.fullmatch(r"1:00|0:[345]\d", left), left  # the clock runs on meanwhile
        said = question(page).locator("[aria-live]").text_content()
        assert said == "Signed out in 60 seconds."
        page.keyboard.press("Escape")
        expect(question(page)).to_be_visible()
        page.keyboard.press("Enter")
        wait_until_hidden(page, hidden=False)
        expect(question(page)).to_be_hidden()
        assert field.input_value() == "Weekdays 9 to 5, by appointment"
        expect(field).to_be_focused()
        assert this.findings == []


def test_typing_is_an_act_and_nobody_who_types_is_asked(clinic: Clinic) -> None:
    with clinic.staff("ada") as this, with_a_clock(this.page.context):
        page = this.page
        page.goto(clinic.address("/settings/"))
        page.clock.fast_forward("10:00")
        with page.expect_response("**/session/stay/") as told:
            page.locator('[name="hours"]').press("End")
        assert told.value.json()["id"] == session_of(page)
        page.locator('[name="hours"]').press("x")  # told a moment ago: not again
        page.clock.fast_forward("10:00")
        assert not question(page).is_visible()
        page.clock.fast_forward("03:31")
        question(page).wait_for(state="visible")


def test_two_tabs_agree(clinic: Clinic) -> None:
    with clinic.staff("ben") as this, with_a_clock(this.page.context):
        first, second = this.page, this.page.context.new_page()
        open_a_record(first, clinic)
        second.goto(clinic.address("/inbox/"))
        second.clock.fast_forward(TO_THE_QUESTION)  # the clock is both pages'
        for page in (first, second):
            question(page).wait_for(state="visible")
        question(second).get_by_role("button", name="Stay signed in").click()
        for page in (second, first):
            wait_until_hidden(page, hidden=False)
            expect(question(page)).to_be_hidden()


def test_a_page_past_its_time_asks_the_server_which_alone_decides(clinic: Clinic) -> None:
    with clinic.staff("ben") as this, with_a_clock(this.page.context):
        page = this.page
        open_a_record(page, clinic)
        page.context.set_offline(True)
        page.clock.fast_forward("20:00")
        question(page).get_by_role("alert").wait_for(state="visible")
        assert is_hidden(page), "what cannot ask shows nothing"
        page.context.set_offline(False)
        page.clock.fast_forward("00:06")
        wait_until_hidden(page, hidden=False)
        expect(question(page)).to_be_hidden()


def test_an_ended_session_leaves_to_sign_in_with_the_way_back(clinic: Clinic) -> None:
    with clinic.staff_anew("ben") as this, with_a_clock(this.page.context):
        page = this.page
        open_a_record(page, clinic)
        record = urlsplit(page.url)
        page.clock.fast_forward(TO_THE_QUESTION)
        assert is_hidden(page)
        grow_old(clinic, page, minutes=16)
        page.clock.fast_forward(TO_THE_END)
        page.wait_for_url("**/sign-in/**")
        asked = parse_qs(urlsplit(page.url).query)
        assert asked["because"] == ["idle"]
        mark, slash, left = asked["next"][0].partition("/")
        assert len(mark) == 43, "whose page it was"
        assert slash + left == (f"{record.path}?{record.query}" if record.query else record.path)
        assert "nobody used Keepwell" in page.locator("main").inner_text()
        page.go_back()
        assert "/sign-in/" in page.url
        assert page.locator(".opened-note").count() == 0


def test_a_page_shown_again_from_memory_is_hidden_until_the_server_has_answered(
    clinic: Clinic,
) -> None:
    with clinic.staff_anew("dee") as this:
        page = this.page
        page.goto(clinic.address("/trail/"))
        page.evaluate(HELD_BACK)
        assert is_hidden(page), "so it is put aside"
        page.evaluate(SHOWN_AGAIN)
        wait_until_hidden(page, hidden=False)
        page.evaluate(HELD_BACK)
        grow_old(clinic, page, minutes=16)
        page.evaluate(SHOWN_AGAIN)
        page.wait_for_url("**/sign-in/**")


def test_signing_out_takes_every_tab_along_and_back_shows_nothing(clinic: Clinic) -> None:
    with clinic.staff_anew("ben") as this:
        first, second = this.page, this.page.context.new_page()
        open_a_record(first, clinic)
        second.goto(clinic.address("/inbox/"))
        second.evaluate("sessionStorage.setItem('kept', 'words'); localStorage.setItem('k', 'w')")
        with second.expect_response("**/sign-out/") as answer:
            press(second, '.rail form[action="/sign-out/"] button')
        assert answer.value.all_headers()["clear-site-data"] == '"cache", "storage"'
        assert second.evaluate("sessionStorage.length + localStorage.length") == 0
        first.wait_for_url("**/sign-in/**")
        for page in (first, second):
            page.go_back()
            assert "/sign-in/" in page.url
            assert page.locator(".opened-note").count() == 0
        kept = [one["name"] for one in second.context.cookies()]
        assert not [name for name in kept if "session" in str(name)]


def test_somebody_elses_session_in_another_tab_takes_the_page_away_and_leads_home(
    clinic: Clinic,
) -> None:
    with clinic.staff("ben") as bens, browser.opened(clinic.chromium) as this:
        cookies = bens.page.context.cookies()
        this.page.context.add_cookies(cookies)  # type: ignore[arg-type]  # as they were given
        first = this.page
        open_a_record(first, clinic)
        with clinic.staff("dee") as dees:
            this.page.context.add_cookies(dees.page.context.cookies())  # type: ignore[arg-type]
        second = this.page.context.new_page()
        second.goto(clinic.address("/"))
        first.wait_for_url(clinic.address("/"))  # not to the record, under the colleague's name
        assert first.locator(".opened-note").count() == 0
        assert session_of(first) == session_of(second)


def test_the_same_persons_next_session_in_another_tab_keeps_the_page(clinic: Clinic) -> None:
    with clinic.staff_anew("ben") as this, clinic.staff("ben") as again:
        first = this.page
        first.goto(clinic.address("/settings/"))
        before = session_of(first)
        this.page.context.add_cookies(again.page.context.cookies())  # type: ignore[arg-type]
        second = this.page.context.new_page()
        with first.expect_navigation():
            second.goto(clinic.address("/"))
        assert first.url == clinic.address("/settings/")
        assert session_of(first) == session_of(second) != before
