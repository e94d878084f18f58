"""`keepwell alerts`: every rule by its real cause, a quiet day by none, and nothing left behind."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keepwell.cli import alerts, installation, scratch
from keepwell.cli.alert_causes import CAUSES, Cause, new_browser, new_place
from keepwell.cli.refusal import FAILED
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.monitoring import queries, watch
from keepwell.safeguards.monitoring.rules import FAILURES_LEAST, RuleCode
from keepwell.safeguards.monitoring.watchers import New
from keepwell.safeguards.tenancy.organisations import organisation_ids
from tests.installed import Installed, installed
from tests.office.rooms import make_house
from tests.serving import keepwell_as_me
from tests.stores.session import Stores

TEST = argparse.Namespace(act="test")
GUESSING = CAUSES[0]


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[Installed]:
    with installed(stores, tmp_path / "home") as made:
        if made.owner:  # PostgreSQL: the owner of the tables makes them
            ran = keepwell_as_me(made.home, "init", **made.settings, **made.owner)
            assert ran.returncode == 0, ran.stderr
        yield made


@pytest.fixture
def here(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let commands run in this process, whose stores are whole."""
    for name in ("check", "check_to_write"):
        monkeypatch.setattr(installation, name, lambda: None)
    yield monkeypatch
    writer.stop()


def test_every_rule_has_its_cause() -> None:
    rules = [cause.rule for cause in CAUSES]
    assert set(rules) == set(RuleCode)
    both = [cause.act for cause in CAUSES if cause.rule == RuleCode.NEW_PLACE]
    assert both == [new_place, new_browser]


@pytest.mark.parametrize(("act", "new"), [(new_place, {New.NETWORK}), (new_browser, {New.BROWSER})])
def test_of_a_new_place_each_half_is_tried_by_itself(
    here: pytest.MonkeyPatch, act: Callable[[scratch.Scratch], None], new: set[New]
) -> None:
    with scratch.organisation() as made:
        act(made)
        watch.look(made.organisation)
        (row,) = queries.open_ones(made.console)
        assert queries.new_with(made.console, row, queries.entries_of(made.console, row)) == new


def test_on_an_installation_each_rule_fires_alone_and_nothing_is_left(place: Installed) -> None:
    ran = place.run("alerts", "test")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert [line.split()[0] for line in lines if "alerts after" in line] == [
        str(cause.rule) for cause in CAUSES
    ]
    (day,) = (line for line in lines if line.startswith("normal day"))
    assert day.endswith("nothing alerts")
    assert int(day.split()[2]) >= 500
    assert "is whole" in place.run("verify").stdout
    listed = place.run("alerts", "list", "--all")
    assert (listed.returncode, scratch.NAME in listed.stdout) == (0, False)
    assert list((place.home / "mail").rglob("*.eml")) == []


def test_a_rule_that_does_not_fire_is_named_and_the_status_says_so(
    here: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here.setattr(alerts, "quiet_day", lambda _made: 0)
    here.setattr(alerts, "CAUSES", (replace(GUESSING, act=lambda _made: None),))
    assert alerts.run(TEST) == FAILED
    assert "FAILED: nothing alerts" in capsys.readouterr().out
    assert organisation_ids() == []


def test_a_day_that_alerts_is_no_quiet_one(
    here: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def day(made: scratch.Scratch) -> int:
        GUESSING.act(made)
        return FAILURES_LEAST

    here.setattr(alerts, "quiet_day", day)
    here.setattr(alerts, "CAUSES", ())
    assert alerts.run(TEST) == FAILED
    assert f"FAILED: {RuleCode.FAILED_SIGN_INS} alerts" in capsys.readouterr().out


def test_what_breaks_off_leaves_no_organisation_and_no_account(here: pytest.MonkeyPatch) -> None:
    def fail(made: scratch.Scratch) -> None:
        made.employ("Half", Role.MEMBER)
        raise RuntimeError

    here.setattr(alerts, "quiet_day", lambda _made: 0)
    here.setattr(alerts, "CAUSES", (Cause(RuleCode.LEAVER, "something fails", fail),))
    with pytest.raises(RuntimeError):
        alerts.run(TEST)
    assert organisation_ids() == []
    assert not User.objects.filter(email__endswith=scratch.DOMAIN).exists()


def test_the_list_names_open_alerts_of_one_organisation_or_all(
    here: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = make_house()
    clinic = house.clinic.organisation.id
    GUESSING.act(scratch.Scratch(clinic, house.viewer(), scratch.new_network()))
    writer.stop()
    for one in organisation_ids():
        watch.look(one)
    asked = argparse.Namespace(act="list", organisation="Ashgrove Clinic", all=False)
    assert alerts.run(asked) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert f"{RuleCode.FAILED_SIGN_INS}" in line
    assert str(User.objects.get(name="Guessed").pk) in line
    other = argparse.Namespace(act="list", organisation="Cedar Practice", all=True)
    assert alerts.run(other) == 0
    assert capsys.readouterr().out == ""
