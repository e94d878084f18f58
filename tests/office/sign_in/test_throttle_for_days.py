"""Guessing that goes on for days: it stays bounded, and its victims come in all the same."""

import re
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client

from keepwell.jobs.models import Job
from keepwell.office.sign_in.letters import RESET_LASTS
from keepwell.safeguards.identity import throttle
from keepwell.safeguards.identity.models import Tries
from keepwell.safeguards.identity.throttle import (
    Door,
    account_door,
    begin_try,
    letter_door,
    network_door,
)
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.half_minute import early_in_a_half_minute
from tests.mailbox import mailed
from tests.people import Person, browser

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
CLINIC, NEIGHBOUR, AWAY = "198.51.100.7", "198.51.100.99", "203.0.113.9"
NEW_PASSWORD = "another four plain words"


def guess_for(seconds: float, *doors: Door) -> int:
    """Take every try that there is; return how many, with the doors as they are then."""
    moved, taken = 0.0, 0
    while moved < seconds:
        with clock.moved(moved):
            wait = begin_try(*doors).total_seconds()
        taken += not wait
        moved += wait or 0.001
    return taken


def hold(*doors: Door) -> None:
    """Be first whenever a door opens: as good as shut for everybody else, for now."""
    for door in doors:
        begin_try(door)
    Tries.objects.filter(door__in=[door.key for door in doors]).update(
        failures=19 * 10, closed_until=clock.now() + timedelta(minutes=15)
    )


def sign_in(here: Client, person: Person, password: str) -> list[int]:
    """Give both steps; return how each was answered."""
    with early_in_a_half_minute():
        first = here.post("/sign-in/", {"email": person.email, "password": password})
        second = here.post("/sign-in/code/", {"code": person.code()})
    return [first.status_code, second.status_code]


def ask(here: Client, email: str) -> None:
    """Ask for a link to a new password."""
    assert here.post("/password/forgotten/", {"email": email}).status_code == 200


def latest_link() -> str:
    """Return the link of the latest letter."""
    found = re.search(r"https://\S+(/password/new/\S+/)", mailed()[-1].body)
    assert found
    return found[1]


def use_link(here: Client, link: str) -> None:
    """Set a new password."""
    assert here.post(link, {"password": NEW_PASSWORD}).status_code == 302


@pytest.fixture
def besieged(ada: Person) -> Person:
    """Return Ada, whose account and network somebody keeps shut, at both steps."""
    acts = ("password", "code")
    hold(*(account_door(act, ada.email) for act in acts))
    hold(*(network_door(act, CLINIC) for act in acts))
    return ada


def days_later(days: float) -> AbstractContextManager[None]:
    """Move the clock by some days."""
    return clock.moved(days * DAY)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("days", [1, 30])
def test_guesses_at_one_account_are_bounded(days: int) -> None:
    taken = guess_for(days * DAY, account_door("password", "ada@example.org"))
    assert 100 < taken <= 100 + 10 * days


@pytest.mark.usefixtures("db")
def test_guesses_from_one_network_are_bounded() -> None:
    taken = guess_for(7 * DAY, network_door("password", CLINIC))
    assert 200 < taken <= 200 + 100 * 7


def test_a_stranger_in_the_network_shuts_it_for_a_quarter_of_an_hour_at_most(ada: Person) -> None:
    door = network_door("password", NEIGHBOUR)
    guess_for(DAY, door)
    # As an earlier release may have left it, which shut it for a day at 1000.
    Tries.objects.update(failures=1500, closed_until=None)
    with days_later(1):
        while not begin_try(door):
            pass
        with clock.moved(15 * MINUTE):
            assert sign_in(browser(address=CLINIC), ada, ada.password) == [302, 302]


def test_who_comes_by_a_link_is_let_in_though_a_stranger_is_always_first(besieged: Person) -> None:
    here = browser(address=CLINIC)
    ask(browser(address=AWAY), besieged.email)  # from the telephone
    use_link(here, latest_link())
    hold(account_door("password", besieged.email))  # the stranger goes on
    assert sign_in(here, besieged, NEW_PASSWORD) == [302, 302]
    assert here.get("/account/").status_code == 200


