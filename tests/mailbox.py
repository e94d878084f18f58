"""What was mailed: the jobs that wait are done, then the spool is read."""

from dataclasses import dataclass
from pathlib import Path

from keepwell.safeguards.mail import spool
from tests.jobs.doing import do_all


@dataclass(frozen=True)
class Mailed:
    """One message, as its reader sees it."""

    to: str
    subject: str
    body: str
    html: str
    raw: bytes


def mailed() -> list[Mailed]:
    """Do what waits and return every message in the spool, oldest first."""
    do_all()
    return [read(path) for path in spool.waiting()]


def read(path: Path) -> Mailed:
    """Read a message from a file."""
    return parse(path.read_bytes())


def parse(raw: bytes) -> Mailed:
    """Read a message from its bytes."""
    message = spool.parse(raw)
    parts = {part.get_content_type(): str(part.get_content()) for part in message.iter_parts()}
    assert set(parts) == {"text/plain", "text/html"}
    return Mailed(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=parts["text/plain"],
        html=parts["text/html"],
        raw=raw,
    )
