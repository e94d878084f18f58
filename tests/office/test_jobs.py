"""The page of jobs: what an administrator sees and decides, and what others do not reach."""

from uuid import UUID

import pytest
from django.test import Client

from keepwell.jobs import queue
from keepwell.jobs.models import State
from keepwell.office.jobs.words import sentence_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.mail.errors import MailRefused
from keepwell.safeguards.monitoring import watch
from keepwell.safeguards.monitoring.tasks import look_at_trails
from tests.entries import newest_entry
from tests.jobs.doing import do, do_all
from tests.jobs.labour import Mood, leave, show
from tests.people import Clinic, browser_of, make_clinic
from tests.stores.session import Stores


@pytest.fixture
def clinic(stores: Stores) -> Clinic:
    return make_clinic("Ashgrove Clinic", "Ada")


@pytest.fixture
def ada(clinic: Clinic) -> Client:
    return browser_of(clinic.owner)


def failed(clinic: Clinic) -> UUID:
    job = queue.put(show, organisation=clinic.organisation.id, mood=Mood.FINAL)
    do_all()
    return job


def state_of(job: UUID) -> State:
    facts = queue.find(job)
    assert facts
    return facts.state


def test_a_failed_job_says_why_and_is_tried_again(clinic: Clinic, ada: Client) -> None:
    job = failed(clinic)
    page = ada.get("/jobs/").content.decode()
    assert "End as told" in page
    assert "refused_for_good" in page
    answer = ada.post(f"/jobs/{job}/retry/")
    assert answer.status_code == 302
    assert state_of(job) is State.WAITING
    entry = newest_entry(clinic)
    assert entry.kind == "office:job:retry"
    assert entry.payload
    assert entry.payload.subjects[0].ids == (job,)


def test_what_the_clock_does_every_minute_is_listed_only_when_it_failed(
    clinic: Clinic, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = do(look_at_trails)
    assert str(done.id) not in ada.get("/jobs/").content.decode()
    monkeypatch.setattr(watch, "look", lambda organisation: organisation.missing)
    died = queue.put(look_at_trails)
    do_all()
    assert queue.cancel(died)
    assert "Cancelled" in ada.get("/jobs/").content.decode()


def test_a_waiting_job_is_cancelled_once(clinic: Clinic, ada: Client) -> None:
    job = queue.put(leave, organisation=clinic.organisation.id)
    assert ada.post(f"/jobs/{job}/cancel/").status_code == 302
    assert state_of(job) is State.CANCELLED
    again = ada.post(f"/jobs/{job}/cancel/", follow=True)
    assert b"had already ended" in again.content


@pytest.mark.parametrize("role", [Role.MEMBER, Role.AUDITOR])
def test_only_owners_and_administrators_reach_jobs(clinic: Clinic, role: Role) -> None:
    job = queue.put(leave, organisation=clinic.organisation.id)
    ben = browser_of(clinic.add("Ben", role))
    assert ben.get("/jobs/").status_code == 403
    assert ben.post(f"/jobs/{job}/cancel/").status_code == 403
    assert ben.get("/mail/").status_code == 403
    assert state_of(job) is State.WAITING


def test_another_organisations_job_is_not_found_and_not_listed(clinic: Clinic) -> None:
    cy = browser_of(make_clinic("Cedar Practice", "Cy").owner)
    job = failed(clinic)
    for act in ("cancel", "retry"):
        strange = cy.post(f"/jobs/{job}/{act}/")
        unknown = cy.post(f"/jobs/{UUID(int=job.int ^ 1)}/{act}/")
        assert (strange.status_code, unknown.status_code) == (404, 404)
    assert b"End as told" not in cy.get("/jobs/").content
    assert state_of(job) is State.DEAD


def test_the_installations_jobs_are_for_an_organisation_that_is_alone(
    clinic: Clinic, ada: Client
) -> None:
    job = queue.put(leave)
    assert b"Leave an effect" in ada.get("/jobs/").content
    make_clinic("Cedar Practice", "Cy")
    assert b"Leave an effect" not in ada.get("/jobs/").content
    assert ada.post(f"/jobs/{job}/cancel/").status_code == 404


def test_the_clocks_work_is_listed(ada: Client) -> None:
    assert "Erase answers that were never sent" in ada.get("/jobs/").content.decode()


def test_every_code_has_a_sentence() -> None:
    assert sentence_of(MailRefused.code) == MailRefused.sentence
    assert "log" in sentence_of("fault:ValueError")
    assert sentence_of("of_a_later_version")
    assert sentence_of("") == ""
