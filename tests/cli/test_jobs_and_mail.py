"""`keepwell jobs` and `keepwell mail`, as an operator uses them on a real installation."""

from pathlib import Path

import pytest

from tests.mail_server import mail_server
from tests.mailbox import parse
from tests.serving import WHY, installation, keepwell


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installation(tmp_path_factory.mktemp("jobs") / "home")


def test_a_new_installation_has_no_jobs_and_does_what_is_due(home: Path) -> None:
    listed = keepwell(home, "jobs", "list")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert keepwell(home, "jobs", "run", "--until-idle").stdout == "Done: 0 tries.\n"


@pytest.mark.parametrize("act", ["show", "cancel", "retry"])
@pytest.mark.parametrize("job", ["nonsense", "0193b5c7-8d21-7a40-9c41-77e0b1d25f6a"])
def test_a_job_that_is_none_is_refused_with_the_way_to_find_one(
    home: Path, act: str, job: str
) -> None:
    refused = keepwell(home, "jobs", act, job, *(WHY if act != "show" else ()))
    assert refused.returncode == 2
    assert "keepwell jobs list" in refused.stderr


def test_without_a_server_mail_says_so(home: Path) -> None:
    assert "No mail server is set" in keepwell(home, "mail", "status").stdout
    refused = keepwell(home, "mail", "test", "ada@example.org")
    assert refused.returncode == 1
    assert "KEEPWELL_SMTP_HOST" in refused.stderr


def test_a_test_letter_is_sent_while_one_waits(home: Path, tmp_path: Path) -> None:
    with mail_server(tmp_path) as told:
        settings = {
            "KEEPWELL_SMTP_HOST": "localhost",
            "KEEPWELL_SMTP_PORT": str(told.port),
            "KEEPWELL_SMTP_CA": str(tmp_path / "ca.pem"),
        }
        sent = keepwell(home, "mail", "test", "ada@example.org", **settings)
        assert sent.returncode == 0, sent.stderr
        assert "starttls" in keepwell(home, "mail", "status", **settings).stdout
    assert parse(told.given[0]).to == "ada@example.org"


def test_a_server_of_another_name_is_refused_with_the_setting(home: Path, tmp_path: Path) -> None:
    with mail_server(tmp_path, host="mail.clinic.example") as told:
        refused = keepwell(
            home,
            "mail",
            "test",
            "ada@example.org",
            KEEPWELL_SMTP_HOST="localhost",
            KEEPWELL_SMTP_PORT=str(told.port),
            KEEPWELL_SMTP_CA=str(tmp_path / "ca.pem"),
        )
    assert refused.returncode == 1
    assert "KEEPWELL_SMTP_CA" in refused.stderr
    assert told.given == []


def test_clear_text_over_a_network_is_refused_by_every_command(home: Path) -> None:
    refused = keepwell(
        home, "version", KEEPWELL_SMTP_HOST="mail.clinic.example", KEEPWELL_SMTP_TLS="none"
    )
    assert refused.returncode == 0  # needs no settings
    refused = keepwell(
        home, "doctor", KEEPWELL_SMTP_HOST="mail.clinic.example", KEEPWELL_SMTP_TLS="none"
    )
    assert refused.returncode == 2
    assert "in clear text" in refused.stderr
