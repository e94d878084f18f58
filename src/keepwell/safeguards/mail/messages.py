"""One message as it travels: plain text and simple HTML, for one address.

One that can be declined says so in its header (RFC 2369, RFC 8058), in a line that is never folded:
a mail program that looks for the address would not find it in an encoded word.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.toolkit import clock

if TYPE_CHECKING:
    _EmailPolicy = EmailPolicy[EmailMessage]
else:  # not generic while it runs
    _EmailPolicy = EmailPolicy

STOP, STOP_BY_POST = "List-Unsubscribe", "List-Unsubscribe-Post"
ONE_CLICK = (STOP, "One-Click")
"""What is posted to the address, as a field of a form (RFC 8058 3.1)."""


class _Policy(_EmailPolicy):
    """Python's for SMTP, except that it leaves one header in a line (RFC 5322 2.1.1: up to 998)."""

    def fold(self, name: str, value: str) -> str:
        """Return a header as text."""
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as bytes."""
        return self._whole(name, value).encode() or super().fold_binary(name, value)

    def _whole(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if name.lower() == STOP.lower() else ""


POLICY = _Policy(linesep="\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What is said to whom. `name` is the same in every try, so that receivers see a repetition."""

    name: UUID
    to: str
    subject: str
    text: str
    html: str
    language: str
    lasts: timedelta | None = None  # after that it is of no use and is not sent any more
    stop: str = ""  # where a letter that nobody has to get is stopped; https


def build(outgoing: Outgoing, *, sender: str) -> EmailMessage:
    """Return the message (RFC 5322). Raises ValueError for a line end in a header (ASVS 1.3.11)."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = outgoing.to
    message["Subject"] = outgoing.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{outgoing.name}@{domain_of(sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    if outgoing.lasts is not None:
        message["Expires"] = format_datetime(clock.now() + outgoing.lasts)  # RFC 4021 2.1.50
    if outgoing.stop:
        message[STOP] = f"<{outgoing.stop}>"
        message[STOP_BY_POST] = "=".join(ONE_CLICK)
    message.set_content(outgoing.text)
    message.add_alternative(outgoing.html, subtype="html")
    message["Content-Language"] = outgoing.language  # last: the body takes such headers with it
    return message


def domain_of(sender: str) -> str:
    """Return what follows the @ of an address, with or without a name before it."""
    return sender.rpartition("@")[2].rstrip(">")


def is_past(message: EmailMessage) -> bool:
    """Tell whether a message that waited is of no use any more."""
    expires = message["Expires"]
    return expires is not None and parsedate_to_datetime(str(expires)) < clock.now()
