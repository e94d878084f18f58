"""The mail of a served installation that has no mail server: files, read without Django."""

import re
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

PATIENCE_SECONDS = 60


def found_in_a_letter(home: Path, pattern: str, to: str = "") -> str:
    """Return what a pattern's group finds in the newest letter that has it, once there is one."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        for path in sorted((home / "mail").glob("*.eml"), reverse=True):
            found = re.search(pattern, _text(path))
            if found is not None and to in _address(path):
                return found[1]
        assert time.monotonic() < until, "no such letter"
        time.sleep(0.05)


def newest_text(home: Path) -> str:
    """Return the words of the newest message, when there is one."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := sorted((home / "mail").glob("*.eml"))):
        assert time.monotonic() < until, "no mail"
        time.sleep(0.05)
    return _text(found[-1])


def _address(path: Path) -> str:
    return str(_message(path)["To"])


def _message(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP)


def _text(path: Path) -> str:
    message = _message(path)
    body = message.get_body(["plain"])
    assert body is not None
    return str(body.get_content())
