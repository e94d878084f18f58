"""Mail leaves over verified TLS or not at all, waits in the spool without a server, and once."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from keepwell.jobs.errors import JobError
from keepwell.safeguards.mail import errors, post, spool
from keepwell.safeguards.mail.messages import Outgoing, build
from keepwell.safeguards.mail.servers import Server, Tls
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.mail_server import PASSWORD, USER, MailServer, mail_server
from tests.mailbox import parse, read

LETTER = Outgoing(
    name=uuid7(),
    to="ada@example.org",
    subject="Ça va — a subject",
    text="Hello Ada,\n\n.a line that begins with a dot\n",
    html="<p>Hello Ada,</p>",
    language="en-us",
)


@pytest.fixture(autouse=True)
def _spool(settings: Settings, tmp_path: Path) -> None:
    settings.KEEPWELL_MAIL_SPOOL = tmp_path / "mail"
    settings.KEEPWELL_MAIL_SERVER = None


@pytest.fixture(params=[Tls.STARTTLS, Tls.IMPLICIT])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path, tls=request.param) as told:
        yield told


def known(told: MailServer, folder: Path, settings: Settings) -> Server:
    """Make a server the one of this installation, with its authority and our account."""
    server = Server(
        host="localhost",
        port=told.port,
        tls=told.tls,
        user=USER,
        password=PASSWORD,
        ca_file=folder / "ca.pem",
    )
    settings.KEEPWELL_MAIL_SERVER = server
    return server


def test_a_message_arrives_whole_and_nothing_of_it_in_clear(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    known(served, tmp_path, settings)
    post.deliver(LETTER)
    assert served.signed_in == [USER]
    [raw] = served.given
    arrived = parse(raw)
    assert (arrived.to, arrived.subject) == (LETTER.to, LETTER.subject)
    assert arrived.body.splitlines() == LETTER.text.splitlines()
    assert arrived.html.strip() == LETTER.html
    assert f"<{LETTER.name}@".encode() in raw
    assert b"Auto-Submitted: auto-generated" in raw
    assert {line.split()[0] for line in served.said_in_clear} <= {"EHLO", "STARTTLS", "ehlo"}


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_server_of_another_name_gets_nothing(
    tmp_path: Path, settings: Settings, tls: Tls
) -> None:
    with mail_server(tmp_path, tls=tls, host="mail.clinic.example") as told:
        known(told, tmp_path, settings)
        with pytest.raises(errors.MailServerUntrusted):
            post.deliver(LETTER)
    assert (told.given, told.signed_in) == ([], [])


def test_a_server_of_an_unknown_authority_gets_nothing(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    settings.KEEPWELL_MAIL_SERVER = replace(known(served, tmp_path, settings), ca_file=None)
    with pytest.raises(errors.MailServerUntrusted):
        post.deliver(LETTER)
    assert served.given == []


def test_a_server_that_offers_no_encryption_gets_nothing(
    tmp_path: Path, settings: Settings
) -> None:
    with mail_server(tmp_path, offers_tls=False) as told:
        known(told, tmp_path, settings)
        with pytest.raises(errors.MailServerInClear):
            post.deliver(LETTER)
    assert told.given == []
    assert {line.split()[0].upper() for line in told.said_in_clear} <= {"EHLO", "QUIT"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("450 later", errors.MailServerAway),
        ("550 nobody of that name", errors.MailRefused),
    ],
)
def test_a_refusal_is_for_now_or_for_good(
    served: MailServer,
    tmp_path: Path,
    settings: Settings,
    answer: str,
    error: type[JobError],
) -> None:
    known(served, tmp_path, settings)
    served.answer = answer
    with pytest.raises(error) as refused:
        post.deliver(LETTER)
    assert LETTER.to not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_wrong_password_is_told_apart(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    settings.KEEPWELL_MAIL_SERVER = replace(known(served, tmp_path, settings), password="wrong")
    with pytest.raises(errors.MailSignInRefused):
        post.deliver(LETTER)


def test_a_server_without_sign_in_is_not_said_to_be_in_clear(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    known(served, tmp_path, settings)
    served.offers_sign_in = False
    with pytest.raises(errors.MailSignInRefused):
        post.deliver(LETTER)
    assert served.given == []


def test_an_address_in_letters_that_a_server_cannot_take_is_refused_for_good(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    known(served, tmp_path, settings)
    with pytest.raises(errors.MailRefused):
        post.deliver(replace(LETTER, to="ada@bücher.example"))
    assert served.given == []


def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path, settings: Settings) -> None:
    with mail_server(tmp_path) as told:
        server = known(told, tmp_path, settings)
    with pytest.raises(errors.MailServerAway):
        post.deliver(LETTER)
    assert PASSWORD not in repr(server)


def test_without_a_server_messages_wait_in_files_for_their_owner_only(tmp_path: Path) -> None:
    post.deliver(LETTER)
    post.deliver(LETTER)
    [file] = spool.waiting()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert read(file).to == LETTER.to
    assert post.send_waiting() == 0
    assert spool.count_waiting() == 1


def test_what_waited_is_sent_once_there_is_a_server(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    post.deliver(LETTER)
    post.deliver(replace(LETTER, name=uuid7(), to="ben@example.org"))
    post.deliver(replace(LETTER, name=uuid7(), lasts=timedelta(minutes=30)))
    known(served, tmp_path, settings)
    with clock.moved(31 * 60):
        assert post.send_waiting() == 2
    assert [parse(raw).to for raw in served.given] == ["ada@example.org", "ben@example.org"]
    assert spool.count_waiting() == 0


def test_one_that_is_refused_for_good_does_not_stop_the_others(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    post.deliver(LETTER)
    known(served, tmp_path, settings)
    served.answer = "550 no"
    assert post.send_waiting() == 0
    assert (spool.count_waiting(), spool.count_refused()) == (0, 1)


def test_a_letter_of_no_more_use_is_deleted_although_nothing_was_ever_sent() -> None:
    post.deliver(LETTER)
    post.deliver(replace(LETTER, name=uuid7(), lasts=timedelta(minutes=30)))
    assert post.send_waiting() == 0
    assert spool.count_waiting() == 2
    with clock.moved(31 * 60):
        assert post.send_waiting() == 0
    assert [file.stem for file in spool.waiting()] == [str(LETTER.name)]


def test_a_refused_letter_is_kept_while_it_is_of_use(
    served: MailServer, tmp_path: Path, settings: Settings
) -> None:
    post.deliver(replace(LETTER, lasts=timedelta(minutes=30)))
    known(served, tmp_path, settings)
    served.answer = "550 no"
    post.send_waiting()
    assert spool.count_refused() == 1
    with clock.moved(31 * 60):
        post.send_waiting()
    assert spool.count_refused() == 0


@pytest.mark.parametrize("field", ["to", "subject"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_line_end_in_a_header_is_refused(field: str, ending: str) -> None:
    value = f"Hello{ending}Bcc: everybody@example.org"
    forged = replace(LETTER, to=value) if field == "to" else replace(LETTER, subject=value)
    with pytest.raises(ValueError, match=r"[Hh]eader|newline|linefeed"):
        build(forged, sender="Keepwell <keepwell@clinic.example>")
