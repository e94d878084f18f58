"""The mail server an operator chooses: sensible by default, and never in clear over a network."""

from pathlib import Path

import pytest

from keepwell.config.environment import SettingError
from keepwell.config.mail_server import read, sender
from keepwell.safeguards.mail.servers import Tls


def chosen(**values: str) -> dict[str, str]:
    return {f"KEEPWELL_SMTP_{name}": value for name, value in values.items()}


def test_without_a_host_there_is_no_server() -> None:
    assert read({}) is None


@pytest.mark.parametrize(
    ("values", "port", "tls"),
    [
        ({}, 587, Tls.STARTTLS),
        ({"TLS": "implicit"}, 465, Tls.IMPLICIT),
        ({"TLS": "implicit", "PORT": "2465"}, 2465, Tls.IMPLICIT),
    ],
)
def test_a_host_is_enough(values: dict[str, str], port: int, tls: Tls) -> None:
    server = read(chosen(HOST="mail.clinic.example", **values))
    assert server
    assert (server.port, server.tls, server.user) == (port, tls, "")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_relay_on_this_machine_may_speak_in_clear(host: str) -> None:
    server = read(chosen(HOST=host, TLS="none"))
    assert server
    assert server.port == 25


@pytest.mark.parametrize(
    "values",
    [
        {"HOST": "mail.clinic.example", "TLS": "none"},
        {"HOST": "192.0.2.7", "TLS": "none"},
        {"HOST": "mail.clinic.example", "TLS": "ssl"},
        {"HOST": "mail.clinic.example", "PORT": "0"},
        {"HOST": "mail.clinic.example", "USER": "keepwell"},
        {"HOST": "mail.clinic.example", "PASSWORD": "a secret of ours"},
        {"HOST": "mail.clinic.example", "CA": "/nowhere/at/all.pem"},
        {"HOST": "smtps://mail.clinic.example"},
        {"PORT": "587"},
        {"PASSWORD": "a secret of ours"},
    ],
)
def test_nonsense_is_refused_without_repeating_a_password(values: dict[str, str]) -> None:
    with pytest.raises(SettingError) as refused:
        read(chosen(**values))
    assert str(refused.value).startswith("KEEPWELL_SMTP_")
    assert "a secret of ours" not in str(refused.value)


def test_an_own_authority_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    server = read(chosen(HOST="mail.clinic.example", CA=str(tmp_path / "ca.pem")))
    assert server
    assert server.ca_file == tmp_path / "ca.pem"


def test_mail_comes_from_the_staffs_host_unless_said() -> None:
    assert sender({}, host="clinic.example") == "Keepwell <keepwell@clinic.example>"
    said = sender(chosen(FROM="office@clinic.example"), host="x")
    assert said == "Keepwell <office@clinic.example>"
    for wrong in ("office", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"):
        with pytest.raises(SettingError):
            sender(chosen(FROM=wrong), host="x")
