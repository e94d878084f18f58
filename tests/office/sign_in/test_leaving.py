"""Every way out of a session: the browser is told to forget."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.members.queries import Standing, members_in
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.sessions import Ending
from keepwell.toolkit import clock
from tests.people import Clinic, browser, browser_of

FORGET = '"cache", "storage"'
PAGE = "/trail/"
MINUTE, HOUR = 60, 3600


def forgets(answer: Any) -> bool:
    return bool(answer.headers.get("Clear-Site-Data") == FORGET)


def next_answer(client: Client) -> Any:
    return client.get(PAGE)


def signed_out(client: Client, clinic: Clinic) -> Any:
    return client.post("/sign-out/")


def signed_out_everywhere(client: Client, clinic: Clinic) -> Any:
    return client.post("/account/sessions/end/")


def signed_out_when_it_was_over(client: Client, clinic: Clinic) -> Any:
    with clock.moved(16 * MINUTE):
        return client.post("/sign-out/")


def somebody_else_signs_in_over_it(client: Client, clinic: Clinic) -> Any:
    ben = clinic.add("Ben", Role.MEMBER)
    return client.post("/sign-in/", {"email": ben.email, "password": ben.password})


def idle(client: Client, clinic: Clinic) -> Any:
    with clock.moved(15 * MINUTE):
        return next_answer(client)


def twelve_hours_over(client: Client, clinic: Clinic) -> Any:
    for half_hours in range(1, 48):
        with clock.moved(half_hours * 15 * MINUTE - MINUTE):
            client.post("/session/stay/")
    with clock.moved(12 * HOUR):
        return next_answer(client)


def cut_off(client: Client, clinic: Clinic) -> Any:
    for record in sessions.standing_of(clinic.owner.user):
        sessions.end(record, Ending.ENDED_ELSEWHERE)
    return next_answer(client)


def outside_the_networks(client: Client, clinic: Clinic) -> Any:
    networks.add(clinic.console, network="203.0.113.0/24", name="Elsewhere")
    return next_answer(client)


def outside_for_a_script(client: Client, clinic: Clinic) -> Any:
    networks.add(clinic.console, network="203.0.113.0/24", name="Elsewhere")
    return client.get("/session/", headers={"Sec-Fetch-Mode": "cors"})


WAYS_OUT: list[Callable[[Client, Clinic], Any]] = [
    signed_out,
    signed_out_everywhere,
    signed_out_when_it_was_over,
    somebody_else_signs_in_over_it,
    idle,
    twelve_hours_over,
    cut_off,
    outside_the_networks,
    outside_for_a_script,
]


@pytest.mark.parametrize("way_out", WAYS_OUT, ids=lambda one: str(one.__name__))
def test_every_way_out_lets_the_browser_forget(
    clinic: Clinic, way_out: Callable[[Client, Clinic], Any]
) -> None:
    client = browser_of(clinic.owner)
    answer = way_out(client, clinic)
    assert answer.status_code in {302, 401}
    assert forgets(answer)
    assert answer["Cache-Control"] == "no-store"


def test_whose_membership_ended_is_out_at_the_next_request_and_the_browser_forgets(
    clinic: Clinic,
) -> None:
    ben = clinic.add("Ben", Role.MEMBER)
    client = browser_of(ben)
    row = next(
        one for one in members_in(clinic.console, Standing.PRESENT).rows if one.user == ben.user
    )
    members.end(clinic.console, membership=row.pk, reason="Moved away")
    assert forgets(client.get("/inbox/"))


def test_who_goes_on_working_and_who_never_was_in_forget_nothing(clinic: Clinic) -> None:
    client, stranger = browser_of(clinic.owner), browser()
    answers = [client.get(PAGE), client.get("/account/"), client.post("/session/stay/")]
    answers += [stranger.get(PAGE), stranger.get("/sign-in/"), stranger.post("/sign-out/x/")]
    assert not [answer for answer in answers if forgets(answer)]


def test_a_patients_page_in_a_browser_of_an_ended_session_forgets_nothing(clinic: Clinic) -> None:
    client = browser_of(clinic.owner)
    with clock.moved(16 * MINUTE):
        assert not forgets(client.get("/f/nowhere/"))
