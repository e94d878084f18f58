"""The mail of a served installation that has no mail server: files, read without Django."""

import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

PATIENCE_SECONDS = 60


def newest_text(home: Path) -> str:
    """Return the words of the newest message, when there is one."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := sorted((home / "mail").glob("*.eml"))):
        assert time.monotonic() < until, "no mail"
        time.sleep(0.05)
    message = message_from_bytes(found[-1].read_bytes(), _class=EmailMessage, policy=SMTP)
    body = message.get_body(["plain"])
    assert body is not None
    return str(body.get_content())
