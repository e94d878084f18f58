"""What one person takes of the trail alone adds up, also when it is asked for at one moment."""

from typing import Any

import pytest
from django.test import Client

from keepwell.office.trail import views as trail_views
from keepwell.safeguards.audit import queries
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.errors import TrailUnavailable
from tests.at_once import at_once
from tests.office.rooms import House
from tests.people import browser, show_both_steps

MANY = 16


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take two persons for more than seven entries, so that a test needs no thousand."""
    monkeypatch.setattr(trail_views, "MOST_ALONE", 7)


def entries_of_ben(house: House) -> str:
    """Let Ben have three entries, one for the terms; return where they are exported."""
    for kind in ("identity:session:begin", "identity:session:end"):
        record_now(house.viewer("Ben"), kind)
    return f"/trail/export/?form=csv&member={house.people['Ben'].user.pk}"


def exporter(house: House) -> Client:
    client = house.browser("Dee")
    show_both_steps(client, house.people["Dee"], "trail-export")
    return client


def windows(client: Client) -> list[Client]:
    """Open more windows of the browser in which somebody is signed in."""
    opened = [browser() for _each in range(MANY)]
    for one in opened:
        one.cookies.update(client.cookies)
    return opened


def taken_of(house: House) -> list[int]:
    return [int(one.detail["alone"]) for one in house.payloads("audit:trail:export")]


def test_of_many_exports_at_once_no_more_go_out_than_one_person_may_take(house: House) -> None:
    address = entries_of_ben(house)

    def asking(window: Client) -> Any:
        return lambda: window.get(address)

    answers = at_once([asking(one) for one in windows(exporter(house))])
    files = [one for one in answers if one.status_code == 200]
    assert len(files) == 2, "twice three of seven"
    assert {len(one.content.splitlines()) for one in files} == {4}, "a line of titles, and three"
    others = [one["Location"] for one in answers if one.status_code == 302]
    assert len(others) == MANY - 2
    assert all(one.startswith("/trail/export/propose/") for one in others)
    assert taken_of(house) == [3, 3]


def test_one_after_another_within_what_one_may_take_both_go_out(house: House) -> None:
    address, dee = entries_of_ben(house), exporter(house)
    for _twice in range(2):
        assert dee.get(address)["Content-Disposition"].startswith("attachment")
    assert taken_of(house) == [3, 3]


def test_nothing_goes_out_while_its_own_entry_is_not_to_be_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, dee = entries_of_ben(house), exporter(house)
    with monkeypatch.context() as patched:
        patched.setattr(queries, "taken_alone", lambda *_given: 0)
        dee.raise_request_exception = False
        assert dee.get(address).status_code == TrailUnavailable.status
    assert dee.get(address).status_code == 200
