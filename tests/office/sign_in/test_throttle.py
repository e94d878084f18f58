"""Guessing gets slow, for whoever guesses; nobody can lock somebody else out for good."""

import re

from django.test import Client

from keepwell.safeguards.identity import throttle
from keepwell.safeguards.identity.models import Tries
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.mailbox import mailed
from tests.people import Person, browser

SECOND, MINUTE, HOUR = 1, 60, 3600


def guess(here: Client, email: str, password: str = "a wrong guess") -> int:
    return here.post("/sign-in/", {"email": email, "password": password}).status_code


def fail(person: Person, times: int) -> None:
    """Fail at this account's door without paying for the hashes."""
    for _ in range(times):
        wait = throttle.begin_try(throttle.account_door("password", person.email))
        assert not wait


def test_after_five_failures_even_the_right_password_waits(ada: Person) -> None:
    here = browser()
    assert [guess(here, ada.email) for _ in range(5)] == [422] * 5
    answer = here.post("/sign-in/", {"email": ada.email, "password": ada.password})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 30
    assert b"Too many tries" in answer.content
    assert guess(browser(address="203.0.113.9"), ada.email, ada.password) == 429
    with clock.moved(31 * SECOND):
        assert guess(here, ada.email, ada.password) == 302


def test_unknown_addresses_are_slowed_like_known_ones(ada: Person) -> None:
    here = browser()
    assert [guess(here, "nobody@example.org") for _ in range(6)] == [422] * 5 + [429]


def test_success_forgets_the_failures(ada: Person) -> None:
    here = browser()
    for _ in range(4):
        guess(here, ada.email)
    assert guess(here, ada.email, ada.password) == 302
    assert [guess(here, ada.email) for _ in range(5)] == [422] * 5


def test_the_steps_grow(ada: Person) -> None:
    waits = {n: throttle.wait_after(n).total_seconds() for n in (4, 5, 9, 10, 19, 20, 99, 100, 500)}
    assert waits == {
        4: 0,
        5: 30,
        9: 30,
        10: 5 * MINUTE,
        19: 5 * MINUTE,
        20: 15 * MINUTE,
        99: 15 * MINUTE,
        100: 24 * HOUR,
        500: 24 * HOUR,
    }


def test_a_hundred_failures_shut_the_door_for_a_day_but_not_for_good(ada: Person) -> None:
    moved, door = 0.0, throttle.account_door("password", ada.email)
    while Tries.objects.filter(door=door.key, failures__gte=100).count() == 0:
        with clock.moved(moved):
            moved += throttle.begin_try(door).total_seconds() or SECOND
    moved -= SECOND
    with clock.moved(moved + 23 * HOUR):
        assert guess(browser(), ada.email, ada.password) == 429
    with clock.moved(moved + 24 * HOUR + 1):
        assert guess(browser(), ada.email, ada.password) == 302


def test_a_browser_that_signed_in_before_is_not_locked_out_by_strangers(ada: Person) -> None:
    mine = browser()
    mine.post("/sign-in/", {"email": ada.email, "password": ada.password})
    mine.post("/sign-in/code/", {"code": ada.code()})
    mine.post("/sign-out/")
    fail(ada, 5)
    assert guess(browser(address="203.0.113.9"), ada.email, ada.password) == 429
    assert guess(mine, ada.email, ada.password) == 302


def test_a_browsers_own_door_closes_too(ada: Person) -> None:
    mine = browser()
    mine.post("/sign-in/", {"email": ada.email, "password": ada.password})
    mine.post("/sign-in/code/", {"code": ada.code()})
    assert [guess(mine, ada.email) for _ in range(6)] == [422] * 5 + [429]


def test_a_forged_device_opens_no_door(ada: Person) -> None:
    fail(ada, 5)
    forged = browser()
    forged.cookies["__Host-keepwell-device"] = "WyJ4Il0:1abcde:forgedforgedforged"
    assert guess(forged, ada.email, ada.password) == 429


def test_a_reset_by_mail_opens_the_door(ada: Person) -> None:
    fail(ada, 5)
    here = browser()
    here.post("/password/forgotten/", {"email": ada.email})
    link = re.search(r"https://\S+(/password/new/\S+/)", mailed()[0].body)
    assert link
    here.post(link[1], {"password": "another four plain words"})
    assert guess(browser(address="203.0.113.9"), ada.email, "another four plain words") == 302


def test_a_network_is_slowed_across_accounts(ada: Person) -> None:
    door = throttle.network_door("password", "198.51.100.7")
    for _ in range(50):
        assert not throttle.begin_try(door)
    assert guess(browser(address="198.51.100.99"), ada.email, ada.password) == 429
    assert guess(browser(address="203.0.113.9"), ada.email, ada.password) == 302


def test_codes_are_slowed_too(ada: Person) -> None:
    here = browser()
    guess(here, ada.email, ada.password)
    answers = [here.post("/sign-in/code/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert here.post("/sign-in/code/", {"code": ada.code()}).status_code == 429
    assert here.post("/sign-in/recovery-code/", {"code": "00000000"}).status_code == 429


def test_parallel_guesses_are_all_counted(ada: Person) -> None:
    door = throttle.account_door("password", ada.email)
    waits = at_once([lambda: throttle.begin_try(door) for _ in range(12)])
    assert sum(not wait for wait in waits) == 5


def test_the_table_of_tries_names_nobody(ada: Person) -> None:
    guess(browser(), ada.email)
    rows = list(Tries.objects.values_list("door", flat=True))
    assert len(rows) == 2
    assert not any(part in row for row in rows for part in (ada.email, "198.51.100"))


def test_tries_are_forgotten_after_a_month(ada: Person) -> None:
    guess(browser(), ada.email)
    with clock.moved(31 * 24 * HOUR):
        assert throttle.sweep() == 2


def test_of_a_thousand_guesses_at_codes_few_are_looked_at(ada: Person) -> None:
    door = throttle.account_door("code", ada.email)
    looked_at = 0
    for minute in range(1000):  # one a minute, for most of a day, and the next day again
        with clock.moved(minute * MINUTE):
            looked_at += not throttle.begin_try(door)
    assert 20 < looked_at < 105, "of a million codes"
    with clock.moved(1000 * MINUTE + 24 * 3600):
        throttle.succeed(door)
        assert not throttle.begin_try(door), "and it is not for ever"
