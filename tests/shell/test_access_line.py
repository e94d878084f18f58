"""Every request leaves one line: who, which route, what came of it; never path, query or body."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.shell.routes import CANARY


@pytest.fixture
def client(stores: Any, settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.shell.routes"
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def _access_lines(said: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in said.readouterr().err.splitlines()]
    return [line for line in lines if line["event"] == "request"]


@pytest.mark.parametrize(
    ("how", "status"), [("denied", 403), ("broken", 500), ("missing", 404), ("trail", 503)]
)
def test_a_refusal_or_failure_leaves_its_line(
    client: Client, capsys: pytest.CaptureFixture[str], how: str, status: int
) -> None:
    answer = client.get(f"/fail/{how}/")
    [line] = _access_lines(capsys)
    assert line["route"] == "fail"
    assert line["status"] == status
    assert line["method"] == "GET"
    assert line["address"] == "127.0.0.1"
    assert line["request"].rsplit("-", 1)[1] in answer.content.decode()


def test_no_line_holds_path_query_body_or_value(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/f/{CANARY}/?token={CANARY}")
    client.get(f"/fail/broken/?token={CANARY}", headers={"referer": f"https://x/{CANARY}"})
    client.post("/press/", {"answer": CANARY})
    text = capsys.readouterr().err
    assert CANARY not in text
    assert text.count('"event": "request"') == 3


def test_an_address_that_leads_nowhere_is_unknown(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/nowhere/")
    [line] = _access_lines(capsys)
    assert line["route"] == "unknown"


def test_every_request_has_an_id_of_its_own(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/nowhere/")
    client.get("/nowhere/")
    first, second = _access_lines(capsys)
    assert first["request"] != second["request"]
