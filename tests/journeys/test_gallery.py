"""The gallery in a real browser: accessible, within the policy, on every width, in any language."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.collected import with_collected_static_files
from tests.journeys import axe, browser, here, pseudo

pytestmark = pytest.mark.journey

PAGES = [
    "/gallery/",
    "/gallery/patient/",
    "/gallery/narrow/",
    "/gallery/confirm/",
    *(f"/gallery/error/{key}/" for key in (400, 403, "csrf", 404, 405, 413, 429, 500, 503)),
    *(f"/gallery/error/public-{key}/" for key in (403, "csrf", 404, 413, 503)),
]


@pytest.fixture
def address(stores: Any, settings: Any) -> Iterator[str]:
    with_collected_static_files(settings)
    settings.ROOT_URLCONF = "tests.journeys.gallery_routes"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    with here.serving() as url:
        yield url


@pytest.mark.parametrize(("size", "scheme"), browser.LOOKS)
def test_every_page_is_accessible_and_within_the_policy(
    chromium: Browser, address: str, size: tuple[int, int], scheme: browser.Scheme
) -> None:
    with browser.opened(chromium, size=size, scheme=scheme) as this:
        for path in PAGES:
            this.page.goto(address + path)
            assert axe.violations(this.page) == [], path
            assert this.findings == [], path


@pytest.mark.parametrize("size", [browser.NARROW, browser.PHONE, (768, 1024), browser.DESKTOP])
def test_nothing_sticks_out_at_the_side(
    chromium: Browser, address: str, size: tuple[int, int]
) -> None:
    with browser.opened(chromium, size=size) as this:
        for path in PAGES:
            this.page.goto(address + path)
            assert not browser.scrolls_sideways(this.page), path


def test_the_menu_of_a_phone_opens_and_closes_without_script(
    chromium: Browser, address: str
) -> None:
    with browser.opened(chromium, size=browser.PHONE, has_script=False) as this:
        this.page.goto(address + "/gallery/")
        menu = this.page.get_by_role("navigation", name="Keepwell")
        assert not menu.is_visible()
        this.page.get_by_role("button", name="Menu").click()
        assert menu.is_visible()
        this.page.keyboard.press("Escape")
        assert not menu.is_visible()


@pytest.mark.parametrize("path", ["/gallery/", "/gallery/#main"])
def test_the_error_summary_has_the_focus_after_the_skip_link_too(
    chromium: Browser, address: str, path: str
) -> None:
    with browser.opened(chromium) as this:
        this.page.goto(address + path, wait_until="networkidle")
        this.page.wait_for_selector(".error-summary:focus", timeout=5000)


def test_a_menu_that_is_longer_than_the_telephone_shows_that_it_goes_on(
    chromium: Browser, address: str
) -> None:
    with browser.opened(chromium, size=(390, 844)) as this:
        this.page.goto(address + "/gallery/")
        this.page.get_by_role("button", name="Menu").click()
        style = "one => getComputedStyle(one).backgroundAttachment"
        covers = this.page.locator(".rail .groups").evaluate(style)
        assert covers == "local, local, scroll, scroll"


def test_a_link_of_the_error_summary_leads_to_its_field(chromium: Browser, address: str) -> None:
    with browser.opened(chromium, size=browser.PHONE, has_script=False) as this:
        this.page.goto(address + "/gallery/patient/")
        this.page.get_by_role("link", name="Your phone number is two digits short").click()
        assert this.page.url.endswith("#phone")


def test_a_patients_page_is_light(chromium: Browser, address: str) -> None:
    with browser.opened(chromium, size=browser.PHONE, has_script=False) as this:
        weight = browser.weigh(this.page)
        this.page.goto(address + "/gallery/patient/", wait_until="networkidle")
        assert weight.requests <= 10
        assert weight.wire_bytes <= 60_000


def test_a_browser_that_knows_no_layers_gets_a_plain_page_that_works(
    chromium: Browser, address: str
) -> None:
    with browser.opened(chromium, size=browser.PHONE, has_script=False) as this:
        browser.forget_layers(this.page)
        this.page.goto(address + "/gallery/patient/")
        background = "getComputedStyle(document.body).backgroundColor"
        assert this.page.evaluate(background) == "rgba(0, 0, 0, 0)", "the style is really away"
        assert not browser.scrolls_sideways(this.page)
        assert this.page.get_by_role("heading", level=1).is_visible()
        this.page.get_by_label("Every day").check()
        assert this.page.get_by_role("button", name="Continue").is_enabled()
        icon = this.page.locator("svg.icon").first.bounding_box()
        assert icon is not None
        assert icon["width"] <= 28


def test_a_session_about_to_end_asks_first_hides_the_page_and_can_be_extended(
    chromium: Browser, address: str
) -> None:
    with browser.opened(chromium) as this:
        page = this.page
        left = {"id": "gallery", "seconds": 900, "seconds_in_all": 43_200}
        page.route("**/session/stay/", lambda route: route.fulfill(json=left))
        page.clock.install()
        page.goto(address + "/gallery/")
        question = page.get_by_role("dialog", name="Are you still there?")
        page.clock.fast_forward("13:00")
        assert not question.is_visible()
        page.clock.fast_forward("00:45")
        question.wait_for(state="visible")
        assert axe.violations(page) == []
        assert page.locator("main").evaluate("e => getComputedStyle(e).visibility") == "hidden"
        with page.expect_request("**/session/stay/") as asked:
            question.get_by_role("button", name="Stay signed in").click()
        assert asked.value.method == "POST"
        question.wait_for(state="hidden")
        assert page.locator("main").evaluate("e => getComputedStyle(e).visibility") == "visible"


def test_a_session_that_nobody_extends_leads_to_sign_in(chromium: Browser, address: str) -> None:
    with browser.opened(chromium) as this:
        this.page.clock.install()
        this.page.goto(address + "/gallery/")
        this.page.clock.fast_forward("15:01")
        this.page.wait_for_url("**/sign-in/**")


def test_staying_without_a_session_leads_to_sign_in(chromium: Browser, address: str) -> None:
    with browser.opened(chromium) as this:
        this.page.clock.install()
        this.page.goto(address + "/gallery/")
        this.page.clock.fast_forward("13:45")
        this.page.get_by_role("button", name="Stay signed in").click()
        this.page.wait_for_url("**/sign-in/**")


def test_copying_says_so_and_needs_no_more_than_a_press(chromium: Browser, address: str) -> None:
    with browser.opened(chromium) as this:
        this.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        this.page.goto(address + "/gallery/")
        this.page.get_by_role("button", name="Copy").click()
        this.page.get_by_role("button", name="Copied").wait_for()
        copied = this.page.evaluate("navigator.clipboard.readText()")
        assert copied == "https://forms.riverside-clinic.example/f/7F3K"


ERRORS = [path for path in PAGES if "/error/" in path]
CLINIC = (
    "Riverside Clinic",
    "Weekdays 8 am to 5 pm",
    "In an emergency call 911. If you think of harming yourself call 988.",
)


@pytest.mark.parametrize("is_rtl", [False, True])
def test_in_a_language_that_nobody_speaks_every_word_is_translated(
    chromium: Browser, address: str, *, is_rtl: bool
) -> None:
    with pseudo.spoken(is_rtl=is_rtl), browser.opened(chromium, size=browser.PHONE) as this:
        for path in ERRORS:
            this.page.goto(address + path)
            reference = this.page.locator(".mono").first.inner_text()
            assert pseudo.unmarked(this.page, data=(*CLINIC, reference)) == [], path


def test_the_search_for_unmarked_words_finds_them(chromium: Browser) -> None:
    with browser.opened(chromium) as this:
        this.page.set_content(f'<p title="Hover">{pseudo.pseudo("Fine <b>%(a)s</b>")} Left Ada</p>')
        assert pseudo.unmarked(this.page, data=("Ada",)) == ["Left", "Hover"]


@pytest.mark.parametrize("size", [browser.NARROW, browser.PHONE, browser.DESKTOP])
@pytest.mark.parametrize("is_rtl", [False, True])
def test_nothing_lies_over_anything_in_either_direction(
    chromium: Browser, address: str, size: tuple[int, int], *, is_rtl: bool
) -> None:
    with pseudo.spoken(is_rtl=is_rtl), browser.opened(chromium, size=size) as this:
        for path in PAGES:
            this.page.goto(address + path)
            direction = this.page.evaluate("document.documentElement.dir")
            assert direction == ("rtl" if is_rtl else "ltr")
            assert pseudo.overlaps(this.page) == [], path
            assert not browser.scrolls_sideways(this.page), path


def test_the_search_for_overlaps_finds_them(chromium: Browser) -> None:
    with browser.opened(chromium) as this:
        this.page.set_content('<p>One line of text</p><p style="margin-top:-2.2em">Another</p>')
        assert pseudo.overlaps(this.page) != []
