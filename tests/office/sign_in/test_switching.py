"""Taking turns at a shared desk: a name is pressed, and signing in asks for what it always asks."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.members.queries import Standing, members_in
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import desks, sessions
from keepwell.safeguards.identity.models import Desk, Seat
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.people import PASSWORD, Clinic, Person, browser, browser_of, make_clinic
from tests.softkey import SoftKey

DESK, GIVEN, SWITCH = "/sign-in/desk/", "/sign-in/desk/password/", "/switch/"
HOUR = 3600
LEFT = "/account/look/"


def text_of(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()


@pytest.fixture
def ben(clinic: Clinic) -> Person:
    return clinic.add("Ben", Role.MEMBER)


def enter(here: Client, person: Person) -> None:
    """Be signed in at this browser, beside whatever else it holds."""
    of_person = browser_of(person)
    here.cookies["__Host-keepwell"] = of_person.cookies["__Host-keepwell"].value


def switched(here: Client, person: Person, page: str = LEFT) -> Any:
    enter(here, person)
    answer = here.post(SWITCH, {"page": page})
    assert answer["Location"] == DESK
    return answer


def names_at(here: Client) -> list[str]:
    answer = here.get("/sign-in/")
    assert answer.status_code == 200
    return re.findall(r'name="seat" value="[^"]+">.*?<span>([^<]+)</span>', text_of(answer))


def seat_of(person: Person) -> str:
    return str(Seat.objects.get(user=person.user).pk)


def press(here: Client, person: Person) -> Any:
    return here.post(DESK, {"seat": seat_of(person)})


def back_in(here: Client, person: Person, later: int = 0) -> Any:
    """Press the name, then give password and code."""
    with clock.moved(30 * later), early_in_a_half_minute():
        assert press(here, person)["Location"] == GIVEN
        given = here.post(GIVEN, {"seat": seat_of(person), "password": PASSWORD})
        assert given["Location"] == "/sign-in/code/"
        return here.post("/sign-in/code/", {"code": person.code()})


# Making room.


def test_the_session_ends_on_the_server_and_the_browser_forgets(
    clinic: Clinic, ada: Person
) -> None:
    here = browser_of(ada)
    key = here.cookies["__Host-keepwell"].value
    answer = here.post(SWITCH, {"page": LEFT})
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer["Cache-Control"] == "no-store"
    assert sessions.standing_of(ada.user) == []
    replayed = browser()
    replayed.cookies["__Host-keepwell"] = key
    assert replayed.get("/account/").status_code == 302
    writer.stop()
    [entry] = page_of_entries(clinic.console, kinds=["identity:session:end"], limit=9).entries
    assert entry.payload is not None
    assert entry.payload.detail == {"because": "switched"}


def test_the_browser_holds_a_handle_and_the_server_its_hash(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    cookie = here.cookies[desks.COOKIE]
    assert desks.COOKIE.startswith("__Host-")
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", 12 * HOUR)
    assert len(cookie.value) >= 43, "256 bits, base64url"
    digest = sessions.digest_of(cookie.value)
    assert Desk.objects.get().handle_digest == digest != cookie.value


def test_a_page_has_the_button_and_only_a_post_with_its_token_presses_it(ada: Person) -> None:
    here = browser_of(ada)
    page = text_of(here.get("/account/?page=2"))
    assert 'action="/switch/"' in page
    assert 'name="page" value="/account/"' in page
    assert here.get(SWITCH).status_code == 405
    strict = browser(has_csrf_checks=True)
    enter(strict, ada)
    assert strict.post(SWITCH).status_code == 403
    assert len(sessions.standing_of(ada.user)) == 2


# Who is shown.


def test_who_made_room_is_a_name_to_press_and_who_signed_out_is_none(
    ada: Person, ben: Person
) -> None:
    here = browser()
    switched(here, ada)
    switched(here, ben)
    assert names_at(here) == ["Ada", "Ben"]
    assert "@" not in re.sub(r"placeholder=\S+", "", text_of(here.get(DESK)))
    enter(here, ben)
    here.post("/sign-out/")
    assert names_at(here) == ["Ada"]


def test_who_signs_out_after_the_time_was_over_is_gone_too(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    enter(here, ada)
    with clock.moved(16 * 60):
        here.post("/sign-out/")
        assert names_at(here) == []


def test_a_session_that_was_over_keeps_no_name(ada: Person) -> None:
    here = browser_of(ada)
    with clock.moved(16 * 60):
        assert desks.COOKIE not in here.post(SWITCH).cookies
    on_the_way = browser()
    on_the_way.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert desks.COOKIE not in on_the_way.post(SWITCH).cookies
    assert Seat.objects.count() == 0


def test_another_browser_sees_no_names(ada: Person) -> None:
    switched(browser(), ada)
    other = browser()
    assert names_at(other) == []
    assert other.get(DESK)["Location"] == "/sign-in/"
    assert press(other, ada)["Location"] == "/sign-in/"
    assert other.get(GIVEN)["Location"] == "/sign-in/"
    given = other.post(GIVEN, {"seat": seat_of(ada), "password": PASSWORD})
    assert given["Location"] == "/sign-in/"


@pytest.mark.parametrize("handle", ["", "x", "A" * 43, "é"])
def test_a_forged_handle_shows_nothing(ada: Person, handle: str) -> None:
    switched(browser(), ada)
    here = browser()
    here.cookies[desks.COOKIE] = handle
    assert names_at(here) == []
    assert press(here, ada)["Location"] == "/sign-in/"


def test_a_handle_that_was_replaced_shows_nothing(ada: Person, ben: Person) -> None:
    here, copied = browser(), browser()
    switched(here, ada)
    copied.cookies[desks.COOKIE] = here.cookies[desks.COOKIE].value
    assert names_at(copied) == ["Ada"]
    switched(here, ben)
    assert names_at(copied) == []
    assert names_at(here) == ["Ada", "Ben"]


def test_a_name_lasts_twelve_hours_and_is_swept(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    with clock.moved(12 * HOUR - 60):
        desks.sweep()
        assert names_at(here) == ["Ada"]
    with clock.moved(12 * HOUR + 60):
        assert names_at(here) == []
        desks.sweep()
        assert (Seat.objects.count(), Desk.objects.count()) == (0, 0)


def test_at_most_eight_names_and_the_oldest_makes_room(clinic: Clinic) -> None:
    here = browser()
    for n in range(9):
        with clock.moved(n):
            switched(here, clinic.add(f"Nurse{n}", Role.MEMBER))
    assert names_at(here) == [f"Nurse{n}" for n in range(1, 9)]


def test_names_of_another_organisation_are_not_shown_at_this_desk(ada: Person, ben: Person) -> None:
    cy = make_clinic("Cedar Practice", "Cy").owner
    here = browser()
    switched(here, ada)
    switched(here, cy)
    assert names_at(here) == ["Cy"]
    assert not Seat.objects.filter(user=ada.user).exists()


def test_the_name_of_another_desk_cannot_be_pressed(ada: Person, ben: Person) -> None:
    cy = make_clinic("Cedar Practice", "Cy").owner
    here, theirs = browser(), browser()
    switched(here, ada)
    switched(theirs, cy)
    assert names_at(here) == ["Ada"]
    assert press(here, cy)["Location"] == "/sign-in/"
    given = here.post(GIVEN, {"seat": seat_of(cy), "password": PASSWORD})
    assert given["Location"] == "/sign-in/"


@pytest.mark.parametrize("asked", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_name_here_leads_to_the_plain_page(ada: Person, asked: str) -> None:
    here = browser()
    switched(here, ada)
    assert here.post(DESK, {"seat": asked})["Location"] == "/sign-in/"
    assert here.post(GIVEN, {"seat": asked, "password": PASSWORD})["Location"] == "/sign-in/"


# What takes a name away.


def offboarded(clinic: Clinic, ben: Person) -> None:
    rows = members_in(clinic.console, Standing.PRESENT).rows
    row = next(one for one in rows if one.user == ben.user)
    members.end(clinic.console, membership=row.pk, reason="Moved away")


def password_changed(clinic: Clinic, ben: Person) -> None:
    typed = {"present": PASSWORD, "password": "another plain phrase, longer"}
    assert browser_of(ben).post("/account/password/", typed).status_code == 302


def signed_out_everywhere(clinic: Clinic, ben: Person) -> None:
    browser_of(ben).post("/account/sessions/end/")


def account_closed(clinic: Clinic, ben: Person) -> None:
    ben.user.is_active = False
    ben.user.save()


def organisation_shut(clinic: Clinic, ben: Person) -> None:
    desks.forget_all_in(clinic.organisation.id)


def from_elsewhere(clinic: Clinic, ben: Person) -> None:
    networks.add(clinic.console, network="203.0.113.0/24", name="The clinic's own")


ENDS: list[Callable[[Clinic, Person], None]] = [
    offboarded,
    password_changed,
    signed_out_everywhere,
    account_closed,
    organisation_shut,
    from_elsewhere,
]


@pytest.mark.parametrize("ends", ENDS, ids=lambda one: str(one.__name__))
def test_a_name_goes_with(
    clinic: Clinic, ben: Person, ends: Callable[[Clinic, Person], None]
) -> None:
    here = browser()
    switched(here, ben)
    pressed = seat_of(ben)
    assert names_at(here) == ["Ben"]
    ends(clinic, ben)
    assert names_at(here) == []
    given = here.post(GIVEN, {"seat": pressed, "password": PASSWORD})
    assert given["Location"] == "/sign-in/"


def test_a_colleagues_end_leaves_the_others(clinic: Clinic, ada: Person, ben: Person) -> None:
    here = browser()
    switched(here, ada)
    switched(here, ben)
    offboarded(clinic, ben)
    assert names_at(here) == ["Ada"]
    assert not Seat.objects.filter(user=ben.user).exists()


def test_the_names_are_forgotten_by_a_press_and_not_by_a_link(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    assert here.get(f"{DESK}forget/").status_code == 405
    assert names_at(here) == ["Ada"]
    answer = here.post(f"{DESK}forget/")
    assert answer["Location"] == "/sign-in/?because=names-forgotten"
    assert "shows no names any more" in text_of(here.get(answer["Location"]))
    gone = answer.cookies[desks.COOKIE]
    assert (gone.value, gone["max-age"], gone["secure"], gone["path"]) == ("", 0, True, "/")
    assert Desk.objects.count() == 0


# Coming back.


def test_both_steps_are_asked_for_and_nothing_opens_before(ada: Person, ben: Person) -> None:
    here = browser()
    switched(here, ben)
    assert press(here, ben)["Location"] == GIVEN
    assert here.get("/account/").status_code == 302, "a pressed name is no sign-in"
    page = text_of(here.get(GIVEN))
    assert "<h1>Ben</h1>" in page
    assert ben.email not in page
    assert 'type="email"' not in page
    given = here.post(GIVEN, {"seat": seat_of(ben), "password": PASSWORD})
    assert given["Location"] == "/sign-in/code/"
    assert here.get("/account/")["Location"].startswith("/sign-in/"), "a password is not enough"
    assert here.post("/sign-in/code/", {"code": ben.code()})["Location"] == LEFT


def test_each_comes_back_to_the_own_page(ada: Person, ben: Person) -> None:
    here = browser()
    switched(here, ada, "/account/password/")
    switched(here, ben, "/account/look/")
    assert back_in(here, ada)["Location"] == "/account/password/"
    here.post(SWITCH, {"page": "/trail/"})
    assert back_in(here, ben)["Location"] == "/account/look/"
    here.post(SWITCH)
    assert back_in(here, ada, later=2)["Location"] == "/trail/"


def test_by_the_plain_page_too_and_only_once(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    for later, page in ((0, LEFT), (2, "/")):
        with clock.moved(30 * later), early_in_a_half_minute():
            here.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
            assert here.post("/sign-in/code/", {"code": ada.code()})["Location"] == page


def test_a_passkey_is_the_quick_way(ada: Person, key: SoftKey) -> None:
    here = browser()
    switched(here, ada)
    press(here, ada)
    options = here.post("/sign-in/passkey/challenge/").json()
    answer = here.post("/sign-in/passkey/", {"passkey": key.sign(options)})
    assert answer["Location"] == LEFT


@pytest.mark.parametrize(
    "page",
    [
        "https://elsewhere.example/account/",
        "//elsewhere.example/account/",
        "/sign-out/",
        "/account/" + "x" * 300,
        "no page",
        "",
    ],
)
def test_what_is_no_page_of_ours_is_not_kept(ada: Person, page: str) -> None:
    here = browser()
    switched(here, ada, page)
    assert Seat.objects.get().page in {"", "/account/"}
    assert back_in(here, ada)["Location"] in {"/", "/account/"}


def test_what_was_searched_for_is_not_kept(ada: Person) -> None:
    switched(browser(), ada, "/trail/?words=Winters#x")
    assert Seat.objects.get().page == "/trail/"


def test_the_page_belongs_to_the_organisation_it_was_left_in(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    elsewhere = make_clinic("Cedar Practice", "Cy").organisation.id
    request = here.get("/sign-in/").wsgi_request
    assert desks.take_seat(request, user=ada.user.pk, organisation=elsewhere) == ""
    own = UUID(str(Desk.objects.get().organisation))
    assert desks.take_seat(request, user=ada.user.pk, organisation=own) == LEFT


# Tries are counted as ever.


def test_wrong_passwords_wait_at_a_name_as_at_an_address(ada: Person) -> None:
    here = browser()
    switched(here, ada)
    wrong = {"seat": seat_of(ada), "password": "not hers at all"}
    for _ in range(5):
        answer = here.post(GIVEN, wrong)
        assert answer.status_code == 422
        assert "not the password of this account" in text_of(answer)
    assert here.post(GIVEN, wrong).status_code == 429
    plain = here.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert plain.status_code == 429, "the same door"


def test_a_wrong_password_is_on_the_trail(clinic: Clinic, ada: Person) -> None:
    here = browser()
    switched(here, ada)
    here.post(GIVEN, {"seat": seat_of(ada), "password": "not hers at all"})
    writer.stop()
    kinds = ["identity:password:fail"]
    assert len(page_of_entries(clinic.console, kinds=kinds, limit=9).entries) == 1


def test_nothing_of_a_person_is_in_addresses_or_in_the_handle(ada: Person) -> None:
    here = browser()
    answers = [switched(here, ada), press(here, ada), here.get(GIVEN)]
    told = [answer.get("Location", "") + str(answer.cookies) for answer in answers]
    for secret in (ada.email, "Ada", str(ada.user.pk)):
        assert not [one for one in told if secret in one]


def test_who_is_signed_in_has_no_names_to_choose_from(ada: Person, ben: Person) -> None:
    here = browser()
    switched(here, ben)
    enter(here, ada)
    assert here.get(DESK)["Location"] == "/"
