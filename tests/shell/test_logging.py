"""Logs hold ids and codes: no message of an exception, no argument of a library, one line each."""

import json
import logging
from typing import Any

import pytest
import structlog

from tests.shell.routes import CANARY


def _lines(said: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.readouterr().err.splitlines()]


def _raise() -> None:
    local = CANARY
    try:
        int(local)
    except ValueError as cause:
        raise RuntimeError(f"could not read {local}") from cause


def _log_failure(log: Any) -> None:
    try:
        _raise()
    except RuntimeError:
        log.exception("broke")


@pytest.mark.parametrize("make", [structlog.get_logger, logging.getLogger])
@pytest.mark.parametrize("name", ["keepwell.anything", "django.db.backends", "somebody.else"])
def test_an_exception_is_logged_without_what_it_quotes(
    capsys: pytest.CaptureFixture[str], make: Any, name: str
) -> None:
    _log_failure(make(name))
    text = capsys.readouterr().err
    assert CANARY not in text
    assert text.count("\n") == 1
    line = json.loads(text)
    assert line["error"] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert line["frames"][-1].endswith("_raise")


def test_another_librarys_arguments_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("somebody.else").warning("Not Found: %s", f"/f/{CANARY}/")
    logging.getLogger("somebody.else").warning(f"already formatted {CANARY}")  # noqa: G004
    first, second = _lines(capsys)
    assert first["event"] == "Not Found: %s"
    assert second["event"] == "said"
    assert "test_logging.py" in second["at"]


def test_nobody_can_write_a_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("keepwell.test").info("code", value='a\n{"event": "forged"}\r\u2028')
    assert len(_lines(capsys)) == 1


def test_what_is_not_text_is_named_by_its_class(capsys: pytest.CaptureFixture[str]) -> None:
    class Sealed:
        def __repr__(self) -> str:
            return CANARY

    structlog.get_logger("keepwell.test").info("code", value=Sealed())
    text = capsys.readouterr().err
    assert CANARY not in text
    assert "Sealed" in text


def test_django_has_no_handlers_of_its_own() -> None:
    assert logging.getLogger("django").handlers == []
