"""The own authority: what it signs, when it renews, and that it stays the same."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keepwell.toolkit.certificates import (
    AUTHORITY_FILE,
    AUTHORITY_KEY_FILE,
    LEAF_DAYS,
    LEAF_FILE,
    RENEW_DAYS,
    days_left,
    hosts_of,
    is_own,
    keep_current,
    read_certificate,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOSTS = ("localhost", "127.0.0.1", "::1", "forms.clinic.example")


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep_current(tmp_path / "tls", HOSTS, NOW)
    return tmp_path / "tls"


def test_the_leaf_speaks_for_every_host_and_lives_at_most_180_days(folder: Path) -> None:
    leaf = read_certificate(folder / LEAF_FILE)
    assert hosts_of(leaf) == frozenset(HOSTS)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=180)
    assert is_own(leaf, folder)


@pytest.mark.parametrize("host", ["forms.clinic.example", "localhost"])
def test_openssl_believes_it_for_a_server_of_that_name(folder: Path, host: str) -> None:
    checked = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
         "-attime", str(int(NOW.timestamp())), "-CAfile", AUTHORITY_FILE, LEAF_FILE],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_only_the_owner_may_read_the_files(folder: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == dict.fromkeys((AUTHORITY_FILE, AUTHORITY_KEY_FILE, LEAF_FILE), 0o600)


def test_a_leaf_is_kept_until_60_days_are_left(folder: Path) -> None:
    before = (folder / LEAF_FILE).read_bytes()
    assert not keep_current(folder, HOSTS, later(LEAF_DAYS - RENEW_DAYS - 1))
    assert (folder / LEAF_FILE).read_bytes() == before
    moment = later(LEAF_DAYS - RENEW_DAYS)
    assert keep_current(folder, HOSTS, moment)
    assert days_left(read_certificate(folder / LEAF_FILE), moment) >= LEAF_DAYS - 1


def test_a_renewal_keeps_the_authority_that_browsers_trust(folder: Path) -> None:
    before = (folder / AUTHORITY_FILE).read_bytes()
    keep_current(folder, HOSTS, later(LEAF_DAYS))
    assert (folder / AUTHORITY_FILE).read_bytes() == before


def test_an_authority_near_its_end_is_replaced_with_its_leaf(folder: Path) -> None:
    before = (folder / AUTHORITY_FILE).read_bytes()
    assert keep_current(folder, HOSTS, later(3650 - LEAF_DAYS))
    assert (folder / AUTHORITY_FILE).read_bytes() != before
    assert is_own(read_certificate(folder / LEAF_FILE), folder)


def test_another_host_makes_another_leaf(folder: Path) -> None:
    assert keep_current(folder, (*HOSTS, "staff.clinic.example"), NOW)
    assert "staff.clinic.example" in hosts_of(read_certificate(folder / LEAF_FILE))


@pytest.mark.parametrize("name", [AUTHORITY_FILE, AUTHORITY_KEY_FILE, LEAF_FILE])
@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nnonsense"])
def test_a_damaged_file_is_made_anew(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert keep_current(folder, HOSTS, NOW)
    assert is_own(read_certificate(folder / LEAF_FILE), folder)


def test_a_leaf_from_the_future_is_replaced_when_the_clock_steps_back(folder: Path) -> None:
    assert keep_current(folder, HOSTS, later(-1))


def test_nothing_is_left_over_from_writing(folder: Path) -> None:
    keep_current(folder, HOSTS, later(LEAF_DAYS))
    assert sorted(path.name for path in folder.iterdir()) == [
        AUTHORITY_KEY_FILE,
        AUTHORITY_FILE,
        LEAF_FILE,
    ]
