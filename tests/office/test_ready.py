"""`/ready` tells monitors in codes whether patients' data could be opened, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from keepwell.safeguards.vault import watch
from tests.people import browser


@pytest.fixture
def anybody(stores: Any) -> Client:
    return browser()


def asked(client: Client) -> tuple[int, Any]:
    response = client.get("/ready")
    return response.status_code, response.json()


def ready() -> tuple[int, Any]:
    return 200, {"ready": True, "findings": []}


def not_ready(what: str, code: str) -> tuple[int, Any]:
    return 503, {"ready": False, "findings": [{"id": what, "code": code}]}


@contextmanager
def away(alias: str) -> Iterator[None]:
    """Let a store not answer."""
    connection = connections[alias]
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(NAME="/nowhere/store", PORT="1")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def test_a_healthy_installation_is_ready_for_anybody(anybody: Client) -> None:
    assert asked(anybody) == ready()


def test_without_its_root_key_it_is_not_ready_until_it_is_back(anybody: Client) -> None:
    path = Path(settings.KEEPWELL_ROOT_KEY)
    kept = path.rename(path.with_suffix(".kept"))
    try:
        assert asked(anybody) == not_ready("keys", "root_key_missing")
        path.write_text(kept.read_text())
        path.chmod(0o644)
        assert asked(anybody) == not_ready("keys", "root_key_unreadable")
        path.chmod(0o600)
        path.write_text("damaged")
        assert asked(anybody) == not_ready("keys", "root_key_damaged")
    finally:
        kept.replace(path)
    assert asked(anybody) == ready()


@pytest.mark.parametrize(
    ("alias", "what", "code"),
    [
        ("default", "data", "data_unavailable"),
        ("trail", "trail", "trail_unavailable"),
        ("keys", "keys", "keystore_unavailable"),
    ],
)
def test_a_store_that_is_away_is_named(anybody: Client, alias: str, what: str, code: str) -> None:
    with away(alias):
        assert asked(anybody) == not_ready(what, code)
    assert asked(anybody) == ready()


def test_a_keystore_that_went_back_is_named(
    anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch.present, "_went_back", True)
    assert asked(anybody) == not_ready("keys", "keystore_older")
