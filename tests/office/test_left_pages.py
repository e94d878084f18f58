"""A page whose session is over is for its own person: a colleague who signs in next begins at Home.

The sign-in page is fetched and its form sent, as a browser does: its answer takes the cookie away.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.identity import left_pages, sessions
from keepwell.safeguards.identity.models import Seat
from keepwell.safeguards.identity.sessions import Ending
from keepwell.toolkit import clock
from tests.office.rooms import House, text_of
from tests.office.sign_in.by_passkey import added, asked, proven
from tests.people import PASSWORD, Person, browser, browser_of
from tests.softkey import SoftKey

SIGN_IN, NAMES, AT_A_NAME = "/sign-in/", "/sign-in/desk/", "/sign-in/desk/password/"
PASSKEY, CODE = "/sign-in/passkey/", "/sign-in/code/"
PAGE = "/persons/?for=care"
IDLE = 15 * 60
SCRIPT = {"Sec-Fetch-Mode": "cors"}

Leave = Callable[[Client, House], str]
Arrive = Callable[[Client, str, Person], str]


def hidden(page: Any, action: str) -> dict[str, str]:
    """Return what a form of a page sends by itself."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', text_of(page), re.DOTALL)
    assert form, action
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: unescape(value) for name, value in found}


def second_step(here: Client, answer: Any, person: Person) -> str:
    assert answer["Location"] == CODE
    return str(here.post(CODE, {"code": person.code()})["Location"])


def by_password(here: Client, address: str, person: Person) -> str:
    """Sign in on the page of this address; return where that leads."""
    typed = {"email": person.email, "password": person.password}
    given = hidden(here.get(address), SIGN_IN) | typed
    return second_step(here, here.post(SIGN_IN, given), person)


def at_the_second_try(here: Client, address: str, person: Person) -> str:
    wrong = {"email": person.email, "password": "not this one at all"}
    again = here.post(SIGN_IN, hidden(here.get(address), SIGN_IN) | wrong)
    assert again.status_code == 422
    typed = {"email": person.email, "password": person.password}
    return second_step(here, here.post(SIGN_IN, hidden(again, SIGN_IN) | typed), person)


def by_name(here: Client, address: str, person: Person) -> str:
    """Press a name, miss the password once, choose the name again and give it."""
    pressed = hidden(here.get(address), NAMES) | {"seat": seat_of(person)}
    page = here.get(here.post(NAMES, pressed)["Location"])
    missed = here.post(AT_A_NAME, hidden(page, AT_A_NAME) | {"password": "not this one at all"})
    assert missed.status_code == 422
    other = re.search(rf'href="({NAMES}[^"]*)"', text_of(missed))
    assert other
    pressed = hidden(here.get(unescape(other[1])), NAMES) | {"seat": seat_of(person)}
    page = here.get(here.post(NAMES, pressed)["Location"])
    given = here.post(AT_A_NAME, hidden(page, AT_A_NAME) | {"password": PASSWORD})
    return second_step(here, given, person)


def by_passkey(here: Client, address: str, person: Person) -> str:
    """Sign in with a passkey, after one that does not work."""
    key = SoftKey()
    added(proven(person), key)
    refused = here.post(PASSKEY, hidden(here.get(address), PASSKEY) | {"passkey": "{}"})
    assert refused.status_code == 422
    given = hidden(refused, PASSKEY) | {"passkey": key.sign(asked(here))}
    return str(here.post(PASSKEY, given)["Location"])


def seat_of(person: Person) -> str:
    return str(Seat.objects.get(user=person.user).pk)


def make_room(here: Client, person: Person) -> None:
    """Stand by name at this browser's desk, with no page left there."""
    key = settings.SESSION_COOKIE_NAME
    here.cookies[key] = browser_of(person).cookies[key].value
    assert here.post("/switch/")["Location"] == NAMES


WAYS_IN: list[Arrive] = [by_password, at_the_second_try, by_name, by_passkey]


# Who arrives where.


