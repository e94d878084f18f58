"""`keepwell jobs` on jobs that are there: shown with their reason, cancelled and tried again."""

import pytest

from keepwell.cli.main import main
from keepwell.jobs import queue
from keepwell.jobs.models import State
from keepwell.safeguards.audit.errors import TrailUnavailable
from tests.entries import newest_entry
from tests.jobs.doing import do, do_all
from tests.jobs.labour import Mood, leave, show
from tests.people import Clinic, make_clinic
from tests.serving import WHY
from tests.stores.session import Stores


@pytest.fixture
def clinic(stores: Stores) -> Clinic:
    return make_clinic("Ashgrove Clinic", "Ada")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["jobs", *words]) == 0
    return capsys.readouterr().out


def test_a_failed_job_is_listed_shown_and_tried_again(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    job = queue.put(show, organisation=clinic.organisation.id, mood=Mood.FINAL)
    do_all()
    assert said(capsys, "list", "--state", "dead").split()[0] == str(job)
    shown = said(capsys, "show", str(job))
    assert "arguments: mood=final" in shown
    assert "error: refused_for_good: " in shown
    assert "is tried again" in said(capsys, "retry", str(job), "--reason", "The server is back")
    entry = newest_entry(clinic)
    assert entry.kind == "office:job:retry"
    assert entry.payload
    assert entry.payload.viewer_kind == "console"
    assert entry.payload.reason == "The server is back"


def test_a_job_of_the_installation_is_decided_about_on_every_trail(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_clinic("Birch Practice", "Cy")
    job = queue.put(leave)
    said(capsys, "cancel", str(job), "--reason", "It stands in the way")
    facts = queue.find(job)
    assert facts
    assert facts.state is State.CANCELLED
    for each in (clinic, other):
        entry = newest_entry(each)
        assert entry.kind == "office:job:cancel"
        assert entry.payload
        assert entry.payload.viewer_kind == "console"
        assert entry.payload.reason == "It stands in the way"
    said(capsys, "retry", str(job), *WHY)
    assert newest_entry(other).kind == "office:job:retry"


def test_a_job_of_the_installation_stays_while_the_trail_cannot_be_written(
    clinic: Clinic, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_given: object, **_named: object) -> None:
        raise TrailUnavailable

    job = queue.put(leave)
    monkeypatch.setattr("keepwell.cli.jobs.record_now", unavailable)
    assert main(["jobs", "cancel", str(job), *WHY]) == 1
    assert capsys.readouterr().err
    facts = queue.find(job)
    assert facts
    assert facts.state is State.WAITING


def test_what_has_ended_is_not_cancelled(
    stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    job = do(leave).id
    assert main(["jobs", "cancel", str(job), *WHY]) == 1
    assert "has ended already" in capsys.readouterr().err


def test_work_is_done_until_nothing_is_due(
    stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    queue.put(leave)
    assert "Done: 1 tries." in said(capsys, "run", "--until-idle")
