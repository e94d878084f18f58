"""The watch over the trail: each entry counts once, whatever is killed; a normal day is quiet."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from keepwell.jobs.declaring import kind_of
from keepwell.jobs.models import State
from keepwell.safeguards.audit import stream, writer
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.monitoring import actions, watch, watchers
from keepwell.safeguards.monitoring.events import MonitoringEvent
from keepwell.safeguards.monitoring.models import Alert, Cursor
from keepwell.safeguards.monitoring.queries import cursor_of
from keepwell.safeguards.monitoring.rules import FAILURES_LEAST, RuleCode
from keepwell.safeguards.monitoring.tasks import look_at_trails
from keepwell.safeguards.monitoring.watchers import Span
from keepwell.safeguards.persons import exports
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.toolkit import clock
from tests.at_once import at_once
from tests.jobs.doing import do
from tests.mailbox import mailed
from tests.office.alarms import (
    acknowledge,
    alerts,
    fill,
    guess,
    look,
    page_through,
    raised,
    sign_in,
)
from tests.office.rooms import House
from tests.people import browser, browser_of
from tests.stores.session import SETTINGS_MODULE, Stores

PROGRAM = "tests.safeguards.monitoring.killed_while_looking"
ACTS_OF_A_DAY = 500


def killed(stores: Stores, organisation: UUID, when: str) -> None:
    """Let another process look at a trail, and be killed."""
    ended = subprocess.run(
        [sys.executable, "-m", PROGRAM, str(organisation), when],
        env={**os.environ, **stores.environment(), SETTINGS_MODULE: "keepwell.config.settings"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def position(house: House) -> int | None:
    return cursor_of(house.viewer())


@pytest.mark.parametrize("when", ["written", "committed"])
def test_a_kill_loses_no_alert_and_makes_none_twice(
    house: House, stores: Stores, when: str
) -> None:
    assert look(house) == []
    before = position(house)
    guess(house.people["Ben"])
    writer.stop()
    killed(stores, house.clinic.organisation.id, when)
    assert len(alerts(house)) == (1 if when == "committed" else 0)
    assert (position(house) == before) == (when == "written")
    writer.start()  # moves what the killed one left in the outbox, as a new process does
    for _ in range(2):
        (alert,) = look(house)
    assert alert.count == FAILURES_LEAST
    assert len(house.payloads(MonitoringEvent.ALERT_RAISE)) == 1


def test_looking_again_changes_nothing(house: House) -> None:
    guess(house.people["Ben"])
    (first,) = look(house)
    watch.look(house.clinic.organisation.id)
    (again,) = look(house)
    assert (first.count, first.last_index, first.told) == (
        again.count,
        again.last_index,
        again.told,
    )


def test_of_four_watches_at_once_one_raises_it(house: House) -> None:
    guess(house.people["Ben"])
    writer.stop()
    at_once([lambda: watch.look(house.clinic.organisation.id) for _ in range(4)])
    assert [one.count for one in look(house)] == [FAILURES_LEAST]


def test_a_span_that_somebody_else_took_in_counts_no_more(house: House) -> None:
    look(house)
    begun = position(house)
    guess(house.people["Ben"])
    writer.stop()
    organisation = house.clinic.organisation.id
    span = Span(organisation, begun or 0, stream.size_of(organisation))
    hits = watchers.hits_in(span, {})
    assert look(house)[0].count == FAILURES_LEAST
    viewer = house.viewer()
    assert not actions.take_in(viewer, span, hits)
    assert alerts(house)[0].count == FAILURES_LEAST


def test_portions_end_in_the_middle_of_what_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PORTION", 2)
    guess(house.people["Ben"], FAILURES_LEAST + 2)
    assert [one.count for one in look(house)] == [FAILURES_LEAST + 2]


def test_what_follows_counts_up_and_after_acknowledging_alerts_anew(house: House) -> None:
    guess(house.people["Ben"])
    look(house)
    with clock.moved(1000):
        guess(house.people["Ben"], 1)
        assert [one.count for one in look(house)] == [FAILURES_LEAST + 1]
    acknowledge(house, alerts(house)[0])
    with clock.moved(4000):
        guess(house.people["Ben"], 1)
        assert [one.is_open for one in look(house)] == [False]
    with clock.moved(9000):
        for n in range(FAILURES_LEAST):
            with clock.moved(n * 400):
                guess(house.people["Ben"], 1)
        found = look(house)
    assert [(one.is_open, one.count) for one in found] == [(False, 6), (True, FAILURES_LEAST)]


def test_the_job_of_every_minute_looks_at_every_trail(house: House) -> None:
    kind = kind_of("monitoring:trail:watch")
    assert kind
    assert kind.every == "* * * * *"
    guess(house.people["Ben"])
    writer.stop()
    assert do(look_at_trails).state is State.DONE
    assert [one.rule for one in alerts(house)] == [RuleCode.FAILED_SIGN_INS]
    assert cursor_of(house.viewer("Cy")) is not None


def test_a_trail_that_cannot_be_read_keeps_no_other_from_its_look(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess(house.people["Ben"])
    writer.stop()
    look_at = watch.look

    def away(organisation: UUID) -> int:
        if organisation == house.practice.organisation.id:
            raise KeystoreUnavailable
        return look_at(organisation)

    monkeypatch.setattr(watch, "look", away)
    assert do(look_at_trails).state is State.DONE
    assert len(alerts(house)) == 1


def test_an_upgrade_does_not_alert_about_what_was_long_before(house: House) -> None:
    guess(house.people["Ben"])
    writer.stop()
    with clock.moved(3 * 24 * 3600):
        assert look(house) == []
        assert (position(house) or 0) > 0


def test_after_a_log_was_put_back_the_rules_go_on_from_its_end(house: House) -> None:
    look(house)
    with wall.writing(house.clinic.organisation.id):
        Cursor.objects.update(position=10_000)
    look(house)
    guess(house.people["Ben"])
    assert raised(house) == [RuleCode.FAILED_SIGN_INS]


def test_an_alert_holds_ids_and_numbers_and_is_on_the_trail(house: House) -> None:
    guess(house.people["Ben"])
    (alert,) = look(house)
    (said,) = house.payloads(MonitoringEvent.ALERT_RAISE)
    assert said.detail["rule"] == RuleCode.FAILED_SIGN_INS
    assert {id_ for one in said.subjects for id_ in one.ids} == {alert.pk, alert.about}
    failed = house.entries(IdentityKind.PASSWORD_FAIL)
    assert [failed[0].index, failed[-1].index] == [alert.first_index, alert.last_index]
    kinds = {type(field).__name__ for field in Alert._meta.get_fields()}
    assert not kinds & {"TextField", "JSONField", "BinaryField"}


def test_a_normal_day_of_five_hundred_acts_alerts_about_nothing(house: House) -> None:
    patients = fill(house, 60)
    people = [house.people[name] for name in ("Ada", "Ben")]
    for person in people:
        assert sign_in(person, browser())["Location"] == "/"
    before = stream.size_of(house.clinic.organisation.id)
    guess(house.people["Ben"], 2)
    house.browser("Dee").get("/trail/")
    house.browser("Abe").get("/persons/")  # refused
    exports.order(house.viewer(), person=patients[0], reason="Asked at the desk")
    while stream.size_of(house.clinic.organisation.id) < before + ACTS_OF_A_DAY:
        for person in people:
            here = browser_of(person)
            page_through(here)
            for one in patients:
                assert here.get(f"/persons/{one}/?for=care").status_code == 200
    assert raised(house) == []
    assert [one.subject for one in mailed() if "Alert" in one.subject] == []
