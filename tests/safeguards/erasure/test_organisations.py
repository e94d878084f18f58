"""An erased organisation: nothing of it is left or opens, its log stays whole, others go on."""

import io
import logging
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from keepwell.cli.main import main
from keepwell.config import (
    demo,
    file_sweep,
    key_sweep,
    shreddings,
    trail_check,
    trail_keeping,
)
from keepwell.jobs import queue
from keepwell.office import tasks
from keepwell.safeguards.access import actions as access
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import (
    absences,
    export,
    heads,
    offline,
    proofs,
    verifier,
    waiting,
    writer,
)
from keepwell.safeguards.audit.reports import Problem
from keepwell.safeguards.audit.sealing import sealed_entry
from keepwell.safeguards.audit.trail import inbox
from keepwell.safeguards.erasure import organisations, rows
from keepwell.safeguards.erasure.certificates import certificate_of_organisation
from keepwell.safeguards.erasure.errors import OrderMissing, TrailUnsettled
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import Desk, Door, Seat, SessionRecord, User
from keepwell.safeguards.mail import post, spool
from keepwell.safeguards.mail.messages import Outgoing
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.vault import blobs, erased, keys, watch
from keepwell.safeguards.vault.errors import OrganisationKeysMissing
from keepwell.safeguards.vault.keystore import access as keystore
from keepwell.safeguards.vault.keystore import notices
from keepwell.safeguards.vault.keystore.models import ErasedOrganisation
from keepwell.toolkit.identifiers import uuid7
from tests.boundaries.test_old_backup import last_week, opened
from tests.collected import with_collected_static_files
from tests.people import browser_of, make_clinic
from tests.stores.session import Stores

REASON = "the contract ended"


@pytest.fixture(autouse=True)
def _nobody_else_holds_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "TRUST_SECONDS", 0)


@pytest.fixture(autouse=True)
def _static_files(settings: Any) -> None:
    with_collected_static_files(settings)


@pytest.fixture
def ours(stores: Stores) -> UUID:
    """Return the demonstration's clinic, which has submissions; a second one stands beside it."""
    demo.load()
    return max(organisation_ids(), key=lambda one: sum(organisations.losses(one).values()))


@pytest.fixture
def theirs(ours: UUID) -> UUID:
    return next(one for one in organisation_ids() if one != ours)


def ordered(organisation: UUID) -> UUID:
    counts = organisations.losses(organisation)
    viewer = viewers.console(organisation, account="tests")
    entry = organisations.order(viewer, reason=REASON, counts=counts).entry
    assert entry is not None
    return entry


def erase(organisation: UUID) -> UUID:
    entry = ordered(organisation)
    organisations.finish(organisation)
    return entry


def test_everything_it_had_goes_and_the_certificate_says_what(ours: UUID) -> None:
    counts = organisations.losses(ours)
    assert counts["forms.submission"] == 4
    assert counts["access.membership"] == 4
    accounts_before = User.objects.count()
    entry = erase(ours)
    assert ours not in organisation_ids()
    assert organisations.losses(ours) == {}
    assert not organisations.is_unfinished(ours)
    assert User.objects.count() == accounts_before - 4
    viewer = viewers.console(ours, account="tests")
    certificate = certificate_of_organisation(viewer)
    assert certificate
    said = certificate.described()
    assert {one["model"]: one["count"] for one in said["erased"]} == counts
    assert said["trail"][0]["entry_id"] == str(entry)
    assert certificate.is_proven
    assert certificate.destroyed
    assert certificate.complete_on == certificate.destroyed.date() + timedelta(days=30)
    assert certificate.keys > 10
    assert "person" not in said
    assert "all: the organisation itself was erased" in certificate.as_text()
    assert [notice.ids for notice in notices.of_entry(entry)] == [(ours,)]


def test_the_log_of_an_erased_organisation_is_still_proven_by_a_stranger(
    ours: UUID, tmp_path: Path
) -> None:
    erase(ours)
    keys.forget()
    report = verifier.verify(ours)
    assert report.is_whole, report.sentence
    proof = proofs.proof_of(ours, report.size - 1)
    assert proof.standing is proofs.Standing.PROVEN
    export.export(ours, tmp_path / "out")
    program = Path(offline.__path__[0]) / "verify.py"
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"{report.size} entries" in done.stdout


