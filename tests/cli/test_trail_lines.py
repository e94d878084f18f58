"""`keepwell trail export --format`: what entries say is much, and nobody takes it alone."""

import argparse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from keepwell.cli import installation, trail
from keepwell.cli.refusal import Refusal
from keepwell.office.trail import views as pages
from keepwell.safeguards.access.proposals import actions
from keepwell.safeguards.audit import writer
from keepwell.toolkit import clock
from tests.office.rooms import House, make_house
from tests.office.test_two_persons import DAY, alone, confirmed, let_in, proposed
from tests.stores.session import Stores

EXPORTED, USED = "audit:trail:export", "access:proposal:use"


@pytest.fixture
def house(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Found both; more than three entries are much, and all have worked here for two days."""
    monkeypatch.setattr(installation, "check_to_write", lambda: None)
    monkeypatch.setattr(pages, "MOST_ALONE", 3)
    house = make_house()
    let_in(house, timedelta(days=2))
    yield house
    writer.stop()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "lines.csv"


def take(house: House, out: Path, form: str = "csv") -> int:
    asked = argparse.Namespace(
        act="export",
        organisation=str(house.clinic.organisation.id),
        format=form,
        out=str(out),
        reason="Our insurer asks for the year",
    )
    return trail.run(asked)


def test_an_operator_alone_takes_nothing(house: House, out: Path) -> None:
    with pytest.raises(Refusal, match="takes two persons"):
        take(house, out)
    assert not out.exists()
    assert house.payloads(EXPORTED) == []


def test_what_two_members_agreed_on_is_taken_once_and_in_their_format(
    house: House, out: Path
) -> None:
    confirmed(house)
    with pytest.raises(Refusal):
        take(house, out, "jsonl")
    assert take(house, out) == 0
    assert len(out.read_text().splitlines()) > 3
    (said,), (used,) = house.payloads(EXPORTED), house.payloads(USED)
    assert (said.reason, said.viewer_kind, used.viewer_kind) == (
        "Our insurer asks for the year",
        "console",
        "console",
    )
    with pytest.raises(Refusal):
        take(house, out.with_name("again.csv"))


def test_what_was_only_proposed_or_is_of_a_part_is_not_enough(house: House, out: Path) -> None:
    proposed(house)
    part = proposed(house, "Abe", kind="opened")
    assert actions.confirm(house.viewer(), proposal=part.pk, reason="Agreed")
    with pytest.raises(Refusal):
        take(house, out)
    assert not out.exists()


def test_a_file_that_is_there_already_leaves_it_unused(house: House, out: Path) -> None:
    confirmed(house)
    out.write_text("mine")
    with pytest.raises(FileExistsError):
        take(house, out)
    assert out.read_text() == "mine"
    out.unlink()
    assert take(house, out) == 0


def test_a_small_trail_needs_nobody_else(
    house: House, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_ALONE", 1_000)
    assert take(house, out) == 0


def test_whoever_reads_the_trail_alone_waits_a_day(house: House, out: Path) -> None:
    alone(house)
    proposed(house, "Ada")
    with pytest.raises(Refusal):
        take(house, out)
    with clock.moved(DAY + 60):
        assert take(house, out) == 0
