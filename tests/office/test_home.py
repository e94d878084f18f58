"""The first page: what waits, the first steps, how things are; and what it tells to whom."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keepwell.office.home.views import greeting
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.manifest import FirstStep, HomeLine, Manifest
from keepwell.safeguards.access.replacements import actions as replacements
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.office.lost_phones import address_of, membership_of, started
from tests.office.rooms import House, text_of
from tests.people import browser


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    yield HomeLine(
        title="2 <new> forms", words=f"For the {viewer.role}", url="/inbox/", act="See the inbox"
    )


def steps(viewer: Viewer) -> Iterator[FirstStep]:
    yield FirstStep(title="Publish a form", words="First", is_done=False, url="/forms/", act="Go")


@pytest.fixture
def product() -> Iterator[None]:
    """Install a product with something to say on the first page."""
    before = registry.manifests()
    made = Manifest(app="test", title="Test", home=waiting, first_steps=steps)
    registry.install([*before, made])
    yield
    registry.install(before)


@pytest.mark.usefixtures("product")
def test_what_products_say_waits_for_this_viewer(house: House) -> None:
    page = text_of(house.browser("Ben").get("/"))
    assert "2 &lt;new&gt; forms" in page
    assert "For the member" in page


@pytest.mark.usefixtures("product")
def test_the_first_steps_stay_until_all_are_done(house: House, ada: Client) -> None:
    page = text_of(ada.get("/"))
    assert "First steps" in page
    assert "Publish a form" in page
    assert "Say who you are" in page


def test_a_member_is_not_asked_for_the_profile(house: House) -> None:
    assert "Say who you are" not in text_of(house.browser("Ben").get("/"))


def test_counts_of_the_trail_are_for_those_who_may_read_it(house: House) -> None:
    assert "On the trail today" in text_of(house.browser("Dee").get("/"))
    page = text_of(house.browser("Ben").get("/"))
    assert "On the trail today" not in page
    assert 'href="/trail/' not in page  # nobody is led to a refusal


def test_home_says_when_one_signed_in_before(house: House, ada: Client) -> None:
    assert "first session" in text_of(ada.get("/"))
    for _time in range(2):
        record_now(house.viewer(), "identity:session:begin")
    assert "You last signed in" in text_of(ada.get("/"))


def test_home_writes_nothing_on_the_trail(house: House, ada: Client) -> None:
    before = len(house.entries())
    ada.get("/")
    assert len(house.entries()) == before + 1  # the look of this test itself


def test_whoever_may_stop_a_new_second_step_of_a_colleague_is_led_to_it(house: House) -> None:
    said = "A new second step is under way for Ben"
    ada = started(house, "Ben")
    for name in ("Ada", "Abe"):
        page = text_of(house.browser(name).get("/"))
        assert said in page
        assert 'href="/members/"' in page.split(said)[1].split("</li>")[0]
    for name in ("Ben", "Dee", "Cy"):
        assert said not in text_of(house.browser(name).get("/")), name
    ada.post(address_of(house, "Ben", "stop/"))
    assert said not in text_of(ada.get("/"))


def test_one_s_own_new_second_step_is_told_once(house: House) -> None:
    started(house, "Abe")
    page = text_of(house.browser("Abe").get("/"))
    assert "A new second step for your account was started" in page
    assert "under way for Abe" not in page


def test_the_first_page_asks_as_often_for_many_new_second_steps_as_for_one(house: House) -> None:
    def asked(count: int) -> int:
        for number in range(count):
            person = house.clinic.add(f"Member-{count}-{number}", Role.MEMBER)
            row = membership_of(house.clinic, person)
            replacements.start(
                house.viewer(), membership=row, check=IdentityCheck.IN_PERSON, reason="Seen"
            )
        for _twice in range(2):
            with CaptureQueriesContext(connection) as captured:
                assert ada.get("/").status_code == 200
        return len(captured)

    ada = house.browser("Ada")
    assert asked(1) == asked(5)


def test_a_stranger_is_sent_to_sign_in(house: House) -> None:
    response = browser().get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_one_is_greeted_by_the_hour_of_the_clinic() -> None:
    zone = ZoneInfo("America/Los_Angeles")

    def said(hour: int) -> str:
        class Ada:
            name = "Ada Moreno"

        return greeting(datetime(2026, 11, 24, hour, tzinfo=UTC), zone, Ada())

    assert said(17) == "Good morning, Ada"
    assert said(21) == "Good afternoon, Ada"
    assert said(4) == "Good evening, Ada"