def test_a_log_that_is_not_the_one_of_the_day_of_erasure_is_named(ours: UUID) -> None:
    head = heads.newest_head(ours)
    longer = heads.sign_head(ours, head.size + 9, head.root, head.signed_us)
    keys.shred_organisation(ours, ordered(ours), note=longer.note)
    finding = verifier.verify(ours).finding
    assert finding
    assert finding.problem is Problem.ROLLED_BACK
    with keystore.writing(ours):
        ErasedOrganisation.objects.update(note=longer.note.replace("keepwell/", "keepwel1/"))
    finding = verifier.verify(ours).finding
    assert finding
    assert finding.problem is Problem.SIGNATURE


def test_keys_that_went_without_an_order_in_the_log_are_no_erasure(ours: UUID) -> None:
    organisations.settle(ours)
    keys.shred_organisation(ours, uuid7())
    finding = verifier.verify(ours).finding
    assert finding
    assert finding.problem is Problem.KEY


def test_the_other_organisation_keeps_everything_and_goes_on(
    ours: UUID,
    theirs: UUID,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    settings: Any,
) -> None:
    clinic = make_clinic("Ashgrove Clinic", "Gale")
    writer.settle(clinic.organisation.id)  # so that what was handed over is counted already
    before = rows.counts(clinic.organisation.id)
    client = browser_of(clinic.owner)
    erase(ours)
    keys.forget()
    assert client.get("/").status_code == 200
    assert rows.counts(clinic.organisation.id) == before
    assert verifier.verify(theirs).is_whole
    settings.KEEPWELL_CHECKPOINTS = tmp_path
    with caplog.at_level(logging.WARNING):
        assert trail_check.check_all() == 0
        assert trail_keeping.keep_checkpoints() == 3
        assert absences.vanished(tmp_path) == []
        assert trail_keeping.drop_old_payloads() == 0
        assert trail_keeping.reconcile_all() == 0
        key_sweep.sweep()
        file_sweep.sweep()
        shreddings.pay_all()
        writer.stop()
        writer.start()
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


def test_an_account_that_works_elsewhere_stays_and_its_session_says_why_it_ended(
    stores: Stores,
) -> None:
    ours, theirs = make_clinic("Ashgrove Clinic", "Ada"), make_clinic("Cedar Practice", "Cy")
    ben = ours.add("Ben", Role.MEMBER)
    viewer = viewers.console(theirs.organisation.id, account="tests")
    access.add_member(viewer, user=ben.user, role=Role.MEMBER)
    his, hers = browser_of(ben), browser_of(ours.owner)
    browser_of(ours.owner).post("/switch/")
    assert Desk.objects.count() == 1
    erase(ours.organisation.id)
    assert (Desk.objects.count(), Seat.objects.count()) == (0, 0)
    assert list(User.objects.order_by("email").values_list("email", flat=True)) == [
        "ben@example.org",
        "cy@example.org",
    ]
    assert set(Door.objects.values_list("organisation", flat=True)) == {theirs.organisation.id}
    answer = his.get("/")
    assert answer["Location"].endswith("%2F&because=organisation-erased")
    assert "was erased from this installation" in his.get(answer["Location"]).content.decode()
    assert hers.get("/")["Location"] == "/sign-in/?next=%2F"
    ended = SessionRecord.objects.get(user=ben.user)
    assert (ended.ended_because, ended.data) == (sessions.Ending.ORGANISATION_ERASED, "")


def test_letters_jobs_and_files_of_it_go_and_others_stay(stores: Stores) -> None:
    ours, theirs = make_clinic("Ashgrove Clinic", "Ada"), make_clinic("Cedar Practice", "Cy")
    for clinic in (ours, theirs):
        queue.put(
            tasks.write_checkpoint,
            organisation=clinic.organisation.id,
            account=clinic.owner.user.pk,
        )
        post.deliver(
            Outgoing(
                name=uuid7(),
                to=clinic.owner.email,
                subject="Hello",
                text="Hello",
                html="<p>Hello</p>",
                language="en-us",
            )
        )
        path = blobs.path_of(clinic.organisation.id, uuid7())
        path.parent.mkdir(parents=True)
        path.write_bytes(b"sealed")
    assert organisations.losses(ours.organisation.id)["files"] == 1
    erase(ours.organisation.id)
    assert [str(message["To"]) for _path, message in spool.messages()] == ["cy@example.org"]
    assert queue.of_organisation(ours.organisation.id) == []
    assert len(queue.of_organisation(theirs.organisation.id)) == 1
    assert not blobs.has_any(ours.organisation.id)
    assert blobs.has_any(theirs.organisation.id)


