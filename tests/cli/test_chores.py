"""What the doctor says of jobs and mail: one sentence each, without addresses or names."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from keepwell.cli import chores
from keepwell.cli.refusal import Refusal
from keepwell.jobs import queue, schedules
from keepwell.jobs.models import Job
from keepwell.safeguards.mail import spool
from keepwell.safeguards.mail.errors import MailServerAway, MailServerUntrusted
from keepwell.safeguards.mail.messages import Outgoing, build
from keepwell.safeguards.mail.servers import Server, Tls
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.jobs.doing import do_all
from tests.jobs.labour import Mood, leave, show
from tests.mail_server import mail_server
from tests.stores.session import Stores

HOUR = 3600


def put_letter() -> None:
    name = uuid7()
    told = Outgoing(
        name=name, to="ada@example.org", subject="Hello", text="a", html="a", language="en-us"
    )
    spool.put(name, build(told, sender="keepwell@example.org"))


def test_jobs_that_wait_their_turn_are_well(stores: Stores) -> None:
    assert chores.jobs() == "0 jobs to do, nothing is due, none has given up"
    queue.put(leave)
    assert chores.jobs().startswith("1 job to do, the oldest has been due for ")


def test_a_job_that_nobody_takes_is_said_with_its_age(stores: Stores) -> None:
    queue.put(leave)
    with clock.moved(2 * HOUR), pytest.raises(Refusal, match="due for 2 hours; is Keepwell serv"):
        chores.jobs()


def test_a_job_whose_worker_is_gone_counts_as_due(stores: Stores) -> None:
    job = queue.put(leave)
    long_ago = clock.now() - timedelta(minutes=30)
    Job.objects.filter(pk=job).update(state="running", leased_until=long_ago)
    with pytest.raises(Refusal, match="due for 30 minutes"):
        chores.jobs()


def test_schedules_that_nobody_looks_at_are_said(stores: Stores) -> None:
    schedules.put_due()
    assert "nothing is due" in chores.jobs()
    with clock.moved(3 * 24 * HOUR), pytest.raises(Refusal, match="nobody works on jobs"):
        chores.jobs()


def test_jobs_that_have_given_up_are_counted(stores: Stores) -> None:
    queue.put(show, mood=Mood.FINAL)
    do_all()
    with pytest.raises(Refusal, match="1 job gave up after every try: see keepwell jobs list"):
        chores.jobs()


def test_mail_without_a_server_is_well_and_says_what_waits(stores: Stores) -> None:
    assert chores.mail() == "no server is set (KEEPWELL_SMTP_HOST); 0 letters to be sent"
    put_letter()
    with clock.moved(2 * 24 * HOUR):
        said = chores.mail()
    assert said.endswith("1 letter to be sent, the oldest for 2 days")
    assert "@" not in said


def test_a_server_that_is_believed_is_well(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    with mail_server(tmp_path) as told:
        settings.KEEPWELL_MAIL_SERVER = Server(
            host="localhost", port=told.port, tls=Tls.STARTTLS, ca_file=tmp_path / "ca.pem"
        )
        assert chores.mail().startswith("the server can be used, its certificate is verified; 0 ")
        put_letter()
        with clock.moved(2 * HOUR), pytest.raises(Refusal, match="and yet 1 letter to be sent, "):
            chores.mail()
    assert told.given == []
    with pytest.raises(MailServerAway):
        chores.mail()


def test_a_server_that_cannot_be_believed_is_said(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    with mail_server(tmp_path) as told:
        settings.KEEPWELL_MAIL_SERVER = Server(host="localhost", port=told.port, tls=Tls.STARTTLS)
        with pytest.raises(MailServerUntrusted):
            chores.mail()


def test_letters_that_were_refused_are_counted(stores: Stores) -> None:
    put_letter()
    spool.set_aside(spool.waiting()[0])
    with pytest.raises(Refusal, match="1 letter could not be sent; 0 letters to be sent"):
        chores.mail()