@pytest.mark.parametrize("way_in", WAYS_IN, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize(("name", "leads"), [("Ada", PAGE), ("Ben", "/")])
def test_the_page_is_for_whoever_left_it_and_a_colleague_begins_at_home(
    house: House, way_in: Arrive, name: str, leads: str
) -> None:
    here = browser()
    for person in (house.people["Ben"], house.people["Ada"]):
        make_room(here, person)
    key = settings.SESSION_COOKIE_NAME
    here.cookies[key] = house.browser("Ada").cookies[key].value
    with clock.moved(IDLE):
        assert way_in(here, here.get(PAGE)["Location"], house.people[name]) == leads


@pytest.mark.parametrize(("name", "opens"), [("Ada", True), ("Ben", False)])
def test_a_colleague_does_not_stand_on_the_trail_for_the_patient_of_the_one_before(
    house: House, pat: UUID, name: str, *, opens: bool
) -> None:
    here, person = house.browser("Ada"), house.people[name]
    with clock.moved(IDLE):
        sent = here.get(f"/persons/{pat}/?for=care")
        here.get(by_password(here, sent["Location"], person))
    opened = [one.actor for one in house.payloads("records:fields:open")]
    assert (person.user.pk in opened) is opens


@pytest.mark.parametrize("way_in", [by_password, by_passkey], ids=["password", "passkey"])
@pytest.mark.parametrize("name", ["Ada", "Ben"])
def test_a_link_from_a_letter_leads_there_whoever_signs_in(
    house: House, way_in: Arrive, name: str
) -> None:
    here = browser()
    sent = here.get(PAGE)["Location"]
    assert sent == f"/sign-in/?next={quote(PAGE, safe='')}"
    assert way_in(here, sent, house.people[name]) == PAGE


# By which ways a session is over.


def idle(here: Client, house: House) -> str:
    with clock.moved(IDLE):
        return str(here.get(PAGE)["Location"])


def ended_elsewhere(here: Client, house: House) -> str:
    for record in sessions.standing_of(house.people["Ada"].user):
        sessions.end(record, Ending.ENDED_ELSEWHERE)
    return str(here.get(PAGE)["Location"])


def signed_out_everywhere(here: Client, house: House) -> str:
    house.browser("Ada").post("/account/sessions/end/")
    return str(here.get(PAGE)["Location"])


def outside_the_networks(here: Client, house: House) -> str:
    row = networks.add(house.clinic.console, network="203.0.113.0/24", name="Elsewhere")
    sent = str(here.get(PAGE)["Location"])
    networks.remove(house.clinic.console, row.pk)
    return sent


def half_way(here: Client, house: House) -> str:
    ada = house.people["Ada"]
    here.post("/sign-out/")
    here.post(SIGN_IN, {"email": ada.email, "password": ada.password})
    return str(here.get(PAGE)["Location"])


def for_a_script(answer: Any) -> str:
    """Return where a page's script goes that adds the page it is on (idle.js)."""
    assert answer.status_code == 401
    address = urlsplit(answer["HX-Redirect"])
    asked = dict(parse_qsl(address.query))
    return f"{address.path}?{urlencode(asked | {'next': asked['next'] + PAGE})}"


def told_to_a_script(here: Client, house: House) -> str:
    with clock.moved(IDLE):
        return for_a_script(here.get("/session/", headers=SCRIPT))


def told_to_a_script_that_acts(here: Client, house: House) -> str:
    with clock.moved(IDLE):
        return for_a_script(here.post("/session/stay/", headers=SCRIPT))


ENDS: list[Leave] = [
    idle,
    ended_elsewhere,
    signed_out_everywhere,
    outside_the_networks,
    half_way,
    told_to_a_script,
    told_to_a_script_that_acts,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda one: str(one.__name__))
@pytest.mark.parametrize(("name", "leads"), [("Ada", PAGE), ("Ben", "/")])
def test_it_is_so_by_whichever_way_the_session_ended(
    house: House, end: Leave, name: str, leads: str
) -> None:
    here = house.browser("Ada")
    sent = end(here, house)
    assert by_password(here, sent, house.people[name]) == leads


@pytest.mark.parametrize("left", ["/sign-out/", "/switch/"])
def test_a_script_is_told_no_mark_where_somebody_left_in_another_tab(
    house: House, left: str
) -> None:
    here, other = house.browser("Ada"), browser()
    other.cookies.update(here.cookies)
    here.post(left)
    assert other.get("/session/", headers=SCRIPT)["HX-Redirect"] == SIGN_IN
    assert here.get("/session/", headers=SCRIPT)["HX-Redirect"] == SIGN_IN


def test_a_script_that_adds_no_page_is_followed_to_sign_in_and_home(house: House) -> None:
    here = house.browser("Ada")
    with clock.moved(IDLE):
        sent = here.get(PAGE, headers={"HX-Request": "true"})["HX-Redirect"]
        assert by_password(here, sent, house.people["Ada"]) == "/"


# Half-way.


@pytest.mark.parametrize(("name", "leads"), [("Ada", PAGE), ("Ben", "/")])
def test_what_waits_at_the_code_is_for_the_person_who_gave_the_password(
    house: House, name: str, leads: str
) -> None:
    here, ada, person = browser(), house.people["Ada"], house.people[name]
    typed = {"email": ada.email, "password": ada.password}
    given = here.post(SIGN_IN, hidden(here.get(here.get(PAGE)["Location"]), SIGN_IN) | typed)
    assert given["Location"] == CODE
    assert by_password(here, SIGN_IN, person) == leads


# The mark.


@pytest.mark.parametrize("mark", ["x", "A" * 43, "https:", "%00", "Ada"])
def test_a_mark_that_is_nobodys_leads_home_and_breaks_nothing(house: House, mark: str) -> None:
    address = f"{SIGN_IN}?next={mark}{quote(PAGE, safe='')}"
    assert by_password(browser(), address, house.people["Ada"]) == "/"


def test_an_address_from_before_there_were_marks_leads_where_it_did(house: House) -> None:
    address = f"{SIGN_IN}?next={quote(PAGE, safe='')}&because=idle"
    assert by_password(browser(), address, house.people["Ben"]) == PAGE


def test_the_mark_tells_no_stranger_whose_it_is_and_leads_to_no_other_site(house: House) -> None:
    ada = house.people["Ada"]
    mark = left_pages.mark_of(ada.user.pk)
    assert re.fullmatch(r"[\w-]{43}", mark)
    assert mark != left_pages.mark_of(house.people["Ben"].user.pk)
    for hostile in ("//evil.example/account/", "/\\evil.example/", "/sign-out/"):
        page = browser().get(SIGN_IN, {"next": mark + hostile})
        assert "next" not in hidden(page, SIGN_IN)


def test_a_page_can_tell_its_own_persons_next_session_from_a_colleagues(house: House) -> None:
    first, again, bens = (house.browser(name) for name in ("Ada", "Ada", "Ben"))
    told = [one.get("/session/").json() for one in (first, again, bens)]
    assert len({one["id"] for one in told}) == 3
    assert told[0]["person"] == told[1]["person"] != told[2]["person"]
    assert f'person="{told[0]["person"]}"' in text_of(first.get("/account/"))
