"""docs/explanation/signing-in.md says what the program does: numbers, ways, circumstances."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from keepwell.office.sign_in.letters import RESET_LASTS
from keepwell.office.sign_in.ways import PROOF_LASTS_US
from keepwell.safeguards.access.routes import all_routes
from keepwell.safeguards.identity import passwords, sessions, throttle
from keepwell.safeguards.identity.configuration import PASSWORD_ADVISED, PASSWORD_MINIMUM
from tests.boundaries.test_routes import OPEN

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "signing-in.md"
UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))
CIRCUMSTANCES = (
    "network",
    "time",
    "location",
    "organisation",
    "purpose",
    "device",
    "both steps, again",
    "a second person",
)


def said(span: timedelta) -> str:
    """Say a span as the page does."""
    seconds = int(span.total_seconds())
    size, name = next(one for one in UNITS if seconds % one[0] == 0)
    count = seconds // size
    return f"{count} {name}{'' if count == 1 else 's'}"


def text() -> str:
    return " ".join(PAGE.read_text(encoding="utf-8").split())


def guessed(factor: int) -> tuple[int, int]:
    """Return what can be guessed at once, up to the longest wait, and what falls in 30 days."""
    step = throttle.STEPS[0 if factor == 1 else 1][0]
    return step * factor, throttle.FALLS_A_DAY * factor * 30


def missing(page: str) -> list[str]:
    """Return which of the program's numbers the page does not say."""
    wanted = [f"after **{failures}**" for failures, _wait in throttle.STEPS]
    wanted += [f"**{said(wait)}**" for _failures, wait in throttle.STEPS]
    wanted += [f"falls by **{throttle.FALLS_A_DAY} a day**"]
    wanted += [f"never waits longer than {said(throttle.LONGEST_SHARED)}"]
    wanted += [f"{sum(guessed(1))} times at one account", f"{sum(guessed(10))} times from one"]
    wanted += [f"**{sessions.IDLE_MINUTES} minutes** without an act"]
    wanted += [f"between {sessions.LEAST_IDLE_MINUTES} and {sessions.MOST_IDLE_MINUTES}"]
    wanted += [f"**{said(sessions.ABSOLUTE_LIMIT)}** in any case"]
    wanted += [f"second step is {said(sessions.ON_THE_WAY_LIMIT)}"]
    wanted += [f"{PASSWORD_MINIMUM} characters at least, {PASSWORD_ADVISED} advised"]
    wanted += [f"{passwords.LONGEST} at most", f"{sessions.KEY_LENGTH} random signs of 36"]
    wanted += [f"by mail, {said(RESET_LASTS)}, good once"]
    wanted += [f"good for {said(timedelta(microseconds=PROOF_LASTS_US))}"]
    return [one for one in wanted if one.lower() not in page.lower()]


def test_the_page_about_signing_in_says_the_numbers_of_the_program() -> None:
    assert missing(text()) == []
    assert throttle.NETWORK_FACTOR == 10
    assert "ten times as patient" in text()


@pytest.mark.parametrize(
    ("number", "other"),
    [("**12 hours**", "**10 hours**"), ("**20**", "**30**"), ("15 advised", "12 advised")],
)
def test_another_number_is_noticed(number: str, other: str) -> None:
    assert missing(text().replace(number, other))


def test_the_page_about_signing_in_says_which_words_are_the_houses() -> None:
    assert passwords.HOUSE_LETTERS == 4
    assert "its words of four letters or more" in text()
    assert "made of the house's own words" in text()


def test_the_page_about_signing_in_says_how_many_sessions_there_may_be() -> None:
    assert "An account may have **any number** of sessions" in text()


def test_every_open_way_in_stands_on_the_page_about_signing_in() -> None:
    ways = [name for name in OPEN if name.startswith("sign_in:")]
    assert len(ways) > 8
    assert [name for name in ways if f"`{name}`" not in text()] == []
    named = set(re.findall(r"`(sign_in:\w+)`", text()))
    assert named <= {route.name for route in all_routes()}, "and none that is not there"


def test_the_page_about_access_names_every_circumstance() -> None:
    table = text().partition("## What else counts at each request")[2]
    assert [one for one in CIRCUMSTANCES if f"| **{one}** |" not in table] == []
