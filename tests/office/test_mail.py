"""Mail in the office: what administrators see of it, and letters that hold nothing of a patient."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from keepwell.jobs import queue
from keepwell.office.mail import letters
from keepwell.office.mail.letters import FACTS, FactRefused, Letter
from keepwell.office.tasks import plan_checkpoints
from keepwell.safeguards.access import actions as access
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import heads, writer
from keepwell.safeguards.mail import spool
from keepwell.safeguards.mail.servers import Server, Tls
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit import notes
from tests.jobs.doing import do, do_all
from tests.mail_server import mail_server
from tests.mailbox import mailed, parse
from tests.people import Clinic, Person, browser_of, make_clinic
from tests.stores.session import Stores


@pytest.fixture
def clinic(stores: Stores) -> Clinic:
    return make_clinic("Ashgrove Clinic", "Ada")


@pytest.fixture
def ada(clinic: Clinic) -> Client:
    return browser_of(clinic.owner)


def test_while_there_is_no_server_administrators_see_how_many_messages_wait(
    clinic: Clinic, ada: Client
) -> None:
    assert b"to be sent" not in ada.get("/").content
    ada.post("/mail/test/")
    ben = browser_of(clinic.add("Ben", Role.ADMINISTRATOR))
    assert b"1 message waits to be sent" in ben.get("/").content
    [message] = mailed()
    assert message.to == clinic.owner.email
    assert b"1 message waits to be sent" in ben.get("/").content
    assert b"1 message waits." in ada.get("/mail/").content
    assert b"waits to be sent" not in browser_of(clinic.add("Eve", Role.MEMBER)).get("/").content


def test_a_test_letter_arrives_through_the_server(
    clinic: Clinic, ada: Client, settings: Settings, tmp_path: Path
) -> None:
    with mail_server(tmp_path) as told:
        settings.KEEPWELL_MAIL_SERVER = Server(
            host="localhost", port=told.port, tls=Tls.STARTTLS, ca_file=tmp_path / "ca.pem"
        )
        answer = ada.post("/mail/test/", follow=True)
        assert b"on its way" in answer.content
        do_all()
    [raw] = told.given
    assert parse(raw).to == clinic.owner.email


def test_a_server_that_cannot_be_believed_is_told_on_the_page_of_jobs(
    ada: Client, settings: Settings, tmp_path: Path
) -> None:
    with mail_server(tmp_path, host="mail.clinic.example") as told:
        settings.KEEPWELL_MAIL_SERVER = Server(
            host="localhost", port=told.port, tls=Tls.STARTTLS, ca_file=tmp_path / "ca.pem"
        )
        ada.post("/mail/test/")
        do_all()
    assert told.given == []
    page = ada.get("/jobs/").content.decode()
    assert "could not prove that it is the one" in page
    assert "mail_server_untrusted" in page
    assert "could not prove that it is the one" in ada.get("/mail/").content.decode()


@pytest.mark.parametrize("letter", letters.letters(), ids=lambda letter: str(letter.code))
def test_every_letter_can_be_looked_at(ada: Client, letter: Letter) -> None:
    page = ada.get(f"/mail/letters/{letter.code}/")
    assert page.status_code == 200
    assert str(letter.subject) in page.content.decode()


def test_an_unknown_letter_is_not_found(ada: Client) -> None:
    assert ada.get("/mail/letters/nothing/").status_code == 404


@pytest.mark.parametrize("letter", letters.letters(), ids=lambda letter: str(letter.code))
def test_a_letter_says_only_what_it_is_told(letter: Letter) -> None:
    """Every fact a canary: each is seen to be one of the few, and nothing else is in the text."""
    canaries = {name: f"Canary{number}fact" for number, name in enumerate(sorted(FACTS))}
    told = {name: canaries[name] for name in letter.example}
    with translation.override("en"):
        composed = letters.compose(letter, told)
    whole = f"{composed.subject}\n{composed.text}\n{composed.html}"
    assert set(re.findall(r"Canary\d+fact", whole)) == set(told.values())
    assert not re.findall(r"Canary\d+fact", composed.subject)
    assert "{" not in whole


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patient", "Pat Doe"),
        ("answers", "a headache"),
        ("name", object()),
        ("minutes", None),
        ("address", True),
    ],
)
def test_a_letter_cannot_be_told_anything_else(name: str, value: Any) -> None:
    letter = letters.letters()[0]
    with pytest.raises(FactRefused) as refused:
        letters.compose(letter, {**letter.example, name: value})
    assert "Pat" not in str(refused.value)


def test_markup_in_a_name_is_text_in_the_letter() -> None:
    letter = letters.letters()[0]
    composed = letters.compose(letter, {**letter.example, "name": "<b>Ada</b>"})
    assert "<b>Ada</b>" in composed.text
    assert "<b>" not in composed.html


def test_the_forgotten_password_puts_the_same_work_for_any_address(
    clinic: Clinic, ada: Client
) -> None:
    for address in (clinic.owner.email, "nobody@example.org"):
        ada.post("/password/forgotten/", {"email": address})
    unknown, known = queue.newest()
    assert (unknown.name, set(unknown.arguments)) == (known.name, set(known.arguments))
    assert unknown.arguments["account"] is None
    assert [message.to for message in mailed()] == [clinic.owner.email]
    assert {facts.state for facts in queue.newest()} == {"done"}


def test_owners_are_mailed_the_signed_head_once_a_day(
    clinic: Clinic, settings: Settings, tmp_path: Path
) -> None:
    clinic.add("Ben", Role.ADMINISTRATOR)
    other = make_clinic("Cedar Practice", "Cy")
    with mail_server(tmp_path) as told:
        settings.KEEPWELL_MAIL_SERVER = Server(
            host="localhost", port=told.port, tls=Tls.STARTTLS, ca_file=tmp_path / "ca.pem"
        )
        writer.stop()
        assert do(plan_checkpoints).done == 2
    sent = {message.to: message for message in map(parse, told.given)}
    assert set(sent) == {clinic.owner.email, other.owner.email}
    note = heads.newest_head(clinic.organisation.id).note
    assert note.strip() in sent[clinic.owner.email].body.replace("\r\n", "\n")
    text = notes.open_note(note, heads.verify_key_of(clinic.organisation.id))
    assert notes.Checkpoint.parse(text).size > 0
    assert str(other.organisation.id) not in sent[clinic.owner.email].body


def test_without_a_server_no_checkpoints_pile_up(clinic: Clinic) -> None:
    do(plan_checkpoints)
    assert mailed() == []


def test_a_letter_is_written_as_the_organisation_that_it_concerns_writes(clinic: Clinic) -> None:
    """Ada owns one organisation and works in another; each of them writes in its own way."""
    other = make_clinic("Cedar Practice", "Cy")
    console = viewers.console(other.organisation.id, account="tests")
    access.add_member(console, user=clinic.owner.user, role=Role.ADMINISTRATOR)
    for which, locale in ((clinic, "en-us"), (other, "en-gb")):
        with wall.writing(which.organisation.id):
            Organisation.objects.filter(pk=which.organisation.id).update(locale=locale)
    there = Person(clinic.owner.user, clinic.owner.password, "", other.organisation.id)
    new = {"present": there.password, "password": "a rather long new password"}
    assert browser_of(there).post("/account/password/", new).status_code == 302
    assert browser_of(clinic.owner).post("/mail/test/").status_code == 302
    assert browser_of(there).post("/mail/test/").status_code == 302
    do_all()
    found = [spool.parse(path.read_bytes()) for path in spool.waiting()]
    languages = [(str(one["Subject"]), str(one["Content-Language"])) for one in found]
    assert sorted(languages) == [
        ("Keepwell can send mail", "en-gb"),
        ("Keepwell can send mail", "en-us"),
        ("Your Keepwell password was changed", "en-gb"),
    ]
