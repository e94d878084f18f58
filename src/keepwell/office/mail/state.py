"""How mail is: whether there is a server, and how many messages wait or did not leave."""

from dataclasses import dataclass
from datetime import datetime

from keepwell.jobs import queue
from keepwell.office.jobs.words import sentence_of
from keepwell.office.summaries.jobs import write_summary
from keepwell.office.tasks import (
    write_about_account,
    write_checkpoint,
    write_invitation,
    write_of_alert,
    write_to_member,
)
from keepwell.safeguards.mail import post, spool
from keepwell.safeguards.mail.servers import Server

NAMES = tuple(
    kind.name
    for kind in (
        write_about_account,
        write_checkpoint,
        write_invitation,
        write_of_alert,
        write_summary,
        write_to_member,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailState:
    """What a page says of mail."""

    server: Server | None
    sender: str
    waiting: int
    oldest: datetime | None  # since when the oldest of them waits
    failed: int
    reason: str  # a sentence about the last failure, if it still stands


def present() -> MailState:
    """Return how mail is now, for the whole installation: numbers, no addresses."""
    return MailState(
        server=post.server(),
        sender=post.sender(),
        waiting=spool.count_waiting() + queue.count_open(NAMES),
        oldest=min(filter(None, (spool.oldest(), queue.oldest_open(NAMES))), default=None),
        failed=spool.count_refused() + queue.count_dead(NAMES),
        reason=sentence_of(queue.last_error(NAMES)),
    )