def test_who_has_used_no_link_waits(besieged: Person) -> None:
    ask(browser(address=AWAY), besieged.email)
    use_link(browser(address=AWAY), latest_link())
    hold(account_door("password", besieged.email))
    assert sign_in(browser(address=CLINIC), besieged, NEW_PASSWORD)[0] == 429


def test_links_do_not_multiply_guesses(ada: Person) -> None:
    answers = []
    for _ in range(2):
        here = browser(address=AWAY)
        ask(here, ada.email)
        use_link(here, latest_link())
        here.post("/sign-in/", {"email": ada.email, "password": NEW_PASSWORD})
        wrong = [here.post("/sign-in/code/", {"code": "000000"}) for _ in range(4)]
        answers += [one.status_code for one in wrong]
    assert answers == [422] * 5 + [429] * 3


def test_while_letters_are_slowed_one_with_a_good_link_is_there(ada: Person) -> None:
    assert throttle.LONGEST_SHARED < RESET_LASTS
    guess_for(2 * DAY, letter_door(ada.email))
    with days_later(2):
        while not begin_try(letter_door(ada.email)):
            pass
        with clock.moved(15 * MINUTE):
            ask(browser(address=AWAY), ada.email)  # a stranger
            ask(browser(address=CLINIC), ada.email)
            assert len(mailed()) == 1
            use_link(browser(address=CLINIC), latest_link())


def test_honest_resets_of_many_days_all_send_their_letters(ada: Person) -> None:
    here = browser(address=CLINIC)
    for day in range(5):
        with days_later(day):
            for person in range(45):
                ask(here, f"colleague-{day}-{person}@example.org")
    assert Job.objects.count() == 5 * 45


def test_a_link_that_was_used_is_given_back_to_the_network(ada: Person) -> None:
    door = network_door("reset", CLINIC)
    for _ in range(49):
        assert not begin_try(door)
    here = browser(address=CLINIC)
    ask(here, ada.email)
    assert begin_try(door)
    use_link(here, latest_link())
    assert not begin_try(door)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("kind", ["account", "network"])
def test_a_door_that_is_never_still_forgets_too(kind: str) -> None:
    door = account_door("code", "ada") if kind == "account" else network_door("challenge", CLINIC)
    moved = 0.0
    for count in range(120):  # a little less than ten a day, or a hundred
        moved += (2.3 if count % 2 else 2.6) * HOUR / door.factor
        with clock.moved(moved):
            assert not begin_try(door)
    assert Tries.objects.get().failures < 5


@pytest.mark.usefixtures("db")
def test_a_refused_try_neither_counts_nor_postpones() -> None:
    door = account_door("password", "ada@example.org")
    for _ in range(5):
        assert not begin_try(door)
    before = Tries.objects.values().get()
    with clock.moved(29):
        assert begin_try(door)
    assert Tries.objects.values().get() == before


@pytest.mark.usefixtures("db")
def test_whoever_stops_is_forgotten_in_ten_days() -> None:
    door = account_door("password", "ada@example.org")
    guess_for(DAY, door)
    with days_later(12):
        assert [bool(begin_try(door)) for _ in range(6)] == [False] * 5 + [True]


@pytest.mark.usefixtures("db")
def test_a_clock_that_is_set_back_adds_nothing() -> None:
    door = account_door("password", "ada@example.org")
    with clock.moved(DAY):
        begin_try(door)
    begin_try(door)
    assert Tries.objects.get().failures == 2


@pytest.mark.usefixtures("db")
def test_the_sweep_leaves_what_still_counts_and_deletes_the_rest() -> None:
    used, left = account_door("password", "ada"), account_door("password", "ben")
    begin_try(left)
    with days_later(29):
        begin_try(used)
    with days_later(31):
        assert throttle.sweep() == 1
        assert Tries.objects.get().door == used.key


@pytest.mark.usefixtures("db")
def test_tries_and_successes_at_once_disturb_each_other_never() -> None:
    door = account_door("password", "ada@example.org")

    def try_and_succeed() -> int:
        begin_try(door)
        throttle.succeed(door)
        return 1

    assert sum(at_once([try_and_succeed for _ in range(8)])) == 8