def test_without_a_reason_or_an_order_nothing_is_changed(ours: UUID) -> None:
    before = organisations.losses(ours)
    viewer = viewers.console(ours, account="tests")
    with pytest.raises(ReasonMissing):
        organisations.order(viewer, reason=" ", counts=before)
    with pytest.raises(OrderMissing):
        organisations.finish(ours)
    assert organisations.losses(ours) == before
    assert erased.find(ours) is None
    assert certificate_of_organisation(viewer) is None


def test_keys_stay_while_entries_do_not_reach_the_log(
    ours: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(ours)
    monkeypatch.setattr(organisations, "_PATIENCE_SECONDS", 0)
    waits = waiting.Waiting(ours, 0, 1)
    with monkeypatch.context() as stuck:
        stuck.setattr(waiting, "waiting", lambda: [waits])
        with pytest.raises(TrailUnsettled):
            organisations.finish(ours)
    gone = erased.find(ours)
    assert gone
    assert gone.destroyed is None
    assert heads.sign_head(ours, 0, bytes(32), 0)
    assert organisations.finish(ours).destroyed


def test_an_erased_organisation_never_gets_keys_again(ours: UUID) -> None:
    erase(ours)
    with pytest.raises(OrganisationKeysMissing):
        keys.make_organisation_keys(ours)
    assert ours not in keystore.organisations()


@pytest.mark.scale
def test_an_entry_that_comes_while_the_keys_go_is_taken_out_and_said(
    ours: UUID, theirs: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = viewers.console(ours, account="tests")
    late = sealed_entry(
        viewer, RecordsEvent.SHELL_OPEN, subjects=(), reason="", outcome="success", detail=None
    )
    erase(ours)
    inbox.put(ours, [late])
    with caplog.at_level(logging.ERROR):
        organisations.settle(ours)
    assert [one.getMessage() for one in caplog.records] == [
        f"trail_late organisation={ours} entries=1"
    ]
    assert verifier.verify(ours).is_whole


def test_last_weeks_copy_of_the_data_opens_nothing_of_it_and_is_erased_again(
    ours: UUID, tmp_path: Path, stores: Stores
) -> None:
    viewer = viewers.console(ours, account="tests")
    every, _ = opened(viewer)
    with last_week(stores, tmp_path):
        erase(ours)
    keys.forget()
    assert opened(viewer) == (set(), every)
    assert organisations.is_unfinished(ours)
    organisations.finish(ours)
    assert organisations.losses(ours) == {}
    assert not organisations.is_unfinished(ours)


@pytest.mark.parametrize("step", ["half the rows", "accounts", "keys", "files"])
def test_killed_before_any_step_the_same_command_finishes(
    ours: UUID,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    entry = ordered(ours)
    path = blobs.path_of(ours, uuid7())
    path.parent.mkdir(parents=True)
    path.write_bytes(b"sealed")
    writer.stop()
    connections.close_all()
    command = [sys.executable, "-m", "tests.safeguards.erasure.eraser", str(ours), step]
    killed = subprocess.run(command, env=dict(os.environ), check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    keys.forget()
    assert organisations.is_unfinished(ours)
    assert main(["verify"]) == 1
    assert f"keepwell organisation erase --organisation {ours}" in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    asked = ["organisation", "erase", "--organisation", str(ours), "--reason", REASON]
    assert main(asked) == 0
    assert "its erasure was ordered" in capsys.readouterr().out.lower()
    assert organisations.losses(ours) == {}
    assert not organisations.is_unfinished(ours)
    assert set(Door.objects.values_list("organisation", flat=True)) == set(organisation_ids())
    assert main(["verify"]) == 0
    assert f"{ours}: erased on " in capsys.readouterr().out
    gone = erased.find(ours)
    assert gone
    assert gone.entry == entry
    assert gone.destroyed
